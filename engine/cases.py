"""Play a bundle's `cases.json` against a real database, with a clock that is moved by hand.

Each case is given / steps / then: who starts what, who completes what with which answers, clock
moves, messages; and what must be open, sent, stored and reached. Meant for a database of its own
(tests, `ravand check`): it makes the positions that the models name and deploys the bundles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import case_checks, case_office
from engine.answers import forms_of
from engine.bundle import Bundle, read_bundle
from engine.definitions import specs
from engine.tables import Timer, WorkItem
from engine.verbs.deploy import RefusedBundle
from kernel import clock
from kernel.errors import AppError
from kernel.job_table import Job
from kernel.jobs.runner import run_until_idle
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from people.actor import SYSTEM, Actor
from people.durations import IsoDuration

START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)  # Sunday 1405/09/01, 09:00 in Tehran
OPEN = ("open", "claimed")


@dataclass
class CaseResult:
    """What came of one case; no problems means that it holds."""

    name: str
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


class CaseFailed(Exception):
    """A step could not be played."""


def run_cases(folder: Path | Bundle, *, beside: Sequence[Path | Bundle] = ()) -> list[CaseResult]:
    """Play every case of a bundle in the configured database.

    Args:
        beside: bundles that it calls or takes forms and texts from.
    """
    bundle = _bundle(folder)
    prepare([*(_bundle(one) for one in beside), bundle])
    return [play(case) for case in cases_of(bundle)]


def cases_of(bundle: Bundle) -> list[JsonObject]:
    """The cases a bundle brings along."""
    found: list[JsonObject] = orjson.loads(bundle.cases) if bundle.cases else []
    return found


def prepare(bundles: Sequence[Bundle]) -> None:
    """Make the organisation that the bundles name, deploy and release them.

    Raises: RefusedBundle when a bundle has problems.
    """
    with unit_of_work() as uow:
        case_office.furnish(uow, bundles)
    waiting = list(bundles)
    while waiting:
        refused = [(one, error) for one in waiting if (error := _deploy(one)) is not None]
        if len(refused) == len(waiting):
            raise refused[0][1]
        waiting = [one for one, _ in refused]


def _deploy(bundle: Bundle) -> RefusedBundle | None:
    """Deploy and release; what was wrong when it calls something not yet there."""
    try:
        with unit_of_work() as uow:
            deployment = engine.deploy(uow, bundle, by=SYSTEM)
            for key in case_office.keys_of(uow.session, deployment.id):
                engine.release(uow, key, by=SYSTEM)
    except RefusedBundle as refused:
        return refused
    return None


def play(case: JsonObject) -> CaseResult:
    """Play one case from its beginning."""
    result = CaseResult(str(case.get("name", "")))
    at = case["given"].get("at")
    before = clock.use(clock.MovableClock(datetime.fromisoformat(at) if at else START))
    try:
        root_id = _start(case["given"])
        stage = Stage(root_id)
        for number, step in enumerate(case.get("steps", []), start=1):
            result.problems += [f"step {number}: {text}" for text in stage.play(step)]
        result.problems += case_checks.check_end(root_id, case.get("then", {}))
    except (AppError, CaseFailed) as error:
        text = error.sentence() if isinstance(error, AppError) else str(error)
        result.problems.append(f"{type(error).__name__}: {text} {getattr(error, 'fields', '')}")
    finally:
        clock.use(before)
    return result


def _start(given: JsonObject) -> UUID:
    with unit_of_work() as uow:
        instance = engine.start(
            uow,
            given["process"],
            variables=given.get("variables") or {},
            start_event=given.get("start"),
            business_key=given.get("business_key"),
            by=case_office.actor(uow.session, given.get("by")),
        )
    run_until_idle()
    return instance.id


@dataclass
class Stage:
    """A running case and the acts that can be played on it."""

    root_id: UUID

    def play(self, step: JsonObject) -> Iterator[str]:
        """Do one step; the problems it showed."""
        if "complete" in step:
            self._complete(step)
        elif "move" in step:
            self._move(step["move"])
        elif "message" in step:
            self._message(step)
        elif "cancel" in step:
            with unit_of_work() as uow:
                by = case_office.actor(uow.session, step.get("by"))
                engine.cancel(uow, self.root_id, step["cancel"], by=by)
        elif "expect" in step:
            yield from case_checks.check(self.root_id, step["expect"])
        run_until_idle()

    def _complete(self, step: JsonObject) -> None:
        with unit_of_work() as uow:
            item = self._item(uow.session, step)
            by = case_office.actor(uow.session, step.get("by"))
            engine.complete(
                uow,
                item.id,
                self._answers(uow.session, item, step.get("answers") or {}),
                outcome=step.get("outcome"),
                reason=step.get("reason"),
                by=by,
                revision=None,
                request_id=None,
            )

    def _item(self, session: Session, step: JsonObject) -> WorkItem:
        query = select(WorkItem).where(
            WorkItem.root_id == self.root_id,
            WorkItem.element_id == step["complete"],
            WorkItem.status.in_(OPEN),
        )
        if "in" in step:
            query = query.where(WorkItem.definition_key == step["in"])
        items = list(session.scalars(query.order_by(WorkItem.opened_at, WorkItem.id)))
        by: Actor = case_office.actor(session, step.get("by"))
        mine = [one for one in items if by.principals & set(one.principals)]
        if not items:
            open_now = sorted(case_checks.open_elements(session, self.root_id))
            raise CaseFailed(f"{step['complete']} is not open; open: {open_now}")
        return (mine or items)[0]

    def _answers(self, session: Session, item: WorkItem, flat: JsonObject) -> dict[str, Any]:
        """Flat answers by form: each field goes to the form that has it."""
        definition = specs.get(session, item.definition_id)
        forms = forms_of(session, definition, definition.model.nodes[item.element_id])
        answers: dict[str, Any] = {form.key: {} for form in forms}
        for name, value in flat.items():
            home = next((form for form in forms if name in form.fields), None)
            if home is None and not forms:
                raise CaseFailed(f"{item.element_id} has no form for {name}")
            answers[(home or forms[0]).key][name] = value
        return answers

    def _message(self, step: JsonObject) -> None:
        with unit_of_work() as uow:
            taken = engine.correlate(
                uow, step["message"], step.get("key"), step.get("payload") or {}, by=SYSTEM
            )
        if not taken and not step.get("nobody"):
            raise CaseFailed(f"nobody waits for {step['message']} {step.get('key')}")

    def _move(self, duration: str) -> None:
        """Move the clock, stopping wherever something falls due, as real time would."""
        target = clock.now() + IsoDuration.parse(duration).as_timedelta()
        while (due := _next_due(target)) is not None:
            _set(max(due, clock.now() + timedelta(microseconds=1)))
            run_until_idle()
        _set(target)


def _next_due(until: datetime) -> datetime | None:
    now = clock.now()
    timers = select(Timer.due_at).where(Timer.due_at > now, Timer.due_at <= until)
    waiting = select(Job.run_at).where(Job.state == "ready", Job.run_at > now, Job.run_at <= until)
    with read_only() as session:
        found = [
            session.scalar(timers.order_by(Timer.due_at).limit(1)),
            session.scalar(waiting.order_by(Job.run_at).limit(1)),
        ]
    return min((one for one in found if one is not None), default=None)


def _set(instant: datetime) -> None:
    current = clock.use(clock.SystemClock())
    if isinstance(current, clock.MovableClock):
        current.set(instant)
    clock.use(current)


def _bundle(source: Path | Bundle) -> Bundle:
    return source if isinstance(source, Bundle) else read_bundle(source)
