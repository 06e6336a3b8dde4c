"""What the shipped cases know: what a case is given, and the steps somebody plays."""

import json
from pathlib import Path
from typing import Any

MODELS = Path(__file__).parents[2] / "bpmn_models"
Steps = list[dict[str, Any]]


def case(process: str, name: str) -> dict[str, Any]:
    """A shipped case, by the beginning of its name."""
    cases = json.loads((MODELS / process / "cases.json").read_text())
    found: dict[str, Any] = next(one for one in cases if one["name"].startswith(name))
    return found


def steps(process: str, name: str, *, upto: str = "") -> Steps:
    """The steps of a case; only those before the task `upto` when it is given."""
    every: Steps = case(process, name)["steps"]
    numbers = [n for n, one in enumerate(every) if upto and one.get("complete") == upto]
    return every[: numbers[0]] if numbers else every


def answers(process: str, name: str, task: str) -> dict[str, Any]:
    """What the case answers at a task."""
    found: dict[str, Any] = next(
        one["answers"] for one in case(process, name)["steps"] if one.get("complete") == task
    )
    return found


def known(process: str, name: str) -> dict[str, Any]:
    """What the case is given at its start."""
    found: dict[str, Any] = case(process, name)["given"]["variables"]
    return found
