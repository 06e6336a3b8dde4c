"""What a schema asks for, in one word, and by which widgets that can be asked."""

from kernel.types import JsonObject

# The first widget of a kind is the usual one; `default_widget` knows the exceptions.
WIDGETS: dict[str, tuple[str, ...]] = {
    "text": ("text", "textarea"),
    "integer": ("number", "scale"),
    "number": ("number",),
    "money": ("money",),
    "date": ("date",),
    "time": ("time",),
    "date-time": ("date-time",),
    "choice": ("radio", "select"),
    "many": ("checkboxes",),
    "boolean": ("checkbox", "yes-no"),
    "rows": ("table",),
    "file": ("file",),
    "files": ("file",),
    "phone": ("phone",),
    "melli-code": ("melli-code",),
    "legal-id": ("legal-id",),
    "sheba": ("sheba",),
    "postal-code": ("postal-code",),
    "email": ("email",),
}
BUILT_IN = frozenset(name for names in WIDGETS.values() for name in names)
RADIO_LIMIT = 5
SHORT_TEXT = 255
LONG_TEXT = 10_000
ROW_LIMIT = 200
MAX_SCALE = 11


def kind_of(schema: JsonObject, *, dynamic: bool = False) -> str | None:
    """The kind of answer; None when the schema is a list of nothing in particular.

    Args:
        dynamic: the options come from an expression.
    """
    kind = schema["type"]
    if kind == "array":
        return _kind_of_items(schema["items"], dynamic)
    if "oneOf" in schema or (dynamic and kind == "string"):
        return "choice"
    if "format" in schema:
        return str(schema["format"])
    return "text" if kind == "string" else str(kind)


def _kind_of_items(items: JsonObject, dynamic: bool) -> str | None:
    if items["type"] == "object":
        return "rows"
    if items.get("format") == "file":
        return "files"
    return "many" if "oneOf" in items or dynamic else None


def default_widget(kind: str, schema: JsonObject, *, required: bool, in_row: bool) -> str:
    """The widget a form's author most likely wants."""
    if kind == "choice" and (in_row or not 1 <= len(schema.get("oneOf", ())) <= RADIO_LIMIT):
        return "select"
    if kind == "text" and schema.get("maxLength", 0) > SHORT_TEXT:
        return "textarea"
    if kind == "boolean" and required and "const" not in schema and not in_row:
        return "yes-no"
    return WIDGETS[kind][0]


def normalised(schema: JsonObject, *, long: bool) -> JsonObject:
    """A field's schema with the limits it did not state.

    Args:
        long: the text is asked in a text area.
    """
    kind = kind_of(schema, dynamic=True)
    if schema["type"] == "string" and "oneOf" not in schema and "format" not in schema:
        return {"maxLength": LONG_TEXT if long else SHORT_TEXT, **schema}
    if kind == "email":
        return {"maxLength": 254, **schema}
    if kind == "rows":
        cells = schema["items"]["properties"]
        row = {
            **schema["items"],
            "properties": {k: normalised(v, long=False) for k, v in cells.items()},
            "additionalProperties": False,
        }
        return {"maxItems": ROW_LIMIT, **schema, "items": row}
    return {"maxItems": ROW_LIMIT, **schema} if schema["type"] == "array" else schema
