"""What people answer in the demo: taken from the test cases beside each model."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kernel.types import JsonObject

CASES_START = date(2026, 11, 22)
"""The day on which every `cases.json` begins; dates in answers are counted from it."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Reply:
    """What somebody sends at one step: flat answers, an outcome, its reason."""

    answers: JsonObject
    outcome: str | None
    reason: str | None


class Answers:
    """The replies of all test cases, by step; the first one found is the usual one."""

    def __init__(self, folders: list[Path]) -> None:
        self._known: dict[tuple[str, str | None], Reply] = {}
        for folder in folders:
            path = folder / "cases.json"
            if path.exists():
                for case in json.loads(path.read_text(encoding="utf-8")):
                    self._learn(case)

    def _learn(self, case: JsonObject) -> None:
        for step in case.get("steps", []):
            if "complete" not in step:
                continue
            outcome = step.get("outcome")
            reply = Reply(step.get("answers", {}), outcome, step.get("reason"))
            for key in ((step["complete"], None), (step["complete"], outcome)):
                self._known.setdefault(key, reply)

    def reply(self, element_id: str, outcome: str | None = None) -> Reply | None:
        """What is sent at a step, with a wished outcome; None when no case ever did it."""
        return self._known.get((element_id, outcome))


def told(reply: Reply, persona: Mapping[str, Any], started: date) -> JsonObject:
    """The answers with this caller's own particulars and with dates counted from the start."""
    later = started - CASES_START
    answers = {key: _moved(value, later) for key, value in reply.answers.items()}
    return {key: persona.get(key, value) for key, value in answers.items()}


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, str) and (found := _DAY.match(value)):
        return (date.fromisoformat(found[0]) + by).isoformat() + value[10:]
    if isinstance(value, list):
        return [_moved(one, by) for one in value]
    if isinstance(value, dict):
        return {key: _moved(one, by) for key, one in value.items()}
    return value
