"""Texts as long as their columns hold: one database refuses longer ones, the other keeps them."""

from collections.abc import Mapping
from typing import Any

from kernel import text
from kernel.db import Base
from kernel.i18n import gettext as _

LONGEST = 20_000  # of a text without a limit of its own


def limit_of(table: type[Base], column: str) -> int:
    """How many characters a column takes."""
    kind: Any = table.__table__.c[column].type
    return kind.length or LONGEST


def too_long(table: type[Base], data: object, columns: tuple[str, ...]) -> dict[str, str]:
    """The fields of `data` that do not fit, each with the sentence to show beside it."""
    values: Mapping[str, Any] = {name: getattr(data, name) for name in columns}
    return {
        name: _("At most %(limit)s characters.", limit=limit_of(table, name))
        for name, value in values.items()
        if isinstance(value, str) and len(text.clean(value)) > limit_of(table, name)
    }


def cut(table: type[Base], column: str, value: str) -> str:
    """A text of ours, such as a search key, as far as the column takes it."""
    return value[: limit_of(table, column)]
