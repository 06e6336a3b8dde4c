"""How long a server asks to be left alone: the header `Retry-After`. Source: RFC 9110, 10.2.3."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)  # a server that asks for more is asked again the next day


def read(header: str | None, now: datetime) -> timedelta | None:
    """The pause in a header, seconds or a date; None when there is none that can be read."""
    said = (header or "").strip()
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:9])), LONGEST)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST)
