"""From a form file to a `Form`, or to a list of what is wrong with it."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import orjson

from forms import rules, subset
from forms.building import FieldBuilder, condition_names, text
from forms.errors import FormDefinitionInvalid, FormProblem
from forms.kinds import normalised
from forms.model import Branch, Condition, Field, Form, Group, Text
from forms.references import MAX_DEPTH, inline
from forms.validation import validator
from kernel.types import JsonObject, JsonValue

MAX_BYTES = 256 * 1024
_TOO_LARGE = "A form file has at most %(limit)s KB."
_NOT_JSON = "This is not a form: a JSON object is expected."
_TOO_DEEP = "The file is nested deeper than %(depth)s."


def parse_form(
    key: str, data: JsonObject, *, form_id: UUID | None = None, version: int = 0
) -> Form:
    """Read a form file.

    Raises: FormDefinitionInvalid with every problem found, by place.
    """
    found = _bounds(data)
    if found:
        raise FormDefinitionInvalid(key, found)
    raw: JsonValue = data.get("schema")
    schema: JsonObject
    schema, found = inline(raw) if isinstance(raw, dict) else (raw, [])
    found = found or subset.problems({**data, "schema": schema})
    found = found or rules.check(schema, data.get("ui", {}))
    if found:
        raise FormDefinitionInvalid(key, found)
    return replace(_build(key, data, schema), id=form_id, version=version)


def _bounds(data: JsonValue) -> list[FormProblem]:
    """Size and depth first, so that nothing below can be made to work without end."""
    if not isinstance(data, dict):
        return [FormProblem("", _NOT_JSON)]
    if _deeper_than(data, MAX_DEPTH):
        return [FormProblem("", _TOO_DEEP, {"depth": MAX_DEPTH})]
    try:
        size = len(orjson.dumps(data))
    except TypeError:
        return [FormProblem("", _NOT_JSON)]
    if size > MAX_BYTES:
        return [FormProblem("", _TOO_LARGE, {"limit": MAX_BYTES // 1024})]
    return []


def _deeper_than(value: JsonValue, depth: int) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(depth + 1):
        level = [child for part in level for child in _children(part)]
        if not level:
            return False
    return True


def _children(value: JsonValue) -> Iterable[JsonValue]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _build(key: str, data: JsonObject, schema: JsonObject) -> Form:
    ui = data.get("ui", {})
    build = FieldBuilder(ui.get("fields", {}))
    required = frozenset(schema.get("required", ()))
    base = {k: build.field(k, s, k in required) for k, s in schema["properties"].items()}
    conditions = tuple(_conditions(schema, build))
    fields = _all_fields(base, conditions)
    checked = _normalised_root(schema, build)
    return Form(
        key=key,
        title=text(data["title"]),
        data=data,
        schema={"type": "object", **checked, "unevaluatedProperties": False},
        fields=fields,
        unconditional=frozenset(base),
        required=required,
        dependent={k: tuple(v) for k, v in schema.get("dependentRequired", {}).items()},
        conditions=conditions,
        groups=_groups(ui, fields),
        controls=_controls(schema, fields),
        # Which fields are asked is decided in `conditions`; leaving it out here keeps each
        # condition from being tried twice.
        validator=validator(checked),
    )


def _all_fields(base: dict[str, Field], conditions: Iterable[Condition]) -> dict[str, Field]:
    fields = dict(base)
    for condition in conditions:
        for branch in (condition.then, condition.otherwise):
            for key, field in branch.fields.items():
                fields.setdefault(key, field)
    return fields


def _conditions(schema: JsonObject, build: FieldBuilder) -> Iterable[Condition]:
    base = schema["properties"]
    for rule in [*([schema] if "if" in schema else []), *schema.get("allOf", ())]:
        sides = [_branch(rule.get(side, {}), base, build) for side in ("then", "else")]
        yield Condition(validator(rule["if"]), *sides)


def _branch(branch: JsonObject, base: JsonObject, build: FieldBuilder) -> Branch:
    required = frozenset(branch.get("required", ()))
    fields = {}
    for key, schema in branch.get("properties", {}).items():
        if "type" in schema:
            fields[key] = build.field(key, schema, key in required)
        elif key in base:
            fields[key] = build.field(key, {**base[key], **schema}, key in required)
    return Branch(fields, required)


def _normalised_root(schema: JsonObject, build: FieldBuilder) -> JsonObject:
    root = _normalised_rule(_normalised_part(schema, build), build)
    if "allOf" in root:
        root["allOf"] = [_normalised_rule(rule, build) for rule in root["allOf"]]
    return root


def _normalised_rule(rule: JsonObject, build: FieldBuilder) -> JsonObject:
    written = dict(rule)
    for side in ("then", "else"):
        if side in rule:
            written[side] = _normalised_part(rule[side], build)
    return written


def _normalised_part(part: JsonObject, build: FieldBuilder) -> JsonObject:
    fields = {
        key: normalised(schema, long=build.is_long(key)) if "type" in schema else schema
        for key, schema in part.get("properties", {}).items()
    }
    return {**part, "properties": fields} if fields else part


def _groups(ui: JsonObject, fields: dict[str, Field]) -> tuple[Group, ...]:
    groups = [
        Group(tuple(g["fields"]), text(g.get("title")), text(g.get("help")))
        for g in ui.get("groups", ())
    ]
    named = {key for group in groups for key in group.fields}
    rest = tuple(key for key in fields if key not in named)
    return (*groups, Group(rest, Text())) if rest else tuple(groups)


def _controls(schema: JsonObject, fields: dict[str, Field]) -> frozenset[str]:
    """Fields on whose change the page is drawn again; cells as `lines.price`."""
    names = set(schema.get("dependentRequired", ()))
    for rule in [schema, *schema.get("allOf", ())]:
        names |= condition_names(rule.get("if", {}))
    for field in fields.values():
        if field.computed is not None:
            names |= set(field.computed.names)
        for cell in field.columns:
            if cell.computed is not None:
                own = {c.key for c in field.columns}
                names |= {f"{field.key}.{n}" if n in own else n for n in cell.computed.names}
    return frozenset(names)
