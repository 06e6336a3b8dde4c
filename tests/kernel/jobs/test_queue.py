"""The queue's promises, on both databases, drained in the thread and by an RQ worker."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kernel import jobs
from kernel.clock import MovableClock
from kernel.errors import Retry
from kernel.i18n import house_locale, locale, use_locale
from kernel.jobs import rq_runner
from kernel.jobs.handlers import handlers, outside
from kernel.uow import UnitOfWork, read_only, unit_of_work

Drain = Callable[[], Any]


@pytest.fixture(params=["thread", "rq"])
def drain(request: pytest.FixtureRequest) -> Iterator[Drain]:
    """Two runners, one contract: both end up draining the same rows."""
    if request.param == "thread":
        yield jobs.run_until_idle
        return
    url = request.getfixturevalue("redis_url")
    bell = rq_runner.Bell(url)
    bell.connection.flushall()

    def ring_and_work() -> None:
        bell.ring()
        rq_runner.work(url, burst=True)

    yield ring_and_work


@pytest.fixture
def seen() -> list[Any]:
    """What the handler `test.note` was handed."""
    notes: list[Any] = []

    @handlers.register("test.note")
    def note(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        notes.append(payload["n"])

    return notes


def add(n: int, **options: Any) -> None:
    with unit_of_work() as uow:
        uow.jobs.add("test.note", {"n": n}, **options)


def remaining() -> list[jobs.Job]:
    with read_only() as session:
        return list(session.scalars(select(jobs.Job)))


def test_jobs_run_once_and_in_order(
    ravand_both: MovableClock, drain: Drain, seen: list[Any]
) -> None:
    for n in range(3):
        add(n)
    drain()
    assert seen == [0, 1, 2]
    assert remaining() == []


def test_a_job_for_later_waits_for_its_instant(
    ravand_both: MovableClock, drain: Drain, seen: list[Any]
) -> None:
    add(1, run_at=ravand_both.now() + timedelta(hours=1))
    drain()
    assert seen == []
    ravand_both.move(hours=1)
    drain()
    assert seen == [1]


def test_two_jobs_of_one_key_are_one(
    ravand_both: MovableClock, drain: Drain, seen: list[Any]
) -> None:
    add(1, key="same")
    add(2, key="same")
    drain()
    assert seen == [1]


def test_a_rolled_back_unit_leaves_no_job(ravand_both: MovableClock, seen: list[Any]) -> None:
    with pytest.raises(LookupError), unit_of_work() as uow:
        uow.jobs.add("test.note", {"n": 1})
        uow.flush()
        raise LookupError
    assert remaining() == []


def test_effects_of_a_failing_job_are_rolled_back_and_it_ends_failed(
    ravand_both: MovableClock, drain: Drain
) -> None:
    exhausted: list[str] = []

    def stumble(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        uow.jobs.add("test.note", {"n": 99})
        uow.flush()
        raise ValueError("broken")

    stumble.on_exhausted = lambda uow, job, error: exhausted.append(str(error))  # type: ignore[attr-defined]
    handlers.add("test.stumble", stumble)
    with unit_of_work() as uow:
        uow.jobs.add("test.stumble", {}, max_attempts=3)
    for _ in range(3):
        drain()
        ravand_both.move(hours=2)
    [job] = remaining()
    assert (job.state, job.attempts, job.last_error) == ("failed", 3, "ValueError: broken")
    assert exhausted == ["broken"]


def test_retry_asks_for_its_own_pause(ravand_both: MovableClock, drain: Drain) -> None:
    tries: list[int] = []

    @handlers.register("test.busy")
    def busy(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Retry(timedelta(minutes=5))

    with unit_of_work() as uow:
        uow.jobs.add("test.busy", {})
    drain()
    ravand_both.move(minutes=4)
    drain()
    assert len(tries) == 1
    ravand_both.move(minutes=1)
    drain()
    assert len(tries) == 2
    assert remaining() == []


def test_a_lease_that_ran_out_is_claimed_again(ravand_both: MovableClock, seen: list[Any]) -> None:
    from kernel.queue import claim

    add(7)
    with unit_of_work() as uow:
        [held] = claim(uow.session, uow.now, 10)
    jobs.run_until_idle()
    assert seen == [], "another worker holds it"
    ravand_both.move(minutes=3)
    jobs.run_until_idle()
    assert seen == [7]
    assert held.fence == 1


def test_a_job_that_kills_its_workers_is_given_up(
    ravand_both: MovableClock, seen: list[Any]
) -> None:
    add(1, max_attempts=2)
    with unit_of_work() as uow:  # both tries ended without a word
        uow.session.query(jobs.Job).update(
            {"state": "running", "attempts": 2, "lease_until": uow.now - timedelta(seconds=1)}
        )
    jobs.run_until_idle()
    assert seen == []
    assert [job.state for job in remaining()] == ["failed"]


def test_jobs_write_in_the_organisations_language(ravand_both: MovableClock) -> None:
    spoken: list[str] = []

    @handlers.register("test.speak")
    def speak(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        spoken.append(locale())

    with unit_of_work() as uow:
        uow.jobs.add("test.speak", {})
    with use_locale("en"):
        jobs.run_until_idle()
        assert locale() == "en"
    assert spoken == [house_locale()] == ["fa"]


def test_work_outside_happens_with_no_transaction_open(
    ravand_both: MovableClock, drain: Drain, seen: list[Any]
) -> None:
    class Ask:
        def prepare(self, uow: UnitOfWork, payload: dict[str, Any]) -> Any:
            return payload["n"]

        def act(self, request: Any) -> Any:
            add(request)  # would fail inside an open unit of work
            return request + 1

        def settle(self, uow: UnitOfWork, payload: dict[str, Any], result: Any) -> None:
            uow.jobs.add("test.note", {"n": result})

    outside.add("test.ask", Ask())
    with unit_of_work() as uow:
        uow.jobs.add("test.ask", {"n": 1})
    drain()
    jobs.run_until_idle()
    assert seen == [1, 2]


def test_a_ring_without_redis_is_no_error() -> None:
    rq_runner.Bell("redis://127.0.0.1:1/0").ring()
