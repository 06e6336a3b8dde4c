"""Whom nobody answers is left alone, and tried with one call."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from kernel import jobs
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.jobs import breaker, outside
from kernel.jobs.breaker import BreakerUnknown
from kernel.jobs.threads import CALLS_AT_ONCE
from kernel.uow import read_only, unit_of_work
from tests.kernel.jobs.work import Outside, Runner, add, remaining, somebody_waits_for_a_lock, until


class Line:
    """A line to a service, up or down; `asked` counts the calls."""

    def __init__(self) -> None:
        self.up, self.asked = False, 0

    def call(self, request: Any) -> str:
        self.asked += 1
        if not self.up:
            raise ConnectionRefusedError
        return "answer"


@pytest.fixture
def line() -> Line:
    one = Line()
    outside.add("test.call", Outside(one.call))
    return one


def ask(*numbers: int, service: str = "service") -> None:
    for n in numbers:
        add(n, "test.call", connector=service)


def left_alone() -> list[tuple[str, int, int]]:
    with read_only() as session:
        found = breaker.open_breakers(session)
    return [(one.connector, one.failures, one.waiting) for one in found]


def break_it(line: Line, clock: MovableClock) -> None:
    """Three calls in vain; the others of the five were not made."""
    ask(1, 2, 3, 4, 5)
    jobs.run_until_idle()
    assert line.asked == 3


def test_after_three_calls_in_vain_the_others_wait_and_cost_nothing(
    ravand_both: MovableClock, runner: Runner, line: Line
):
    ask(1, 2, 3, 4, 5, 6, 7, 8)
    runner.work()

    made = line.asked  # threads that call at the same moment do not know of each other's failure
    assert 3 <= made <= 2 + CALLS_AT_ONCE
    assert sorted(job.attempts for job in remaining()) == [0] * (8 - made) + [1] * made
    assert left_alone() == [("service", made, 8)]

    ravand_both.move(seconds=14)
    runner.work()
    assert line.asked == made


def test_one_call_tries_it_and_its_answer_lets_all_go(
    ravand_both: MovableClock, runner: Runner, line: Line
):
    break_it(line, ravand_both)
    line.up = True
    ravand_both.move(minutes=1)
    runner.work()
    assert remaining() == []
    assert left_alone() == []
    assert line.asked == 3 + 5


def test_a_trial_in_vain_lengthens_the_pause_up_to_five_minutes(
    ravand_both: MovableClock, line: Line
):
    break_it(line, ravand_both)
    calls = []
    for seconds in (15, 29, 1, 59, 1, 119, 1, 239, 1, 299, 1, 299, 1):
        ravand_both.move(seconds=seconds)
        jobs.run_until_idle()
        calls.append(line.asked - 3)
    assert calls == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7]


def test_while_one_tries_it_nobody_else_does(ravand_both: MovableClock, line: Line):
    break_it(line, ravand_both)
    ravand_both.move(seconds=15)
    with unit_of_work() as uow:
        assert breaker.admit(uow, "service")
    with unit_of_work() as uow:
        assert not breaker.admit(uow, "service")
    jobs.run_until_idle()
    assert line.asked == 3

    ravand_both.move(minutes=1)  # it died with its trial
    jobs.run_until_idle()
    assert line.asked == 4


def test_others_are_called_meanwhile_and_an_answer_between_begins_the_count_anew(
    ravand_both: MovableClock, line: Line
):
    break_it(line, ravand_both)
    line.up = True
    ask(6, service="another")
    jobs.run_until_idle()
    assert line.asked == 4

    for up in (False, False, True, False, False):
        line.up = up
        ask(7, service="third")
        jobs.run_until_idle()
    assert left_alone() == [("service", 3, 5)]


def test_a_result_that_says_nobody_answered_counts_like_an_error(ravand_both: MovableClock):
    outside.add("test.call", Outside(lambda request: None, unreached="not-reached"))
    ask(1, 2, 3)
    jobs.run_until_idle()
    assert left_alone() == [("service", 3, 0)]
    assert remaining() == []


def test_a_failure_is_kept_although_an_answer_comes_right_after_its_first_statement(
    db_postgres: Database, standing_clock: MovableClock
):
    """The row that it counts in is taken away by the answer, before or after, never between."""
    with unit_of_work() as uow:
        breaker.silent(uow, "service", "first")
    with ThreadPoolExecutor(1) as other, unit_of_work() as uow:
        answers: list[Future[None]] = []

        def answer_comes(*_: object) -> None:
            if not answers:
                answers.append(other.submit(answer))
                until(lambda: answers[0].done() or somebody_waits_for_a_lock(), "the answer came")

        connection = uow.session.connection()
        event.listen(connection, "after_cursor_execute", answer_comes)
        breaker.silent(uow, "service", "second")
    answers[0].result(60)
    assert left_alone() == []


def answer() -> None:
    with unit_of_work() as uow:
        breaker.answered(uow, "service")


def test_whoever_asks_for_a_pause_gets_it_whatever_others_hear_meanwhile(
    ravand_both: MovableClock, line: Line
):
    line.up = True
    with unit_of_work() as uow:
        breaker.rest(uow, "service", timedelta(minutes=10))
    with unit_of_work() as uow:
        breaker.answered(uow, "service")  # a call that was under way
    ask(1, 2, 3)
    ravand_both.move(minutes=9)
    jobs.run_until_idle()
    assert line.asked == 0
    with read_only() as session:
        [one] = breaker.open_breakers(session)
    assert (one.asked, one.waiting) == (True, 3)

    ravand_both.move(minutes=2)
    with unit_of_work() as uow:
        assert breaker.admit(uow, "service")
    with unit_of_work() as uow:
        assert not breaker.admit(uow, "service")
        breaker.answered(uow, "service")
    jobs.run_until_idle()
    assert (line.asked, left_alone()) == (3, [])


def test_a_result_that_asks_for_a_pause_opens_the_breaker(ravand_both: MovableClock):
    call = Outside(lambda request: request["n"])
    call.asked_to_wait = lambda n: timedelta(minutes=n)
    outside.add("test.call", call)
    ask(5)
    jobs.run_until_idle()
    ask(0)
    ravand_both.move(minutes=4)
    jobs.run_until_idle()
    assert left_alone() == [("service", 0, 1)]
    ravand_both.move(minutes=2)
    jobs.run_until_idle()
    assert (left_alone(), remaining()) == ([], [])


def test_whoever_says_no_has_answered(ravand_both: MovableClock):
    def refuse(request: Any) -> None:
        raise ValueError("no")

    outside.add("test.call", Outside(refuse))
    ask(1, 2, 3, 4)
    jobs.run_until_idle()
    assert left_alone() == []


def test_an_operator_has_it_tried_at_once(ravand_both: MovableClock, line: Line):
    break_it(line, ravand_both)
    line.up = True
    with unit_of_work() as uow:
        breaker.try_now(uow, "service")
    jobs.run_until_idle()
    assert line.asked == 3 + 2
    ravand_both.move(timedelta(minutes=1))
    jobs.run_until_idle()
    assert remaining() == []

    with pytest.raises(BreakerUnknown), unit_of_work() as uow:
        breaker.try_now(uow, "service")
