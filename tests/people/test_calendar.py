"""Opening hours and holidays: seeded, edited, and felt by every limit."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.errors import Forbidden
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, calendar_edit, calendars, queries, seed
from people.actors import actor_for
from people.errors import HolidayUnknown, NoWorktime
from people.worktime import add_worktime
from tests.people.conftest import Office

TEHRAN = ZoneInfo("Asia/Tehran")


def test_four_years_of_holidays_are_there_and_the_moons_are_marked(office: Office):
    with read_only() as session:
        rows = queries.holidays(session, date(2025, 3, 21), date(2029, 3, 19))
    named = {row.day: row for row in rows}
    assert named[date(2026, 3, 21)].name == "جشن نوروز، عید سعید فطر"
    assert named[date(2027, 3, 10)].estimated
    assert "تخمینی" not in named[date(2027, 3, 10)].name
    assert not named[date(2027, 3, 21)].estimated
    assert {row.day.year for row in rows} == {2025, 2026, 2027, 2028, 2029}


def test_a_second_start_adds_nothing_and_brings_nothing_back(office: Office):
    with unit_of_work() as uow:
        calendar_edit.remove_holiday(uow, date(2027, 3, 10), by=SYSTEM)
        assert seed.seed_holidays(uow) == 0


def test_a_limit_feels_a_new_holiday_and_new_hours(office: Office):
    start = datetime(2026, 11, 22, 15, tzinfo=TEHRAN)
    with unit_of_work() as uow:
        calendar_edit.add_holiday(uow, date(2026, 11, 23), "آلودگی هوا", by=SYSTEM)
        late = add_worktime(start, 120, calendars.default(uow.session))
        assert late == datetime(2026, 11, 24, 9, tzinfo=TEHRAN)
        calendar_edit.set_hours(
            uow, {day: [(600, 1200)] for day in range(7)}, day_minutes=600, by=SYSTEM
        )
        calendar = calendars.default(uow.session)
    assert calendar.day_minutes == 600
    assert add_worktime(start, 120, calendar) == datetime(2026, 11, 22, 17, tzinfo=TEHRAN)


def test_hours_that_would_never_open_are_refused(office: Office):
    with unit_of_work() as uow, pytest.raises(NoWorktime):
        calendar_edit.set_hours(uow, {}, by=SYSTEM)


def test_only_those_who_may_change_the_calendar_do(office: Office):
    with unit_of_work() as uow:
        clerk = actor_for(uow.session, office.sara)
        with pytest.raises(Forbidden):
            calendar_edit.add_holiday(uow, date(2026, 12, 1), "نه", by=clerk)
        with pytest.raises(HolidayUnknown):
            calendar_edit.remove_holiday(uow, date(2026, 12, 1), by=SYSTEM)
