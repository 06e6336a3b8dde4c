"""Cron on days on which the clock is put forward or back: once a day stays once a day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel import cron

BERLIN, TEHRAN = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tehran")


def following(text: str, zone: ZoneInfo, after: str, many: int = 3) -> list[str]:
    """The next instants, on that zone's clock with its distance from UTC."""
    moment, found = datetime.fromisoformat(after).replace(tzinfo=UTC), []
    for _ in range(many):
        coming = cron.next_after(text, moment, zone)
        assert coming is not None
        found.append(coming.strftime("%m-%d %H:%M %z"))
        moment = coming
    return found


@pytest.mark.parametrize(
    ("zone", "text", "after", "expected"),
    [
        (BERLIN, "30 2 * * *", "2026-03-28T00:00", ["03-28 02:30 +0100", "03-29 03:00 +0200"]),
        (BERLIN, "30 2 * * *", "2026-10-24T12:00", ["10-25 02:30 +0200", "10-26 02:30 +0100"]),
        (TEHRAN, "30 0 * * *", "2022-03-21T12:00", ["03-22 01:00 +0430", "03-23 00:30 +0430"]),
        (TEHRAN, "30 23 * * *", "2022-09-21T12:00", ["09-21 23:30 +0430", "09-22 23:30 +0330"]),
        (TEHRAN, "0 9 * * *", "2022-03-21T00:00", ["03-21 09:00 +0330", "03-22 09:00 +0430"]),
        (TEHRAN, "0 9 * * *", "2026-03-21T00:00", ["03-21 09:00 +0330", "03-22 09:00 +0330"]),
    ],
)
def test_a_time_of_day_comes_once_on_every_day(
    zone: ZoneInfo, text: str, after: str, expected: list[str]
) -> None:
    assert following(text, zone, after, 2) == expected


def test_every_hour_also_means_the_hour_that_comes_twice() -> None:
    assert following("0 * * * *", BERLIN, "2026-10-24T23:30") == [
        "10-25 02:00 +0200",
        "10-25 02:00 +0100",
        "10-25 03:00 +0100",
    ]
