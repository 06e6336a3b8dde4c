"""Values as plain text for machines: `string()`."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kernel.expressions.run import Run, detach
from kernel.expressions.values import (
    Months,
    Span,
    duration_text,
    instant_text,
    number_text,
    span_text,
    to_json,
)


def plain(run: Run, value: Any, at: int) -> str:
    """Numbers without grouping, ISO 8601, JSON for lists and contexts."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # just checked
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind in (int, Decimal):
        return number_text(value)
    if kind is datetime:
        return instant_text(value)
    if kind in (date, time):
        return value.isoformat()  # type: ignore[no-any-return]  # a date or a time
    if kind in (timedelta, Months):
        return duration_text(value)
    if kind is Span:
        return span_text(value)
    return _json(run, value, at)


def _json(run: Run, value: Any, at: int) -> str:
    copied = detach(run, value, at)
    text = json.dumps(to_json(copied), ensure_ascii=False, separators=(",", ":"))
    run.charge(len(text) >> 6, at)
    return text
