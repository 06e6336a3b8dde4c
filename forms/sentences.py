"""One sentence for each way in which an answer can be wrong, in the reader's language."""

from forms import showing
from forms.model import Field
from forms.validation import Finding
from kernel.i18n import gettext as _
from kernel.types import JsonValue

_MISSING = {
    "choice": "Choose one.",
    "many": "Choose at least one.",
    "file": "Attach a file.",
    "files": "Attach a file.",
    "rows": "Add at least one row.",
    "boolean": "Answer yes or no.",
}
_SHAPES = {
    "integer": "Write a whole number.",
    "number": "Write a number.",
    "money": "Write an amount in whole Rials.",
    "date": "This is not a date; example: %(example)s.",
    "time": "This is not a time of day; example: %(example)s.",
    "date-time": "This is not a date and time; example: %(example)s.",
    "phone": "This is not a phone number; example: %(example)s.",
    "melli-code": "This is not a valid national id: the last digit does not match.",
    "legal-id": "This is not a valid company id: the last digit does not match.",
    "sheba": "This is not a valid Sheba: IR and 24 digits whose check digits match.",
    "postal-code": "A postal code has ten digits.",
    "email": "This is not an e-mail address; example: %(example)s.",
    "choice": "Choose one of the options.",
    "many": "Choose among the options.",
    "boolean": "Answer yes or no.",
    "file": "This file is not available; attach it again.",
    "files": "This file is not available; attach it again.",
}
_EXAMPLES = {
    "date": "1405/09/07",
    "time": "14:30",
    "date-time": "1405/09/07 14:30",
    "phone": "0912 555 0143",
}


def missing(field: Field) -> str:
    """The field must be answered and is not."""
    if field.schema.get("const") is True:
        return _("This must be accepted.")
    return _(_MISSING.get(field.kind, "Fill this in."))


def shape(field: Field) -> str:
    """The value is not of the field's kind."""
    message = _SHAPES.get(field.kind, "This value does not fit here.")
    if "%(example)s" not in message:
        return _(message)
    if field.kind == "email":
        return _(message, example="name@example.com")
    return _(message, example=showing.digits(_EXAMPLES[field.kind]))


def unknown() -> str:
    """There is no such field."""
    return _("This form has no such field.")


def not_asked() -> str:
    """The field exists, but its condition does not hold."""
    return _("This is not asked here.")


def wrong(field: Field, error: Finding) -> str:
    """What the validator found, said for people."""
    keyword, limit = str(error.validator), error.validator_value
    if keyword in ("minimum", "maximum"):
        return _range(field, keyword, limit)
    if keyword == "pattern":
        return str(field.error) if field.error else _("This is not written as it should be.")
    if keyword == "const":
        return _("This must be accepted.") if limit is True else shape(field)
    if keyword in ("minLength", "maxLength"):
        return _length(keyword, limit)
    if keyword in ("minItems", "maxItems"):
        return _items(field, keyword, limit)
    if keyword == "uniqueItems":
        return _("The same one stands there twice.")
    if keyword in ("exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        return _number(field, keyword, limit)
    return shape(field)


def _range(field: Field, keyword: str, limit: JsonValue) -> str:
    low, high = field.schema.get("minimum"), field.schema.get("maximum")
    # Beside a tightened limit the field's own range would say too much.
    if limit == field.schema.get(keyword) and low is not None and high is not None:
        return _("Between %(low)s and %(high)s.", low=_shown(field, low), high=_shown(field, high))
    if keyword == "minimum":
        return _("At least %(limit)s.", limit=_shown(field, limit))
    return _("At most %(limit)s.", limit=_shown(field, limit))


def _number(field: Field, keyword: str, limit: JsonValue) -> str:
    if keyword == "exclusiveMinimum":
        return _("More than %(limit)s.", limit=_shown(field, limit))
    if keyword == "exclusiveMaximum":
        return _("Less than %(limit)s.", limit=_shown(field, limit))
    return _("A multiple of %(limit)s.", limit=_shown(field, limit))


def _length(keyword: str, limit: JsonValue) -> str:
    if keyword == "minLength":
        return _("At least %(limit)s characters.", limit=limit)
    return _("At most %(limit)s characters.", limit=limit)


def _items(field: Field, keyword: str, limit: JsonValue) -> str:
    if field.kind == "rows":
        if keyword == "minItems":
            return _("At least %(limit)s rows.", limit=limit)
        return _("At most %(limit)s rows.", limit=limit)
    if keyword == "minItems":
        return _("At least %(limit)s of them.", limit=limit)
    return _("At most %(limit)s of them.", limit=limit)


def _shown(field: Field, limit: JsonValue) -> str:
    shown = showing.number(limit)
    if field.kind == "money":
        return f"{showing.amount(limit, field.money_unit)} {showing.money_unit(field)}"
    return shown
