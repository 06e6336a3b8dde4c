"""Time limits on the working calendar, and reminders in the minute they are due."""

import re
from datetime import datetime

from kernel.jalali import TEHRAN
from tests.engine.drawing import user
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import limit, one_step, steps

# The clock stands at Sunday 1405/09/01, 09:00; open 8:00-16:00, Thursday to 13:00, Friday closed.


def tehran(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TEHRAN)


LIMITS = [
    ("PT8H", "2026-11-22T09:00", "2026-11-23T09:00"),
    ("P1D", "2026-11-22T09:00", "2026-11-23T09:00"),
    ("PT4H", "2026-11-22T14:00", "2026-11-23T10:00"),
    ("PT8H", "2026-11-25T15:00", "2026-11-28T10:00"),  # Thursday's five hours, no Friday
    ("PT30M", "2026-11-27T12:00", "2026-11-28T08:30"),  # begun on Friday
]


@requirement("A14", "C06")
def test_a_limit_in_working_hours_skips_nights_and_fridays(office: Office) -> None:
    keys = {duration: f"p{n}" for n, duration in enumerate(dict.fromkeys(d for d, _, _ in LIMITS))}
    office.deploy(
        *(one_step(limit(duration, clock="working"), key=key) for duration, key in keys.items())
    )
    for duration, begun, due in LIMITS:
        office.product.clock.set(tehran(begun))
        office.begin("reception.clerk", keys[duration])
        assert office.item("work").due_at == tehran(due), (duration, begun)

    page = office.desk("reception.clerk").page
    assert "مهلت" in page
    assert "۳۰ دقیقهٔ کاری" in page


@requirement("A14")
def test_a_holiday_that_the_admin_enters_moves_the_limit(office: Office) -> None:
    office.deploy(one_step(limit("PT8H", clock="working")))
    admin = office.desk("platform.admin")
    page = admin.get("/calendar/")
    assert 'name="day"' in page
    admin.post("/calendar/holidays", {"day": "۱۴۰۵/۰۹/۰۲", "name": "تعطیل سازمانی"})

    office.begin("reception.clerk", "p")

    assert office.item("work").due_at == tehran("2026-11-24T09:00")


@requirement("C06")
def test_each_step_has_a_limit_of_its_own_and_shows_it(office: Office) -> None:
    short, long = limit("PT2H", clock="working"), limit("PT48H", clock="wall")
    office.deploy(steps(user("first", short), user("second", long)))
    office.begin("reception.clerk", "p")
    first = office.item("first")
    page = office.desk("reception.clerk").get(f"/items/{first.id}")
    assert "۲ ساعت کاری" in page

    office.do("first", "reception.clerk")

    second = office.item("second")
    assert first.due_at == tehran("2026-11-22T11:00")
    assert second.due_at == tehran("2026-11-24T09:00")
    assert "۴۸ ساعت" in office.desk("reception.clerk").get(f"/items/{second.id}")


def reminders(office: Office, who: str) -> list[str]:
    """Titles of the unread reminders in somebody's inbox."""
    page = office.desk(who).get("/inbox?kind=reminder")
    listing = page.split('data-list="inbox"', 1)[1]
    return re.findall(r"مهلت «[^»]+» نزدیک است|«[^»]+» از مهلت گذشت", listing)


@requirement("A08")
def test_the_reminder_comes_in_its_minute_and_not_before(office: Office) -> None:
    plan = limit("PT4H", "75%>assignee@inbox,sms")
    office.deploy(one_step(plan))
    office.begin("reception.clerk", "p")

    office.wait("PT2H59M")
    assert reminders(office, "reception.clerk") == []
    office.wait("PT1M1S")

    assert reminders(office, "reception.clerk") == ["مهلت «work» نزدیک است"]
    told = office.product.sms.texts_to("09121000003")
    assert len(told) == 1
    office.wait("PT6H")
    assert reminders(office, "reception.clerk") == ["مهلت «work» نزدیک است"]


@requirement("A08")
def test_a_reminder_survives_a_restart_and_comes_once(office: Office) -> None:
    office.deploy(one_step(limit("PT4H", "75%>assignee@inbox,sms")))
    office.begin("reception.clerk", "p")

    office.restart()
    office.product.clock.move(hours=3, seconds=1)
    office.settle()
    office.restart()
    office.settle()

    assert reminders(office, "reception.clerk") == ["مهلت «work» نزدیک است"]
    assert len(office.product.sms.texts_to("09121000003")) == 1


@requirement("A08")
def test_a_reminder_that_fell_due_while_all_was_down_comes_late_but_comes(
    office: Office,
) -> None:
    office.deploy(one_step(limit("PT4H", "75%>assignee@inbox 100%>head@inbox")))
    office.begin("reception.clerk", "p")

    office.product.clock.move(days=1)
    office.restart()
    office.settle()

    assert reminders(office, "reception.clerk")
    assert reminders(office, "reception.head") == ["«work» از مهلت گذشت"]


@requirement("A08")
def test_finished_work_reminds_nobody(office: Office) -> None:
    office.deploy(one_step(limit("PT4H", "75%>assignee@inbox")))
    office.begin("reception.clerk", "p")
    office.do("work", "reception.clerk")

    office.wait("PT8H")

    assert reminders(office, "reception.clerk") == []
