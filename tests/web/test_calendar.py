"""The working calendar over HTTP: hours of the week, closed days, in either calendar's digits."""

from datetime import UTC, datetime

from kernel.uow import read_only
from people import calendars
from people.worktime import add_worktime
from tests.product.fixtures import Product
from tests.requirements import requirement

ADMIN = "platform.admin"
WEEK = {f"day_{day}": "08:00-16:00" for day in (5, 6, 0, 1, 2)}


def in_an_hour_of_work(start: datetime) -> datetime:
    with read_only() as session:
        return add_worktime(start, 60, calendars.default(session))


def test_the_page_shows_the_hours_and_the_years_holidays(product: Product) -> None:
    page = product.visitor(ADMIN).get("/calendar/")
    assert "۰۸:۰۰-۱۶:۰۰" in page
    assert "روزهای تعطیل ۱۴۰۵" in page
    assert "روزهای تعطیل ۱۴۰۴" in product.visitor(ADMIN).get("/calendar/?year=1404")


@requirement("A14")
def test_new_hours_move_what_working_time_means(product: Product) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/calendar/")
    hours = {**WEEK, "day_5": "۱۰-۱۲، ۱۴:۳۰-۱۸", "day_hours": "۶"}
    assert "ساعت کار ثبت شد" in admin.post("/calendar/hours", hours)
    saturday = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)  # 11:30 in Tehran
    assert in_an_hour_of_work(saturday) == datetime(2026, 11, 28, 11, 30, tzinfo=UTC)


def test_wrong_hours_are_refused_and_stay_on_the_page(product: Product) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/calendar/")
    for wrong in ("16:00-08:00", "sometimes", "25-26", "8"):
        page = admin.post("/calendar/hours", {**WEEK, "day_0": wrong}, status=422)
        assert f'value="{wrong}"' in page
    admin.post("/calendar/hours", {**WEEK, "day_hours": "many"}, status=422)


@requirement("A14")
def test_a_day_is_closed_and_opened_again(product: Product) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/calendar/")
    admin.post("/calendar/holidays", {"day": "۱۴۰۵/۰۹/۰۲", "name": "آلودگی هوا"})
    assert "آلودگی هوا" in admin.page
    sunday_evening = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)  # 16:00, closing time
    assert in_an_hour_of_work(sunday_evening).day == 24
    admin.post("/calendar/holidays/2026-11-23/open")
    assert "آلودگی هوا" not in admin.page
    assert in_an_hour_of_work(sunday_evening).day == 23


def test_a_day_that_is_none_is_refused(product: Product) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/calendar/")
    admin.post("/calendar/holidays", {"day": "1405/13/40", "name": "؟"}, status=422)


def test_hours_are_closed_to_clerks(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.get("/inbox")
    clerk.post("/calendar/hours", WEEK, status=403)
