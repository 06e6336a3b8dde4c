"""Where a form does not speak English yet."""

from collections.abc import Iterator

from forms.model import Field, Form, Text


def missing_english(form: Form) -> list[str]:
    """The places, as `months`, `kind.options.icu`, `lines.price.unit`, `groups[0].title`."""
    return list(_places(form))


def _places(form: Form) -> Iterator[str]:
    if not form.title.en:
        yield "title"
    for i, group in enumerate(form.groups):
        for name, text in (("title", group.title), ("help", group.help)):
            if _lacks(text):
                yield f"groups[{i}].{name}"
    for field in form.in_order():
        yield from _of_field(field, field.key)
        for column in field.columns:
            yield from _of_field(column, f"{field.key}.{column.key}")


def _of_field(field: Field, place: str) -> Iterator[str]:
    if _lacks(field.label):
        yield place
    for option in field.options:
        if _lacks(option.label):
            yield f"{place}.options.{option.value}"
    for name in ("help", "placeholder", "unit", "error", "add"):
        if _lacks(getattr(field, name)):
            yield f"{place}.{name}"


def _lacks(text: Text) -> bool:
    return bool(text.fa) and not text.en
