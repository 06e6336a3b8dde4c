"""A table that can become a page, an Excel sheet or a PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from kernel.i18n import direction

# code: machine-read text (phones, numbers of cases), always left to right.
# hours: a number of hours. money: whole Rials.
Kind: TypeAlias = Literal[
    "text", "code", "number", "money", "hours", "date", "instant", "boolean", "list"
]
Row: TypeAlias = Mapping[str, Any]
FIGURES: frozenset[Kind] = frozenset({"number", "money", "hours"})


@dataclass(frozen=True)
class Column:
    """`key` finds the value in a row, `label` is already in the reader's language."""

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """Title, columns and rows, and what a printed copy also says.

    `filtered` is a sentence that names the filters; `signatures` are captions of boxes to sign.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    direction: str = field(default_factory=direction)
    filtered: str = ""
    signatures: Sequence[str] = ()
