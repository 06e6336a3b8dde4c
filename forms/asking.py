"""One question as a template sees it: field, value, what was typed, what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from forms import showing
from forms.computing import choices
from forms.model import Field, Form
from forms.reading import Entry
from kernel import i18n
from kernel.jalali import TEHRAN
from kernel.types import JsonValue

_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class FileLink:
    """What a page needs to show a stored file; `url` may be empty."""

    name: str
    size: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option with its input's id."""

    id: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Page:
    """What all questions of one rendering share."""

    form: Form
    entry: Entry
    prefix: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    readonly: bool = False
    reveal_sensitive: bool = False
    rerender_url: str = ""
    files: Callable[[str], FileLink | None] = lambda _id: None
    zone: ZoneInfo = TEHRAN

    @property
    def root(self) -> str:
        """The id of the element that htmx puts in the place of itself."""
        return element_id(self.prefix, "form")


def element_id(prefix: str, path: str) -> str:
    """An id that needs no escaping in a selector: `items[1].price` is `items-1-price`."""
    return "f-" + _UNSAFE_IN_ID.sub("-", prefix + path).strip("-")


def unit_of(field: Field) -> str:
    """The word for what a field counts in."""
    return showing.money_unit(field) if field.kind == "money" else str(field.unit)


@dataclass(frozen=True, slots=True)
class Question:
    """One input, or one cell of a row."""

    page: Page
    field: Field
    path: str
    value: JsonValue
    required: bool
    row: int | None = None
    table: str = ""

    @property
    def id(self) -> str:
        """The id of the first input."""
        return element_id(self.page.prefix, self.path)

    @property
    def name(self) -> str:
        """The input's name."""
        return self.page.prefix + self.path

    @property
    def error(self) -> str:
        """The sentence beside the field, or nothing."""
        return self.page.errors.get(self.path, "")

    @property
    def readonly(self) -> bool:
        """Whether it is shown and not asked."""
        return self.page.readonly or self.field.readonly

    @property
    def text(self) -> str:
        """What stands in the input: what was typed, else the value."""
        typed = self.page.entry.raw.get(self.path)
        return showing.typed(self.field, self.value, self.page.zone) if typed is None else typed

    @property
    def shown(self) -> str:
        """The value for reading."""
        text = self._shown()
        hide = self.field.sensitive and not self.page.reveal_sensitive
        return showing.masked(text) if hide and text else text

    def _shown(self) -> str:
        if self.value is None or self.value == []:
            return ""
        if self.field.kind in ("choice", "many"):
            labels = dict(self._options())
            values = self.value if isinstance(self.value, list) else [self.value]
            separator = "، " if i18n.locale() == "fa" else ", "
            return separator.join(labels.get(str(v), str(v)) for v in values)
        if self.row is not None and self.field.kind in ("money", "number", "integer"):
            return showing.typed(self.field, self.value)  # the column's head says the unit
        return showing.read_only(self.field, self.value, self.page.zone)

    @property
    def hints(self) -> list[str]:
        """The lines under the field; a row's cells have no room for any."""
        if self.row is not None:
            return []
        lines = [str(self.field.help)] if self.field.help else []
        if self.field.kind == "date":
            lines.append(showing.date_hint(self.value))
        elif self.field.kind == "money":
            lines.append(showing.money_hint(self.value))
        return [line for line in lines if line]

    @property
    def described_by(self) -> str:
        """Ids for `aria-describedby`."""
        ids = [f"{self.id}-error"] if self.error else []
        return " ".join([*ids, f"{self.id}-hint"] if self.hints else ids)

    @property
    def unit(self) -> str:
        """The word at the end of the input; a row's cells have it once, in the head."""
        return unit_of(self.field) if self.row is None else ""

    @property
    def label(self) -> str:
        """The field's label; in a row with the row's number, as a cell has no label of its own."""
        if self.row is None:
            return str(self.field.label)
        return i18n.gettext(
            "%(column)s, row %(row)s", column=str(self.field.label), row=self.row + 1
        )

    @property
    def controls(self) -> bool:
        """Whether the page is drawn again when this changes."""
        keys = self.page.form.controls
        key = f"{self.table}.{self.field.key}" if self.table else self.field.key
        return bool(self.page.rerender_url) and (key in keys or self.table in keys)

    def _options(self) -> list[tuple[str, str]]:
        if self.field.choices is not None:
            return choices(self.field, self.page.variables)
        return [(str(o.value), str(o.label)) for o in self.field.options]

    @property
    def choices(self) -> list[Choice]:
        """The options, the chosen ones marked; the first has the field's own id."""
        chosen = self.value if isinstance(self.value, list) else [self.value]
        texts = {str(v) for v in chosen if v is not None}
        return [
            Choice(self.id if i == 0 else f"{self.id}-{i}", value, label, value in texts)
            for i, (value, label) in enumerate(self._options())
        ]

    @property
    def scale(self) -> list[Choice]:
        """The figures of a score."""
        low, high = self.field.schema.get("minimum", 1), self.field.schema.get("maximum", 5)
        return [
            Choice(
                self.id if n == low else f"{self.id}-{n}",
                str(n),
                showing.digits(str(n)),
                self.value == n and not isinstance(self.value, bool),
            )
            for n in range(low, high + 1)
        ]

    @property
    def stored(self) -> list[tuple[str, FileLink | None]]:
        """The files kept so far, by id."""
        ids = self.value if isinstance(self.value, list) else [self.value] if self.value else []
        return [(str(i), self.page.files(str(i))) for i in ids]
