"""What every runner promises, on both databases."""

from collections import defaultdict
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from kernel import errors, jobs
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.i18n import house_locale, locale, use_locale
from kernel.jobs import operating, outside
from kernel.jobs.doing import backoff
from kernel.jobs.embedded import EmbeddedRunner
from kernel.jobs.handlers import handlers
from kernel.queue import Claim, claim, finish
from kernel.uow import UnitOfWork, read_only, unit_of_work
from tests.kernel.jobs.work import Outside, Runner, add, nothing_runs, remaining, until


def taken(limit: int = 10, lane: str = "inside") -> list[Claim]:
    """What another worker holds from now on."""
    with unit_of_work() as uow:
        return claim(uow.session, uow.now, limit, lane)


def test_jobs_run_once_and_in_order(ravand_both: MovableClock, runner: Runner, seen: list[Any]):
    for n in range(3):
        add(n)
    runner.work()
    assert seen == [0, 1, 2]
    assert remaining() == []


def test_a_job_for_later_waits_for_its_instant(
    ravand_both: MovableClock, runner: Runner, seen: list[Any]
):
    add(1, run_at=ravand_both.now() + timedelta(hours=1))
    runner.work()
    assert seen == []
    ravand_both.move(hours=1)
    runner.work()
    assert seen == [1]


def test_two_jobs_of_one_key_are_one(ravand_both: MovableClock, runner: Runner, seen: list[Any]):
    add(1, key="same")
    add(2, key="same")
    runner.work()
    assert seen == [1]


def test_a_rolled_back_unit_leaves_no_job(ravand_both: MovableClock, seen: list[Any]):
    with pytest.raises(LookupError), unit_of_work() as uow:
        uow.jobs.add("test.note", {"n": 1})
        uow.flush()
        raise LookupError
    assert remaining() == []


def test_a_failing_jobs_effects_are_undone_and_at_last_somebody_is_told(
    ravand_both: MovableClock, runner: Runner
):
    told: list[str] = []

    class Stumble:
        def __call__(self, uow: UnitOfWork, payload: dict[str, Any]) -> None:
            uow.jobs.add("test.note", {"n": 99})
            uow.flush()
            raise ValueError("broken")

        def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
            told.append(str(error))
            return False

    handlers.add("test.stumble", Stumble())
    add(1, "test.stumble", max_attempts=3)
    for _ in range(3):
        runner.work()
        ravand_both.move(hours=2)
    [job] = remaining()
    assert (job.state, job.attempts, job.last_error) == ("failed", 3, "ValueError: broken")
    assert told == ["broken"]


@pytest.mark.parametrize("error", [errors.LimitReached, errors.Invalid, errors.Forbidden])
def test_what_gives_the_same_answer_each_time_is_not_tried_again(
    ravand_both: MovableClock, runner: Runner, error: type[errors.AppError]
):
    @handlers.register("test.hopeless")
    def hopeless(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        raise error()

    add(1, "test.hopeless")
    runner.work()
    assert [(job.state, job.attempts) for job in remaining()] == [("failed", 1)]


def test_whoever_says_when_to_come_back_is_obeyed(ravand_both: MovableClock, runner: Runner):
    tries: list[int] = []

    @handlers.register("test.busy")
    def busy(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise errors.Retry(timedelta(minutes=5))

    add(1, "test.busy")
    runner.work()
    ravand_both.move(minutes=4)
    runner.work()
    assert len(tries) == 1
    ravand_both.move(minutes=1)
    runner.work()
    assert len(tries) == 2
    assert remaining() == []


def test_pauses_are_anything_up_to_a_longest_that_doubles_to_an_hour():
    for attempts, longest in ((1, 10), (2, 20), (5, 160), (9, 2560), (10, 3600), (40, 3600)):
        pauses = [backoff(attempts).total_seconds() for _ in range(300)]
        assert 0 <= min(pauses) < longest * 0.2
        assert longest * 0.8 < max(pauses) <= longest


def test_jobs_of_a_group_never_run_beside_each_other_but_groups_do(
    ravand_both: MovableClock, seen: list[Any]
):
    for n, group in enumerate("aabb"):
        add(n, group=group)
    [first] = taken(limit=1)
    others = taken()
    assert [one.payload["n"] for one in [first, *others]] == [0, 2, 3]
    with unit_of_work() as uow:
        assert finish(uow.session, first)
    assert [one.payload["n"] for one in taken()] == [1]


def test_a_call_outside_holds_up_no_job_of_its_own_case(ravand_both: MovableClock, seen: list[Any]):
    outside.add("test.call", Outside(lambda request: None))
    add(1, "test.call", group="case")
    add(2, group="case")
    [call] = taken(lane="outside")
    assert call.kind == "test.call"
    jobs.run_until_idle()
    assert seen == [2]


def test_calls_of_one_group_keep_their_order(ravand_both: MovableClock):
    outside.add("test.call", Outside(lambda request: None))
    for n in range(2):
        add(n, "test.call", group="to one person")
    assert [one.payload["n"] for one in taken(lane="outside")] == [0, 1]


def test_calls_that_hang_hold_up_neither_a_case_nor_a_call_to_somebody_else(
    ravand_both: MovableClock, seen: list[Any]
):
    both = Barrier(2, timeout=60)  # each waits until the other is under way
    outside.add("test.call", Outside(lambda request: both.wait()))
    runner = EmbeddedRunner()
    runner.start()
    try:
        add(1, "test.call", group="case")
        until(lambda: both.n_waiting == 1, "the call hangs")
        add(2, group="case")
        until(lambda: seen == [2], "the case goes on")
        add(3, "test.call")
        until(nothing_runs, "the other call was made meanwhile")
    finally:
        runner.stop()


def test_a_lease_that_ran_out_is_claimed_again_and_its_first_holder_changes_nothing(
    ravand_both: MovableClock, runner: Runner, seen: list[Any]
):
    add(7)
    [held] = taken()
    jobs.run_until_idle()
    assert seen == [], "another worker holds it"
    ravand_both.move(minutes=2)
    runner.work()
    assert seen == [7]
    with unit_of_work() as uow:
        assert not finish(uow.session, held)


def test_a_group_stays_closed_until_the_job_of_a_dead_worker_is_taken_up(
    ravand_both: MovableClock, seen: list[Any]
):
    add(1, group="case")
    taken()
    add(2, group="case")
    ravand_both.move(minutes=2)
    jobs.run_until_idle()
    assert seen == [1, 2]


def test_a_group_is_closed_while_a_job_of_it_runs_past_its_lease_in_its_transaction(
    db_postgres: Database, standing_clock: MovableClock, seen: list[Any]
):
    add(1, group="case")
    [held] = taken()
    add(2, group="case")
    standing_clock.move(minutes=2)
    with db_postgres.session() as its_own:
        its_own.connection(execution_options={"isolation_level": "READ COMMITTED"})
        assert finish(its_own, held)
        assert taken() == []
        its_own.rollback()


def test_a_job_that_kills_its_workers_is_given_up(
    ravand_both: MovableClock, runner: Runner, seen: list[Any]
):
    add(1, max_attempts=2)
    for _ in range(2):
        assert taken(), "a worker takes it, and dies"
        ravand_both.move(minutes=2)
    runner.work()
    assert seen == []
    assert [job.state for job in remaining()] == ["failed"]


def test_an_operator_tries_a_failed_job_again_leaves_it_undone_or_takes_one_away(
    ravand_both: MovableClock, runner: Runner, seen: list[Any]
):
    mended: list[int] = []

    @handlers.register("test.mend")
    def mend(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        if not mended:
            raise errors.Invalid
        seen.append(payload["n"])

    failing = [add(n, "test.mend") for n in range(2)]
    later = add(2, run_at=ravand_both.now() + timedelta(hours=1))
    runner.work()
    with read_only() as session:
        assert {job.id for job in operating.failed_jobs(session)} == set(failing)

    mended.append(1)
    with unit_of_work() as uow:
        operating.retry_job(uow, failing[0])
        operating.skip_job(uow, failing[1])
        operating.cancel_job(uow, later)
    ravand_both.move(hours=2)
    runner.work()
    assert seen == [0]
    assert remaining() == []


def test_jobs_write_in_the_organisations_language(ravand_both: MovableClock):
    spoken: list[str] = []

    @handlers.register("test.speak")
    def speak(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        spoken.append(locale())

    add(1, "test.speak")
    with use_locale("en"):
        jobs.run_until_idle()
        assert locale() == "en"
    assert spoken == [house_locale()] == ["fa"]


def test_work_outside_happens_with_no_transaction_open(
    ravand_both: MovableClock, runner: Runner, seen: list[Any]
):
    call = Outside(lambda request: add(request["n"]))  # would fail inside an open unit of work
    outside.add("test.ask", call)
    add(1, "test.ask")
    runner.work()
    assert seen == [1]
    assert len(call.settled) == 1


def test_a_runner_that_is_told_to_stop_gives_back_what_it_did_not_begin(
    ravand_both: MovableClock,
):
    done: dict[str, int] = defaultdict(int)

    @handlers.register("test.last")
    def last(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        done["jobs"] += 1

    for n in range(3):
        add(n, "test.last")
    jobs.drain(sweeping=False, stopping=lambda: done["jobs"] > 0)
    assert done["jobs"] == 1
    assert [(job.state, job.attempts, job.lease_until) for job in remaining()] == [
        ("ready", 0, None)
    ] * 2
