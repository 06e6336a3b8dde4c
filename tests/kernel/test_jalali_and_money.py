"""Dates and money as people in Iran read and write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import jalali, money
from kernel.jalali import DateInvalid

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)  # Sunday 1405/09/01, 09:00 in Tehran
TODAY = date(2026, 11, 22)


def test_a_date_is_shown_in_the_readers_calendar():
    assert jalali.table_date(date(2026, 11, 26)) == "۱۴۰۵/۰۹/۰۵"
    assert jalali.long_date(date(2026, 11, 26)) == "۵ آذر ۱۴۰۵"
    assert jalali.table_date(date(2026, 11, 26), "en") == "2026-11-26"
    assert jalali.long_date(date(2026, 11, 26), "en") == "26 November 2026"


@pytest.mark.parametrize(
    "written",
    ["1405/9/5", "1405/09/05", "۱۴۰۵/۰۹/۰۵", "۱۴۰۵-۹-۵", "05/09/05", "2026-11-26", " 1405.9.5 "],
)
def test_a_date_is_read_however_it_is_typed(written):
    assert jalali.parse_date(written) == date(2026, 11, 26)


@pytest.mark.parametrize(
    "written", ["", "1405/13/01", "1404/12/30", "2026-02-30", "140/1/1", "آذر"]
)
def test_what_is_no_date_is_refused(written):
    with pytest.raises(DateInvalid):
        jalali.parse_date(written)


def test_leap_years_have_a_thirtieth_of_esfand():
    for leap in (1399, 1403, 1408, 1412, 1416, 1420):
        assert jalali.table_date(jalali.parse_date(f"{leap}/12/30"), "fa").endswith("۳۰")
    with pytest.raises(DateInvalid):
        jalali.parse_date("1407/12/30")


@given(st.dates(date(1921, 3, 21), date(2122, 3, 20)))
def test_showing_and_reading_are_inverse(day):
    assert jalali.parse_date(jalali.table_date(day)) == day
    assert jalali.to_date(**{k: v for k, v in jalali.parts(day).items() if k != "weekday"}) == day


def test_an_instant_is_read_on_the_clock_of_tehran():
    assert jalali.parse_instant("1405/09/01 09:00") == NOW
    assert jalali.parse_instant("۱۴۰۰/۰۵/۰۱ ۰۸:۰۰") == datetime(2021, 7, 23, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "fa", "en"),
    [
        (2, "۱۱:۰۰", "11:00"),
        (24, "فردا ۰۹:۰۰", "tomorrow 09:00"),
        (-24, "دیروز ۰۹:۰۰", "yesterday 09:00"),
        (72, "چهارشنبه", "Wednesday"),
        (24 * 10, "۱۱ آذر", "2 Dec"),
        (-24 * 365, "۱ آذر ۱۴۰۴", "22 Nov 2025"),
    ],
)
def test_near_instants_are_said_as_a_colleague_says_them(hours, fa, en):
    instant = NOW + timedelta(hours=hours)
    assert jalali.near(instant, NOW) == fa
    assert jalali.near(instant, NOW, "en") == en


@pytest.mark.parametrize(
    ("minutes", "fa", "en"),
    [
        (-120, "۲ ساعت دیر", "2 hours late"),
        (156, "۲ ساعت و ۳۶ دقیقه مانده", "2 hours 36 minutes left"),
        (0, "کمتر از یک دقیقه دیر", "less than a minute late"),
        (60 * 24 * 2 + 5, "۲ روز مانده", "2 days left"),
        (60 * 24 * 9, "۱۰ آذر", "1 Dec"),
    ],
)
def test_limits_say_how_long_is_left(minutes, fa, en):
    limit = NOW + timedelta(minutes=minutes)
    assert jalali.due(limit, NOW) == fa
    assert jalali.due(limit, NOW, "en") == en


def test_months_are_added_in_the_jalali_calendar_and_clamped():
    assert jalali.add_months(jalali.to_date(1405, 6, 31), 1) == jalali.to_date(1405, 7, 30)
    assert jalali.add_months(jalali.to_date(1405, 11, 30), 1) == jalali.to_date(1405, 12, 29)
    assert jalali.month_range(1403, 12) == (jalali.to_date(1403, 12, 1), date(2025, 3, 20))
    assert jalali.year_range(1405)[0] == date(2026, 3, 21)


def test_money_always_names_its_unit():
    assert money.show(12_500) == "۱۲٬۵۰۰ ریال"
    assert money.show(12_500, unit="toman") == "۱٬۲۵۰ تومان"
    assert money.show(12_505, unit="toman") == "۱٬۲۵۰٫۵ تومان"
    assert money.show(-12_500, unit="toman", locale="en") == "-1,250 tomans"


@pytest.mark.parametrize(
    ("number", "fa", "en"),
    [
        (0, "صفر", "zero"),
        (21, "بیست و یک", "twenty-one"),
        (100, "صد", "one hundred"),
        (1_000, "یک هزار", "one thousand"),
        (12_500, "دوازده هزار و پانصد", "twelve thousand five hundred"),
        (
            1_250_340_015,
            "یک میلیارد و دویست و پنجاه میلیون و سیصد و چهل هزار و پانزده",
            "one billion two hundred fifty million three hundred forty thousand fifteen",
        ),
        (-7, "منفی هفت", "minus seven"),
    ],
)
def test_amounts_are_written_in_words(number, fa, en):
    assert money.words(number) == fa
    assert money.words(number, "en") == en
    assert money.in_words(125_000, unit="toman") == "دوازده هزار و پانصد تومان"
