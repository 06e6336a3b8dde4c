"""Camunda's forms (form-js JSON, `.form` files) as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from engine.bpmn.dialects.fields import Field, Sketch, choices, line, numbers
from kernel.types import JsonObject

MAX_DEPTH: Final = 12
_WORDS: Final = frozenset({"text", "html", "image", "spacer", "separator", "button", "iframe"})
_GROUPS: Final = frozenset({"group", "default"})
_FORMATS: Final = {"date": "date", "time": "time", "datetime": "date-time"}
_LATER: Final = ("conditional", "properties")


def sketch(document: JsonObject, title: str) -> Sketch:
    """What such a form asks."""
    found = Sketch(title)
    for component in _components(document, 0):
        kind = str(component.get("type", ""))
        if kind in _WORDS:
            found.notes.append((kind, line(component.get("text") or component.get("label"))))
            continue
        made = _field(component, kind)
        if made is None:
            found.refused.append((str(component.get("key") or component.get("id", "")), kind))
            continue
        found.fields.append(made)
        for word in _LATER:
            if component.get(word):
                found.notes.append((f"{made.key}.{word}", str(component[word])))
    return found


def _components(holder: JsonObject, depth: int) -> Iterator[JsonObject]:
    """All components, those of groups included."""
    inside = holder.get("components")
    for one in inside if isinstance(inside, list) and depth < MAX_DEPTH else ():
        if not isinstance(one, dict):
            continue
        if one.get("type") in _GROUPS:
            yield from _components(one, depth + 1)
        else:
            yield one


def _field(component: JsonObject, kind: str) -> Field | None:
    build = _KINDS.get(kind)
    schema = build(component) if build else None
    if schema is None:
        return None
    checks = _checks(component)
    made = Field(
        key=str(component.get("key") or component.get("path") or ""),
        label=line(component.get("label") or component.get("dateLabel")),
        schema=schema,
        required=bool(checks.get("required")),
        help=line(component.get("description")),
        readonly=bool(component.get("readonly") or component.get("disabled")),
        widget="textarea" if kind == "textarea" else "",
    )
    first = component.get("defaultValue")
    if first is not None and schema["type"] in _PLAIN and isinstance(first, _PLAIN[schema["type"]]):
        made.schema["default"] = first
    return made


_PLAIN: Final[dict[str, Any]] = {"string": str, "boolean": bool, "number": int | float}


def _checks(component: JsonObject) -> JsonObject:
    found = component.get("validate")
    return found if isinstance(found, dict) else {}


def _text(component: JsonObject) -> JsonObject:
    checks = _checks(component)
    schema: JsonObject = {"type": "string", **numbers(checks, "minLength", "maxLength")}
    if checks.get("validationType") in ("email", "phone"):
        return {"type": "string", "format": checks["validationType"]}
    if checks.get("pattern"):
        schema["pattern"] = str(checks["pattern"])
    return schema


def _number(component: JsonObject) -> JsonObject:
    checks = numbers(_checks(component), "min", "max")
    kind = "number" if component.get("decimalDigits") != 0 else "integer"
    limits = {"minimum": checks.get("min"), "maximum": checks.get("max")}
    return {"type": kind, **{name: value for name, value in limits.items() if value is not None}}


def _options(component: JsonObject) -> list[JsonObject]:
    values = component.get("values") or component.get("data", {}).get("values") or []
    return choices([(v.get("value"), v.get("label")) for v in values if isinstance(v, dict)])


def _choice(component: JsonObject) -> JsonObject | None:
    options = _options(component)
    return {"type": "string", "oneOf": options} if options else None


def _several(component: JsonObject) -> JsonObject | None:
    options = _options(component)
    items = {"type": "string", "oneOf": options}
    return {"type": "array", "uniqueItems": True, "items": items} if options else None


def _moment(component: JsonObject) -> JsonObject:
    return {"type": "string", "format": _FORMATS.get(str(component.get("subtype")), "date")}


_KINDS: Final[dict[str, Callable[[JsonObject], JsonObject | None]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": lambda component: {"type": "boolean"},
    "select": _choice,
    "radio": _choice,
    "checklist": _several,
    "taglist": _several,
    "datetime": _moment,
    "filepicker": lambda component: {"type": "string", "format": "file"},
}
