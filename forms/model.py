"""A form as the rest of the package sees it: read once, frozen, free of references."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from forms.validation import Validator
from kernel import i18n
from kernel.expressions import Expression
from kernel.types import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; without English, Persian stands for it."""

    fa: str = ""
    en: str = ""

    def __str__(self) -> str:
        return self.fa if i18n.locale() == "fa" else self.en or self.fa

    def __bool__(self) -> bool:
        return bool(self.fa or self.en)


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers a choice offers."""

    value: JsonValue
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `kind` says what is stored, `widget` how it is asked."""

    key: str
    kind: str
    widget: str
    label: Text
    schema: JsonObject
    options: tuple[Option, ...] = ()
    columns: tuple["Field", ...] = ()
    required_columns: frozenset[str] = frozenset()
    width: int = 12
    help: Text = Text()
    placeholder: Text = Text()
    unit: Text = Text()
    error: Text = Text()
    add: Text = Text()
    money_unit: str = "rial"
    readonly: bool = False
    sensitive: bool = False
    personal: bool | None = None
    computed: Expression | None = None
    initial: Expression | None = None
    choices: Expression | None = None
    rows: int = 4
    accept: tuple[str, ...] = ()
    max_mb: float = 20

    @property
    def given(self) -> bool:
        """Whether people answer it; readonly and computed fields are never taken from outside."""
        return not self.readonly and self.computed is None

    def column(self, key: str) -> "Field | None":
        """The cell's field of that key."""
        return next((c for c in self.columns if c.key == key), None)


@dataclass(frozen=True, slots=True)
class Branch:
    """What one side of a condition adds: fields (new or tightened) and what it requires."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """One `if` with its two sides."""

    test: Validator
    then: Branch
    otherwise: Branch


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one title, in order."""

    fields: tuple[str, ...]
    title: Text = Text()
    help: Text = Text()


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was read and accepted. `data` is the file as its author wrote it."""

    key: str
    title: Text
    data: JsonObject
    schema: JsonObject
    fields: Mapping[str, Field]
    unconditional: frozenset[str]
    required: frozenset[str]
    dependent: Mapping[str, tuple[str, ...]]
    conditions: tuple[Condition, ...]
    groups: tuple[Group, ...]
    controls: frozenset[str]
    validator: Validator
    id: UUID | None = None
    version: int = 0

    def field_at(self, path: str) -> Field | None:
        """The field of `months` or `lines[2].price`."""
        key, _, cell = path.partition("[")
        found = self.fields.get(key)
        if found is None or not cell:
            return found
        return found.column(cell.partition("].")[2])

    def in_order(self) -> Iterator[Field]:
        """Every field, conditional ones too, as the page shows them."""
        for group in self.groups:
            for key in group.fields:
                yield self.fields[key]
