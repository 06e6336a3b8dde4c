"""Fields of other tools' forms, in one shape, and our form made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.types import JsonObject

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
MAX_LINE: Final = 1000


@dataclass
class Field:
    """One question: `schema` is our JSON Schema of it without its title."""

    key: str
    label: str
    schema: JsonObject
    required: bool = False
    help: str = ""
    placeholder: str = ""
    readonly: bool = False
    widget: str = ""
    initial: str = ""


@dataclass
class Sketch:
    """A form on its way: what was read, and the names of what could not be."""

    title: str
    fields: list[Field] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # (what, value): no meaning here
    refused: list[tuple[str, str]] = field(default_factory=list)  # (field, type): cannot be asked

    def form(self) -> JsonObject:
        """Our form. A field whose name cannot be one of ours is refused."""
        usable = [one for one in self.fields if self._usable(one)]
        properties = {one.key: _schema(one) for one in usable}
        looks = {one.key: ui for one in usable if (ui := _ui(one))}
        required = [one.key for one in usable if one.required]
        schema: JsonObject = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        made: JsonObject = {"title": line(self.title) or "-", "schema": schema}
        return made | ({"ui": {"fields": looks}} if looks else {})

    def _usable(self, one: Field) -> bool:
        if _KEY.fullmatch(one.key):
            return True
        self.refused.append((one.key or one.label, "name"))
        return False


def line(text: Any) -> str:
    """A text as one line that a form may carry."""
    return " ".join(str(text).split())[:MAX_LINE] if text is not None else ""


def choices(values: list[tuple[Any, Any]]) -> list[JsonObject]:
    """Options from values and labels, each value once."""
    labels = {str(value): line(label) or str(value) for value, label in values if value is not None}
    return [{"const": value, "title": label} for value, label in labels.items() if label]


def numbers(given: JsonObject, *names: str) -> JsonObject:
    """Those limits of `given` that are numbers (texts of digits included)."""
    found: JsonObject = {}
    for name in names:
        value = given.get(name)
        if isinstance(value, str):
            try:
                value = float(value) if "." in value else int(value)
            except ValueError:
                continue
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = value
    return found


def _schema(one: Field) -> JsonObject:
    return {**one.schema, "title": line(one.label) or one.key}


def _ui(one: Field) -> JsonObject:
    looks: JsonObject = {}
    for name, value in (("help", line(one.help)), ("placeholder", line(one.placeholder))):
        if value:
            looks[name] = value
    if one.readonly:
        looks["readonly"] = True
    if one.widget:
        looks["widget"] = one.widget
    if one.initial:
        looks["initial"] = one.initial
    return looks
