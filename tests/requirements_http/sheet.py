"""The form of a page, filled and sent as a browser without scripts does it."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

from lxml import html

from kernel.jalali import table_date
from kernel.text import persian_digits

Answers = Mapping[str, Any]


class Sheet:
    """Everything the form would send now: `values` by input name, `files` chosen for it."""

    def __init__(self, page: str, form_id: str = "item-form") -> None:
        self.form: Any = html.fromstring(page).get_element_by_id(form_id)
        self.action = str(self.form.get("action"))
        self.values: dict[str, list[str]] = {}
        for name, value in self.form.form_values():
            self.values.setdefault(name, []).append(value)
        self.values.pop("csrf_token", None)
        self.prefixes = [f"{one}." for one in self.form.xpath(".//@data-form")]
        self.names = set(self.form.xpath(".//@name"))
        self.rows = {
            name.removesuffix("_add") + value
            for name, value in (
                (one.get("name", ""), one.get("value", "")) for one in self.form.xpath(".//button")
            )
            if name.endswith("_add")
        }

    def fill(self, answers: Answers) -> list[str]:
        """Type the answers; the keys that this page does not ask for (yet)."""
        return [key for key, value in answers.items() if not self._type(key, value)]

    def _type(self, key: str, value: Any) -> bool:
        name = next((p + key for p in self.prefixes if self._asks(p + key)), None)
        if name is None:
            return False
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                for column, cell in row.items():
                    self.values[f"{name}[{number}].{column}"] = _typed(cell)
        else:
            self.values[name] = _typed(value)
        return True

    def _asks(self, name: str) -> bool:
        rows = any(one.startswith(f"{name}[") for one in self.names)
        return name in self.names or name in self.rows or rows

    def data(self, **more: str) -> dict[str, Any]:
        """For the test client's `data`."""
        given = {name: values for name, values in self.values.items() if values}
        return {**given, **more}


def attached(name: str, content: bytes, kind: str = "application/pdf") -> tuple[BytesIO, str, str]:
    """A file as somebody chooses it from their disk."""
    return BytesIO(content), name, kind


def _typed(value: Any) -> Any:
    """As somebody types it in Persian: digits and dates of the Persian calendar."""
    if isinstance(value, tuple):
        return [value]  # a file
    if isinstance(value, list):
        return [one for each in value for one in _typed(each)]
    if isinstance(value, bool):
        return [str(value).lower()]
    if value is None:
        return []
    text = str(value)
    try:
        return [table_date(date.fromisoformat(text), "fa")]
    except ValueError:
        return [persian_digits(text) if isinstance(value, int | float) else text]
