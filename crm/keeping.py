"""How long data must stay, and when it goes by itself: what the organisation has settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from engine.personal import CaseFacts


@dataclass(frozen=True)
class Rules:
    """Periods count from a case's end, or from a message's day. None: never by itself.

    Attributes:
        keep: for which time the law wants the cases of a process kept, by process key.
        cases: after which time a case loses its personal data, by process key; `*` all others.
        messages: after which time texts that were sent lose their words.
        replies: after which time texts that came in do.
        erasures_file: where erasures are noted outside of the database, for restored backups.
    """

    keep: Mapping[str, timedelta] = field(default_factory=dict)
    cases: Mapping[str, timedelta] = field(default_factory=dict)
    messages: timedelta | None = None
    replies: timedelta | None = None
    erasures_file: Path | None = None

    @property
    def do_something(self) -> bool:
        """Whether any data goes by itself."""
        return bool(self.cases) or self.messages is not None or self.replies is not None

    def kept_until(self, case: CaseFacts) -> datetime | None:
        """Until when the law wants an ended case kept; None when it does not."""
        periods = [self.keep[one] for one in case.processes if one in self.keep]
        return case.ended_at + max(periods) if periods and case.ended_at else None

    def must_be_kept(self, case: CaseFacts) -> bool:
        """Whether a running case is one that the law wants kept after its end."""
        return any(one in self.keep for one in case.processes)


_rules = Rules()


def configure(**changes: object) -> None:
    """Change some rules; the composition root calls it once."""
    global _rules
    _rules = replace(_rules, **changes)  # type: ignore[arg-type]  # names checked by replace


def rules() -> Rules:
    """The rules in force."""
    return _rules
