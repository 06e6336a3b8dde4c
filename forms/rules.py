"""What a meta-schema cannot say: names, patterns, expressions, and that the two halves agree."""

import re
from collections.abc import Iterator
from itertools import chain

from forms.errors import FormProblem
from forms.kinds import BUILT_IN, MAX_SCALE, RADIO_LIMIT, WIDGETS, kind_of
from forms.validation import pattern_problem, validator
from forms.widgets import widgets
from kernel import expressions
from kernel.expressions import ExpressionError
from kernel.types import JsonObject, JsonValue

MAX_FIELDS = 120
# The first line: what the engine always lets expressions read. The rest: the language's own.
RESERVED = frozenset(
    [
        *("instance", "initiator", "outcome", "outcomes", "now", "today", "organisation"),
        *("and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every"),
        *("satisfies", "between", "true", "false", "null", "function"),
    ]
)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
Declaration = tuple[str, str, JsonObject]  # path, key, schema


def check(schema: JsonObject, ui: JsonObject) -> list[FormProblem]:
    """Problems of a form whose two halves passed the meta-schema; the schema has no references."""
    declared = list(declarations(schema))
    known = {key for _, key, _ in declared}
    fields = ui.get("fields", {})
    found = chain(
        _names(declared),
        _types(declared, fields),
        _values(declared),
        _required(schema, known),
        _patterns(schema, "schema"),
        _ui_keys(ui, known),
        _ui_fields(declared, fields),
    )
    return list(found)


def branches(schema: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Every `then` and `else`, with its path."""
    rules = [("schema", schema)]
    rules += [(f"schema.allOf[{i}]", rule) for i, rule in enumerate(schema.get("allOf", ()))]
    for path, rule in rules:
        for side in ("then", "else"):
            if side in rule:
                yield f"{path}.{side}", rule[side]


def declarations(schema: JsonObject) -> Iterator[Declaration]:
    """Every place that declares a field in full; tightening ones are left out."""
    for path, part in [("schema", schema), *branches(schema)]:
        for key, field in part.get("properties", {}).items():
            if "type" in field:
                yield f"{path}.properties.{key}", key, field


def _names(declared: list[Declaration]) -> Iterator[FormProblem]:
    names = [(path, key) for path, key, _ in declared]
    for path, _, field in declared:
        cells = field["items"].get("properties", {}) if field["type"] == "array" else {}
        names += [(f"{path}.items.properties.{key}", key) for key in cells]
    for path, key in names:
        if not _KEY.fullmatch(key):
            yield FormProblem(path, _BAD_NAME, {"name": key[:60]})
        elif key in RESERVED:
            yield FormProblem(path, _RESERVED_NAME, {"name": key})
    if len({key for _, key, _ in declared}) > MAX_FIELDS:
        yield FormProblem("schema.properties", _TOO_MANY, {"limit": MAX_FIELDS})


def _types(declared: list[Declaration], fields: JsonObject) -> Iterator[FormProblem]:
    seen: dict[str, str | None] = {}
    for path, key, field in declared:
        kind = kind_of(field, dynamic="choices" in fields.get(key, {}))
        if kind is None:
            yield FormProblem(f"{path}.items", _LIST_OF_NOTHING)
        elif seen.setdefault(key, kind) != kind:
            yield FormProblem(path, _TWO_KINDS, {"name": key, "first": seen[key], "second": kind})


def _values(declared: list[Declaration]) -> Iterator[FormProblem]:
    for path, _, field in declared:
        yield from _field_values(path, field)
        cells = field["items"].get("properties", {}) if field["type"] == "array" else {}
        for key, cell in cells.items():
            yield from _field_values(f"{path}.items.properties.{key}", cell)


def _field_values(path: str, field: JsonObject) -> Iterator[FormProblem]:
    options = field.get("oneOf") or field.get("items", {}).get("oneOf") or ()
    wanted = str if field["type"] in ("string", "array") else (int, float)
    consts = [option["const"] for option in options]
    for i, value in enumerate(consts):
        if not isinstance(value, wanted):
            yield FormProblem(f"{path}.oneOf[{i}].const", _OTHER_TYPE, {"value": str(value)[:60]})
        elif value in consts[:i]:
            yield FormProblem(f"{path}.oneOf[{i}].const", _TWICE, {"value": str(value)[:60]})
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if field.get(low, 0) > field.get(high, float("inf")):
            yield FormProblem(f"{path}.{low}", _EMPTY_RANGE, {"low": low, "high": high})
    # A refused pattern is reported on its own; it would stop the validator here.
    sound = pattern_problem(field.get("pattern", "")) is None
    if "default" in field and sound and not validator(field).is_valid(field["default"]):
        yield FormProblem(f"{path}.default", _BAD_DEFAULT)


def _required(schema: JsonObject, known: set[str]) -> Iterator[FormProblem]:
    lists = [(f"{path}.required", part.get("required", ())) for path, part in branches(schema)]
    lists.append(("schema.required", schema.get("required", ())))
    for key, names in schema.get("dependentRequired", {}).items():
        lists.append((f"schema.dependentRequired.{key}", [key, *names]))
    yield from _required_and_hidden(schema, known)
    for path, _, field in declarations(schema):
        if field["type"] == "array" and "properties" in field["items"]:
            items, cells = f"{path}.items.required", field["items"]["properties"]
            for name in field["items"].get("required", ()):
                if name not in cells:
                    yield FormProblem(items, _NO_FIELD, {"name": name[:60]})
    for path, part in branches(schema):
        tightened = [k for k, f in part.get("properties", {}).items() if "type" not in f]
        lists.append((f"{path}.properties", [k for k in tightened if k not in known]))
    for path, names in lists:
        for name in names:
            if name not in known:
                yield FormProblem(path, _NO_FIELD, {"name": name[:60]})


def _required_and_hidden(schema: JsonObject, known: set[str]) -> Iterator[FormProblem]:
    """A field that is asked under a condition only cannot be required without it."""
    base = set(schema["properties"])
    dependent = schema.get("dependentRequired", {})
    lists = [("schema.required", schema.get("required", ()), base)]
    lists += [(f"schema.dependentRequired.{key}", dependent[key], base) for key in dependent]
    for path, part in branches(schema):
        asked = base | set(part.get("properties", ()))
        lists.append((f"{path}.required", part.get("required", ()), asked))
    for path, names, here in lists:
        for name in names:
            if name in known and name not in here:
                yield FormProblem(path, _HIDDEN, {"name": name})


def _patterns(value: JsonValue, path: str) -> Iterator[FormProblem]:
    if isinstance(value, list):
        for i, part in enumerate(value):
            yield from _patterns(part, f"{path}[{i}]")
    elif isinstance(value, dict):
        for key, part in value.items():
            # A field may be called `pattern`: then it is an object.
            if key == "pattern" and isinstance(part, str):
                if (reason := pattern_problem(part)) is not None:
                    facts = {"pattern": part[:100], "reason": reason}
                    yield FormProblem(f"{path}.pattern", _BAD_PATTERN, facts)
            else:
                yield from _patterns(part, f"{path}.{key}")


def _ui_keys(ui: JsonObject, known: set[str]) -> Iterator[FormProblem]:
    grouped: set[str] = set()
    for key in ui.get("fields", {}):
        if key not in known:
            yield FormProblem(f"ui.fields.{key[:60]}", _NO_FIELD, {"name": key[:60]})
    for i, group in enumerate(ui.get("groups", ())):
        for key in group["fields"]:
            if key not in known:
                yield FormProblem(f"ui.groups[{i}].fields", _NO_FIELD, {"name": key[:60]})
            elif key in grouped:
                yield FormProblem(f"ui.groups[{i}].fields", _TWICE, {"value": key})
            grouped.add(key)


def _ui_fields(declared: list[Declaration], fields: JsonObject) -> Iterator[FormProblem]:
    for _, key, field in declared:
        ui = fields.get(key, {})
        path = f"ui.fields.{key}"
        yield from _ui_field(path, field, ui)
        cells = field["items"].get("properties", {}) if field["type"] == "array" else {}
        for name, cell_ui in ui.get("columns", {}).items():
            if name not in cells:
                yield FormProblem(f"{path}.columns.{name[:60]}", _NO_FIELD, {"name": name[:60]})
            else:
                yield from _ui_field(f"{path}.columns.{name}", cells[name], cell_ui)


def _ui_field(path: str, field: JsonObject, ui: JsonObject) -> Iterator[FormProblem]:
    kind = kind_of(field, dynamic="choices" in ui)
    if kind is None:
        return
    if "widget" in ui and not _fits(ui["widget"], kind, field):
        facts = {"widget": ui["widget"][:60], "kinds": ", ".join(WIDGETS[kind])}
        yield FormProblem(f"{path}.widget", _WRONG_WIDGET, facts)
    options = {str(o["const"]) for o in field.get("oneOf", field.get("items", {}).get("oneOf", ()))}
    for value in ui.get("options", {}):
        if value not in options:
            yield FormProblem(f"{path}.options", _NO_OPTION, {"value": value[:60]})
    if "choices" in ui and (options or kind not in ("choice", "many")):
        yield FormProblem(f"{path}.choices", _NO_CHOICES)
    if ui.get("readonly") and "computed" in ui:
        yield FormProblem(f"{path}.computed", _READONLY_COMPUTED)
    for word in ("computed", "initial", "choices"):
        if word in ui:
            yield from _expression(f"{path}.{word}", ui[word])


def _fits(widget: str, kind: str, field: JsonObject) -> bool:
    if widget == "scale":
        size = field.get("maximum", 1_000) - field.get("minimum", 0) + 1
        return kind == "integer" and size <= MAX_SCALE
    if widget == "radio":
        return kind == "choice" and len(field.get("oneOf", ())) <= 4 * RADIO_LIMIT
    return widget in WIDGETS[kind] or (widget in widgets and widget not in BUILT_IN)


def _expression(path: str, text: str) -> Iterator[FormProblem]:
    try:
        foreign = expressions.compile(text).foreign
    except ExpressionError as error:
        yield FormProblem(path, _BAD_EXPRESSION, {"reason": error.message})
        return
    for name in foreign:
        yield FormProblem(path, _NO_FUNCTION, {"name": name})


_BAD_NAME = (
    "“%(name)s” cannot name a field: a Latin letter, then letters, digits and _, at most 64."
)
_RESERVED_NAME = "“%(name)s” is a reserved word and cannot name a field."
_TOO_MANY = "A form has at most %(limit)s fields."
_LIST_OF_NOTHING = "A list needs rows (type object), options (oneOf) or files (format file)."
_TWO_KINDS = "“%(name)s” is asked as %(first)s in one place and as %(second)s in another."
_OTHER_TYPE = "“%(value)s” is not of the field's type."
_TWICE = "“%(value)s” stands there twice."
_EMPTY_RANGE = "%(low)s is above %(high)s: nothing fits."
_BAD_DEFAULT = "The first value does not fit the field."
_NO_FIELD = "There is no field “%(name)s” in this form."
_HIDDEN = "“%(name)s” is required here, but is asked under another condition only."
_BAD_PATTERN = "The pattern “%(pattern)s” is not accepted: %(reason)s."
_WRONG_WIDGET = "The widget “%(widget)s” does not fit this field; these do: %(kinds)s."
_NO_OPTION = "There is no option “%(value)s”."
_NO_CHOICES = "choices is for a text or a list of texts that has no options of its own."
_READONLY_COMPUTED = "A field is either readonly or computed, not both."
_NO_FUNCTION = "The function “%(name)s” is not available in a form."
_BAD_EXPRESSION = "The expression is not accepted: %(reason)s"
