"""SpiffArena's forms (JSON Schema with a UI schema) as ours."""

from __future__ import annotations

from typing import Any, Final

from engine.bpmn.dialects.fields import Field, Sketch, choices, line, numbers
from kernel.types import JsonObject

_FORMATS: Final = frozenset({"date", "time", "date-time", "email", "phone"})
_SAYS: Final = ("type", "title", "description", "default", "format", "readOnly", "const")
_CHOOSES: Final = ("enum", "enumNames", "oneOf", "anyOf", "items", "properties", "required")
_BOUNDS: Final = ("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems")
_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_KNOWN: Final = frozenset((*_SAYS, *_CHOOSES, *_BOUNDS, *_NUMBERS))
_LIMITS: Final = {
    "string": ("minLength", "maxLength"),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "array": ("minItems", "maxItems"),
}
_LISTS: Final = ("if", "then", "else", "allOf", "dependentRequired")


def sketch(schema: JsonObject, ui: JsonObject, title: str) -> Sketch:
    """What such a form asks; conditions between fields are refused, not forgotten."""
    found = Sketch(line(schema.get("title")) or title)
    required = schema.get("required")
    names = required if isinstance(required, list) else []
    properties = schema.get("properties")
    for key, one in (properties if isinstance(properties, dict) else {}).items():
        if not isinstance(one, dict):
            found.refused.append((str(key), "?"))
            continue
        looks = ui.get(key)
        made = _field(str(key), one, looks if isinstance(looks, dict) else {}, key in names)
        if made is None:
            found.refused.append((str(key), str(one.get("type", "?"))))
            continue
        found.fields.append(made)
        found.refused += [(f"{key}.{word}", word) for word in one if word not in _KNOWN]
    found.refused += [(word, word) for word in (*_LISTS, "dependencies", "$ref") if word in schema]
    return found


def _field(key: str, one: JsonObject, ui: JsonObject, required: bool) -> Field | None:
    schema = _schema(one, ui)
    if schema is None:
        return None
    widget = str(ui.get("ui:widget", ""))
    options = ui.get("ui:options")
    rows = options.get("rows") if isinstance(options, dict) else None
    return Field(
        key=key,
        label=line(one.get("title")) or key,
        schema=schema,
        required=required,
        help=line(ui.get("ui:help") or one.get("description")),
        placeholder=line(ui.get("ui:placeholder")),
        readonly=bool(ui.get("ui:readonly") or ui.get("ui:disabled") or one.get("readOnly")),
        widget="textarea" if widget == "textarea" or rows else "",
    )


def _schema(one: JsonObject, ui: JsonObject) -> JsonObject | None:
    kind = one.get("type", "string")
    options = _options(one)
    if kind == "array":
        return _list(one)
    if options and kind in ("string", "integer", "number"):
        return {"type": "string", "oneOf": options} if kind == "string" else _numbered(kind, one)
    if kind == "boolean":
        return {"type": "boolean", **_default(one, bool)}
    if kind in ("integer", "number"):
        return {"type": kind, **numbers(one, *_LIMITS[kind]), **_default(one, int | float)}
    if kind != "string":
        return None
    schema: JsonObject = {"type": "string", **numbers(one, *_LIMITS["string"])}
    asked = one.get("format") or {"date": "date", "email": "email"}.get(str(ui.get("ui:widget")))
    if asked in ("data-url", "file"):
        return {"type": "string", "format": "file"}
    if asked in _FORMATS:
        schema = {"type": "string", "format": asked}
    elif asked:
        return None
    if isinstance(one.get("pattern"), str) and "format" not in schema:
        schema["pattern"] = one["pattern"]
    return schema | _default(one, str)


def _default(one: JsonObject, kind: Any) -> JsonObject:
    value = one.get("default")
    return {"default": value} if value is not None and isinstance(value, kind) else {}


def _options(one: JsonObject) -> list[JsonObject]:
    values = one.get("enum")
    if isinstance(values, list):
        names = one.get("enumNames")
        labels = names if isinstance(names, list) and len(names) == len(values) else values
        return choices(list(zip(values, labels, strict=True)))
    several = one.get("oneOf") or one.get("anyOf")
    found = [part for part in several or () if isinstance(part, dict)]
    return choices([(part.get("const"), part.get("title")) for part in found])


def _numbered(kind: str, one: JsonObject) -> JsonObject | None:
    """Numbers to choose from keep being numbers."""
    options: list[JsonObject] = []
    for option in _options(one):
        given = numbers({"value": option["const"]}, "value")
        if not given:
            return None
        options.append({"const": given["value"], "title": option["title"]})
    return {"type": kind, "oneOf": options}


def _list(one: JsonObject) -> JsonObject | None:
    """Several of some options, or rows."""
    items = one.get("items")
    if not isinstance(items, dict):
        return None
    limits = numbers(one, *_LIMITS["array"])
    options = _options(items)
    if options:
        kinds = {"type": "string", "oneOf": options}
        return {"type": "array", "uniqueItems": True, "items": kinds, **limits}
    cells = items.get("properties")
    if items.get("type") != "object" or not isinstance(cells, dict):
        return None
    columns: JsonObject = {}
    for key, cell in cells.items():
        schema = _schema(cell, {}) if isinstance(cell, dict) else None
        if schema is None or schema["type"] == "array":
            return None
        columns[key] = {**schema, "title": line(cell.get("title")) or key}
    rows: JsonObject = {"type": "object", "properties": columns}
    if isinstance(items.get("required"), list):
        rows["required"] = items["required"]
    return {"type": "array", "items": rows, **limits}
