"""When a repeating timer comes next, counted from the plan; what becomes of what was missed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from engine.bpmn.model import TimerSpec
from engine.schedule import LATE, MOST, Tick, first, turn
from people.worktime import WorkCalendar

BERLIN = WorkCalendar("b", "Europe/Berlin", {}, frozenset())
TEHRAN = WorkCalendar("t", "Asia/Tehran", {}, frozenset())
START = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAILY = Tick(START, "P1D", None)


def spec(text: str = "R/P1D", catchup: str = "once") -> TimerSpec:
    return TimerSpec("cycle", text, catchup=catchup)  # type: ignore[arg-type]  # of the table below


def kept(tick: Tick, calendar: WorkCalendar) -> Tick:
    """As the database gives it back."""
    return Tick.read(tick.facts(), calendar)


def played(tick: Tick | None, rule: TimerSpec, *looks: datetime) -> list[datetime]:
    """The planned instants that fire when somebody looks at these instants."""
    fired = []
    for now in looks:
        while tick is not None and tick.due <= now:
            came = turn(kept(tick, BERLIN), rule, now, BERLIN)
            if came.fires:
                fired.append(tick.due.astimezone(UTC))
            tick = came.next
    return fired


def days(*numbers: float) -> list[datetime]:
    return [START + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize("catchup", ["skip", "once", "all"])
@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=5), LATE])
def test_the_next_is_counted_from_the_plan_not_from_when_it_was_taken_up(
    catchup: str, late: timedelta
) -> None:
    looks = [one + late for one in days(0, 1, 2)]

    assert played(DAILY, spec(catchup=catchup), *looks) == days(0, 1, 2)


@pytest.mark.parametrize(
    ("catchup", "expected"),
    [("skip", [3]), ("once", [0, 3]), ("all", [0, 1, 2, 3])],
)
def test_times_that_passed_while_nothing_ran(catchup: str, expected: list[int]) -> None:
    assert played(DAILY, spec(catchup=catchup), *days(2.5, 3)) == days(*expected)


@pytest.mark.parametrize(("catchup", "expected"), [("skip", []), ("once", [0]), ("all", [0])])
def test_the_last_time_missed_is_missed_though_the_next_is_far(
    catchup: str, expected: list[int]
) -> None:
    assert played(DAILY, spec(catchup=catchup), START + timedelta(hours=3)) == days(*expected)


@pytest.mark.parametrize("text", ["P1D", "0 9 * * *"])
def test_of_a_long_pause_the_last_ten_are_made_up_for(text: str) -> None:
    fired = played(Tick(START, text, None), spec(catchup="all"), *days(30.1))

    assert fired == days(*range(31 - MOST, 31))


@pytest.mark.parametrize("catchup", ["skip", "once", "all"])
def test_what_was_missed_counts(catchup: str) -> None:
    three = Tick(START, "P1D", 2)

    assert (
        len(played(three, spec(catchup=catchup), *days(1.5, 2, 3, 4)))
        == {
            "skip": 1,
            "once": 2,
            "all": 3,
        }[catchup]
    )


@pytest.mark.parametrize("catchup", ["once", "all"])
def test_a_clock_that_jumps_back_fires_nothing_twice(catchup: str) -> None:
    looks = days(0, 1, 0.5, 1.01, 2)

    assert played(DAILY, spec(catchup=catchup), *looks) == days(0, 1, 2)


def test_a_pause_of_years_is_stepped_over_soon() -> None:
    now = START + timedelta(days=900)

    came = turn(Tick(START, "PT10S", None), spec(catchup="all"), now, BERLIN)

    assert came.next is not None
    assert now - timedelta(days=900) < came.next.due <= now + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("calendar", "begins", "expected"),
    [
        (BERLIN, "2026-03-28T09:00", ["28 09:00 +0100", "29 09:00 +0200", "30 09:00 +0200"]),
        (BERLIN, "2026-10-24T09:00", ["24 09:00 +0200", "25 09:00 +0100", "26 09:00 +0100"]),
        (BERLIN, "2026-03-28T02:30", ["28 02:30 +0100", "29 03:30 +0200", "30 02:30 +0200"]),
        (BERLIN, "2026-10-24T02:30", ["24 02:30 +0200", "25 02:30 +0200", "26 02:30 +0100"]),
        (TEHRAN, "2022-03-21T00:30", ["21 00:30 +0330", "22 01:30 +0430", "23 00:30 +0430"]),
        (TEHRAN, "2022-09-20T23:30", ["20 23:30 +0430", "21 23:30 +0430", "22 23:30 +0330"]),
        (TEHRAN, "2026-03-21T02:30", ["21 02:30 +0330", "22 02:30 +0330", "23 02:30 +0330"]),
    ],
)
def test_days_keep_the_time_of_day_when_the_clock_is_put_forward_or_back(
    calendar: WorkCalendar, begins: str, expected: list[str]
) -> None:
    rule = spec(f"R/{begins}/P1D")
    tick = first(rule, rule.text, datetime(2020, 1, 1, tzinfo=UTC), calendar)

    seen = []
    for _ in expected:
        assert tick is not None
        tick = kept(tick, calendar)
        shown = tick.due.astimezone(UTC).astimezone(tick.due.tzinfo)
        seen.append(shown.strftime("%d %H:%M %z"))
        tick = turn(tick, rule, tick.due, calendar).next
    assert seen == expected


@pytest.mark.parametrize("begins", ["2026-03-28T12:00", "2026-10-24T12:00"])
def test_hours_are_as_long_as_ever_when_the_clock_is_put_forward_or_back(begins: str) -> None:
    rule = spec(f"R/{begins}/PT24H")
    tick = first(rule, rule.text, START - timedelta(days=900), BERLIN)

    dues = []
    for _ in range(3):
        assert tick is not None
        dues.append(tick.due.astimezone(UTC))
        tick = turn(kept(tick, BERLIN), rule, tick.due, BERLIN).next
    assert {later - one for one, later in pairwise(dues)} == {timedelta(hours=24)}


@pytest.mark.parametrize("catchup", ["skip", "once", "all"])
@pytest.mark.parametrize(
    ("begins", "looks"),
    [
        ("2026-03-28T01:30", ["28T01:31", "29T01:01", "30T00:31"]),  # 02:30, 03:00 and 02:30
        ("2026-10-24T00:30", ["24T00:31", "25T00:31", "25T01:31", "26T01:31"]),
    ],
)
def test_cron_at_half_past_two_comes_once_a_day_whatever_the_clock_does(
    catchup: str, begins: str, looks: list[str]
) -> None:
    planned = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    month = begins[:8]
    seen = [datetime.fromisoformat(month + one).replace(tzinfo=UTC) for one in looks]

    fired = played(Tick(planned, "30 2 * * *", None), spec(catchup=catchup), *seen)

    assert len(fired) == 3
