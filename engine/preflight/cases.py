"""Rules about `cases.json`, the examples a designer gives with a process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from engine.preflight.upload import Upload, rules
from engine.problems import Fact, Problem

FILE: Final = "cases.json"
MAX_BYTES: Final = 1_000_000
MAX_CASES: Final = 500
_PARTS: Final = {"name", "given", "steps", "then"}
_GIVEN: Final = {"process", "start", "variables", "by", "business_key", "at"}
_ACTS: Final = ("complete", "move", "message", "cancel", "expect", "start")


@rules.register("cases")
def cases_can_be_played(upload: Upload) -> Iterator[Problem]:
    """`cases.json` is a list of given / steps / then, about processes and steps that exist."""
    if upload.bundle.cases is None:
        return
    if len(upload.bundle.cases) > MAX_BYTES:
        yield Problem("bundle.file-too-large", file=FILE, facts={"limit": MAX_BYTES // 1_000_000})
        return
    try:
        cases = orjson.loads(upload.bundle.cases)
    except orjson.JSONDecodeError as error:
        yield Problem("file.not-json", file=FILE, line=error.lineno, facts={"position": error.pos})
        return
    if not isinstance(cases, list):
        yield _wrong("a list", 0)
        return
    if len(cases) > MAX_CASES:
        yield _wrong(f"{MAX_CASES + 1}", MAX_CASES + 1)
    for number, case in enumerate(cases[:MAX_CASES], start=1):
        yield from _case(upload, number, case)


def _case(upload: Upload, number: int, case: Any) -> Iterator[Problem]:
    if not isinstance(case, dict) or not isinstance(case.get("given"), dict):
        yield _wrong("given", number)
        return
    for unknown in sorted(case.keys() - _PARTS) + sorted(case["given"].keys() - _GIVEN):
        yield _wrong(unknown, number)
    key = case["given"].get("process")
    known = {model.key for model in upload.models} | upload.catalogue.processes.keys()
    if not isinstance(key, str) or key not in known:
        yield Problem("cases.unknown-process", file=FILE, facts={"case": number, "key": str(key)})
    steps = case.get("steps", [])
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        yield _wrong("steps", number)
        return
    for step in steps:
        yield from _step(upload, number, step)


def _step(upload: Upload, number: int, step: dict[str, Any]) -> Iterator[Problem]:
    acts = [act for act in _ACTS if act in step]
    if len(acts) != 1:
        yield _wrong(", ".join(map(str, step)) or "{}", number)
    task = step.get("complete")
    if task is None or _may_be_elsewhere(upload):
        return
    if not isinstance(task, str) or not any(task in model.nodes for model in upload.models):
        facts: dict[str, Fact] = {"case": number, "task": str(task)}
        yield Problem("cases.unknown-task", file=FILE, facts=facts)


def _may_be_elsewhere(upload: Upload) -> bool:
    """Whether a process outside of the bundle is called, whose steps are not known here."""
    here = {model.key for model in upload.models}
    return any(model.called - here for model in upload.models) or not upload.models


def _wrong(part: str, number: int) -> Problem:
    return Problem("cases.invalid", file=FILE, facts={"part": part, "case": number})
