"""Open time against the note's vectors and an independent implementation."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import businesstimedelta
import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from people.durations import IsoDuration
from people.errors import DurationInvalid, HoursInvalid, NoWorktime
from people.worktime import (
    WorkCalendar,
    add_worktime,
    after_days,
    after_duration,
    check_spans,
    end_of_working_day,
    share_of_limit,
    shift_worktime,
    subtract_worktime,
    worktime_between,
    worktime_minutes,
)

TEHRAN = ZoneInfo("Asia/Tehran")
EIGHT_TO_FOUR = ((480, 960),)
OFFICE = {
    0: EIGHT_TO_FOUR,
    1: EIGHT_TO_FOUR,
    2: EIGHT_TO_FOUR,
    3: ((480, 780),),
    5: EIGHT_TO_FOUR,
    6: EIGHT_TO_FOUR,
}
NOWRUZ = frozenset(
    {date(2026, 3, 20), *(date(2026, 3, day) for day in (21, 22, 23, 24)), date(2026, 4, 1)}
)
CALENDAR = WorkCalendar("office", "Asia/Tehran", OFFICE, NOWRUZ)


def tehran(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TEHRAN)  # type: ignore[misc,arg-type]


def test_eight_hours_before_nowruz_end_after_the_holidays():
    # given Wednesday 1404/12/27 15:00; when 8 hours pass; then 1405/01/05 10:00
    assert add_worktime(tehran(2026, 3, 18, 15), 480, CALENDAR) == tehran(2026, 3, 25, 10)


def test_the_same_eight_hours_lead_back_again():
    assert subtract_worktime(tehran(2026, 3, 25, 10), 480, CALENDAR) == tehran(2026, 3, 18, 15)


def test_a_start_outside_opening_hours_counts_from_the_next_opening():
    friday_night = tehran(2026, 11, 20, 23)
    assert add_worktime(friday_night, 60, CALENDAR) == tehran(2026, 11, 21, 9)
    assert add_worktime(friday_night, 0, CALENDAR) == tehran(2026, 11, 21, 8)


def test_a_limit_may_end_exactly_at_closing_time():
    assert add_worktime(tehran(2026, 11, 22, 12), 240, CALENDAR) == tehran(2026, 11, 22, 16)


def test_the_answer_is_in_the_calendars_zone_whatever_the_zone_of_the_start():
    end = add_worktime(datetime(2026, 11, 22, 5, 30, tzinfo=UTC), 60, CALENDAR)
    assert end == tehran(2026, 11, 22, 10)
    assert end.utcoffset() == timedelta(hours=3, minutes=30)


def test_a_calendar_that_never_opens_raises_instead_of_searching_for_ever():
    never = WorkCalendar("never", "Asia/Tehran", {}, frozenset())
    with pytest.raises(NoWorktime) as refusal:
        add_worktime(tehran(2026, 11, 22, 9), 1, never)
    assert refusal.value.facts == {"calendar": "never"}
    with pytest.raises(NoWorktime):
        end_of_working_day(date(2026, 11, 22), never)


def test_a_limit_of_centuries_is_refused():
    with pytest.raises(NoWorktime):
        add_worktime(tehran(2026, 11, 22, 9), 10**9, CALENDAR)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("PT4H", 240),
        ("P1D", 480),
        ("P1DT2H30M", 630),
        ("P1W", 6 * 480),
        ("-P1D", -480),
        ("PT0S", 0),
        ("PT90S", 2),
        ("PT1.5H", 90),
    ],
)
def test_a_day_in_a_duration_is_one_working_day(text: str, minutes: int):
    assert worktime_minutes(text, CALENDAR) == minutes


@pytest.mark.parametrize("text", ["", "P", "PT", "P1M", "P1Y", "1D", "P1D2H", "PT1H ago", "P1DT"])
def test_what_is_not_a_measurable_duration_is_refused(text: str):
    with pytest.raises(DurationInvalid):
        worktime_minutes(text, CALENDAR)


def test_a_duration_reads_by_the_clock_on_the_wall_or_in_open_time():
    start = tehran(2026, 11, 19, 9)
    assert after_days(start, "PT48H", TEHRAN) == tehran(2026, 11, 21, 9)
    assert after_duration(start, "P1D", CALENDAR) == tehran(2026, 11, 21, 12)
    assert IsoDuration.parse("-P1W").as_timedelta() == timedelta(weeks=-1)


def test_three_quarters_of_a_limit_are_measured_in_the_limits_own_clock():
    start = tehran(2026, 11, 22, 8)
    due = add_worktime(start, 480, CALENDAR)
    assert share_of_limit(start, due, 75, CALENDAR) == tehran(2026, 11, 22, 14)
    assert share_of_limit(start, start + timedelta(hours=48), 50, None) == tehran(2026, 11, 23, 8)


def test_a_working_day_ends_when_the_office_closes_and_a_closed_one_on_the_next():
    assert end_of_working_day(date(2026, 11, 19), CALENDAR) == tehran(2026, 11, 19, 13)
    assert end_of_working_day(date(2026, 11, 20), CALENDAR) == tehran(2026, 11, 21, 16)


def test_overlapping_or_backward_hours_are_refused():
    assert check_spans(((780, 960), (480, 720))) == ((480, 720), (780, 960))
    for wrong in [((480, 960), (900, 1000)), ((960, 480),), ((480, 1500),)]:
        with pytest.raises(HoursInvalid):
            check_spans(wrong)


# An independent implementation (pytz, day by day) is asked the same questions.

_HOURS = [("mon", 0), ("tue", 1), ("wed", 2), ("sat", 5), ("sun", 6)]


def _oracle() -> businesstimedelta.Rules:
    zone = pytz.timezone("Asia/Tehran")
    # It fails without an earlier and a later holiday, hence two that nothing here reaches.
    closed = dict.fromkeys([*NOWRUZ, date(2024, 1, 1), date(2029, 1, 1)], "closed")
    full = businesstimedelta.WorkDayRule(
        start_time=time(8), end_time=time(16), working_days=[d for _, d in _HOURS], tz=zone
    )
    thursday = businesstimedelta.WorkDayRule(
        start_time=time(8), end_time=time(13), working_days=[3], tz=zone
    )
    return businesstimedelta.Rules([full, thursday, businesstimedelta.HolidayRule(closed, tz=zone)])


ORACLE = _oracle()
instants = st.integers(min_value=0, max_value=60 * 24 * 60).map(
    lambda minutes: tehran(2026, 2, 20) + timedelta(minutes=minutes)
)


@settings(max_examples=60, deadline=None)
@given(start=instants, minutes=st.integers(min_value=1, max_value=6000))
def test_added_time_agrees_with_an_independent_implementation(start: datetime, minutes: int):
    asked = businesstimedelta.BusinessTimeDelta(
        ORACLE, hours=minutes // 60, seconds=minutes % 60 * 60
    )
    assert add_worktime(start, minutes, CALENDAR) == start.astimezone(UTC) + asked


@settings(max_examples=100, deadline=None)
@given(start=instants, minutes=st.integers(min_value=1, max_value=20_000))
def test_what_was_added_lies_between_and_can_be_taken_away_again(start: datetime, minutes: int):
    end = shift_worktime(start, minutes, CALENDAR)
    assert worktime_between(start, end, CALENDAR) == minutes
    back = shift_worktime(end, -minutes, CALENDAR)
    assert worktime_between(back, end, CALENDAR) == minutes
    assert worktime_between(start, back, CALENDAR) == 0
