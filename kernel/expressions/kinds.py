"""`instance of`: which kind a value is."""

from datetime import timedelta
from typing import Any, Final

from kernel.expressions.values import Months, kind_of

_TYPES: Final[dict[str, type]] = {"days": timedelta, "months": Months}


def is_kind(value: Any, kind: str) -> bool:
    """True when the value is of the kind; null is only `Null`."""
    if kind == "any":
        return value is not None
    wanted = _TYPES.get(kind)
    return type(value) is wanted if wanted else kind_of(value) == kind
