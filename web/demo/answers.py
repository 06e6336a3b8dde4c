"""What people of the demo answer: `bpmn_models/demo/answers.json`, read field by field.

Values may be `{"@any": […]}` (one of them, by chance), `@day+3` (a date from today),
`@at+1 10:30` (an instant), `@me.mobile` (of the caller), `@var.name` (of the case),
`@candidate`, `@caregivers`, `@invoice`, `@tracking`.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from kernel.types import JsonObject
from people.chart import ZONE

_DAY = re.compile(r"@day([+-]\d+)")
_AT = re.compile(r"@at([+-]\d+) (\d\d):(\d\d)")


@dataclass(frozen=True)
class Situation:
    """Who answers what, when.

    Attributes:
        persona: the caller's particulars.
        variables: what the case knows so far.
        caregivers: rows of the caregivers' files.
    """

    now: datetime
    persona: Mapping[str, Any]
    variables: Mapping[str, Any]
    caregivers: list[JsonObject]
    chance: random.Random


def value_of(written: Any, at: Situation) -> Any:
    """The value that a line of the answers stands for now."""
    if isinstance(written, dict):
        if "@any" in written:
            return value_of(at.chance.choice(written["@any"]), at)
        return {key: value_of(one, at) for key, one in written.items()}
    if isinstance(written, list):
        return [value_of(one, at) for one in written]
    return _word(written, at) if isinstance(written, str) and written[:1] == "@" else written


def _word(written: str, at: Situation) -> Any:
    today = at.now.astimezone(ZONE).date()
    if found := _DAY.fullmatch(written):
        return (today + timedelta(days=int(found[1]))).isoformat()
    if found := _AT.fullmatch(written):
        day = today + timedelta(days=int(found[1]))
        moment = datetime.combine(day, time(int(found[2]), int(found[3])), ZONE)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kind, _, name = written[1:].partition(".")
    if kind == "me":
        return at.persona.get(name)
    if kind == "var":
        return at.variables.get(name)
    return _MADE[kind](at)


def _candidate(at: Situation) -> Any:
    found = at.variables.get("candidates") or [{"id": "new"}]
    return found[0]["id"]


def _caregivers(at: Situation) -> list[JsonObject]:
    today = at.now.astimezone(ZONE).date()
    skill = at.variables.get("care_level") or "caregiver"
    return [
        {
            "name": one["name"],
            "mobile": one["phones"][0],
            "skill": skill,
            "gender": one["gender"],
            "area": one["area"],
            "free_from": today.isoformat(),
        }
        for one in at.chance.sample(at.caregivers, 3)
    ]


_MADE: Mapping[str, Callable[[Situation], Any]] = {
    "candidate": _candidate,
    "caregivers": _caregivers,
    "invoice": lambda at: f"ف-{at.chance.randint(1200, 1999)}",
    "tracking": lambda at: str(at.chance.randint(10**9, 10**10 - 1)),
}
