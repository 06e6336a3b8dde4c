"""One field of the file, both halves joined."""

from typing import Any

from forms.kinds import SHORT_TEXT, default_widget, kind_of, normalised
from forms.model import Field, Option, Text
from kernel import expressions
from kernel.expressions import Expression
from kernel.types import JsonObject, JsonValue


def text(value: JsonValue) -> Text:
    """A text of the `ui` half: one string for both languages, or one for each."""
    if not value:
        return Text()
    if isinstance(value, str):
        return Text(value, value)
    return Text(value["fa"], value.get("en", ""))


def condition_names(test: JsonObject) -> set[str]:
    """The fields that an `if` looks at."""
    names = set(test.get("required", ())) | set(test.get("properties", ()))
    denied = [test["not"]] if "not" in test else []
    for part in (*test.get("anyOf", ()), *test.get("allOf", ()), *denied):
        names |= condition_names(part)
    return names


class FieldBuilder:
    """Joins a field's schema with what `ui.fields` says of it."""

    def __init__(self, ui: JsonObject) -> None:
        self.ui = ui

    def is_long(self, key: str) -> bool:
        """Whether the text is asked in a text area."""
        return bool(self.ui.get(key, {}).get("widget") == "textarea")

    def field(self, key: str, schema: JsonObject, required: bool) -> Field:
        """The field of that key, its columns included."""
        return _field(key, schema, self.ui.get(key, {}), required=required, in_row=False)


def _field(key: str, schema: JsonObject, ui: JsonObject, *, required: bool, in_row: bool) -> Field:
    kind = kind_of(schema, dynamic="choices" in ui) or "text"
    usual = default_widget(kind, schema, required=required, in_row=in_row)
    widget = ui.get("widget", usual)
    return Field(
        key=key,
        kind=kind,
        widget=widget,
        label=Text(schema["title"], ui.get("en", "")),
        schema=normalised(schema, long=widget == "textarea"),
        options=_options(schema, ui),
        width=ui.get("width", 12),
        help=text(ui.get("help") or schema.get("description")),
        rows=ui.get("rows", 2 if schema.get("maxLength", 0) <= SHORT_TEXT and in_row else 4),
        accept=tuple(ui.get("accept", ())),
        max_mb=ui.get("max_mb", 20),
        money_unit=ui.get("money_unit", "rial"),
        readonly=ui.get("readonly", False),
        sensitive=ui.get("sensitive", False),
        personal=ui.get("personal"),
        **_texts(ui),
        **_expressions(ui),
        **(_columns(schema["items"], ui) if kind == "rows" else {}),
    )


def _texts(ui: JsonObject) -> dict[str, Any]:
    return {word: text(ui.get(word)) for word in ("placeholder", "unit", "error", "add")}


def _expressions(ui: JsonObject) -> dict[str, Any]:
    found: dict[str, Expression] = {}
    for word in ("computed", "initial", "choices"):
        if word in ui:
            found[word] = expressions.compile(ui[word])
    return found


def _options(schema: JsonObject, ui: JsonObject) -> tuple[Option, ...]:
    listed = schema.get("oneOf") or schema.get("items", {}).get("oneOf") or ()
    english = ui.get("options", {})
    return tuple(
        Option(o["const"], Text(o["title"], english.get(str(o["const"]), ""))) for o in listed
    )


def _columns(items: JsonObject, ui: JsonObject) -> dict[str, Any]:
    required = frozenset(items.get("required", ()))
    cells = ui.get("columns", {})
    columns = tuple(
        _field(key, schema, cells.get(key, {}), required=key in required, in_row=True)
        for key, schema in items["properties"].items()
    )
    return {"columns": columns, "required_columns": required}
