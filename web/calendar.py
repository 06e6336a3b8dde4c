"""When the place is open: weekly hours and the holidays of a Jalali year."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kernel import jalali, text
from kernel.errors import AppError, Invalid
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from people import calendar_edit, calendars, queries
from people.chart import today
from people.errors import HoursInvalid
from people.worktime import Span
from web.access import permission
from web.database import db

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

WEEK = (5, 6, 0, 1, 2, 3, 4)  # Saturday first, as Monday = 0 counts


@bp.get("/")
@permission("calendar.edit")
def index() -> ResponseReturnValue:
    """Weekly hours beside the year's closed days."""
    return _page()


def _page(error: AppError | None = None) -> ResponseReturnValue:
    year = request.args.get("year", type=int) or jalali.parts(today())["year"]
    first, last = jalali.year_range(year)
    page = render_template(
        "calendar/index.html",
        year=year,
        week=_week(),
        calendar=queries.calendars(db.session)[0],
        holidays=queries.holidays(db.session, first, last),
        given=request.form,
        error=error.sentence() if error else None,
    )
    return page, 422 if error else 200


def _week() -> list[tuple[int, str, str]]:
    """Weekday, its name, its hours as typed: `08:00-16:00, 17:00-19:00`."""
    calendar = calendars.default(db.session)
    workdays = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"))
    names = (*workdays, _("Saturday"), _("Sunday"))
    return [(day, names[day], _typed(calendar.weekly.get(day, ()))) for day in WEEK]


def _typed(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{_hour(opens)}-{_hour(closes)}" for opens, closes in spans)


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@bp.post("/hours")
@permission("calendar.edit")
def hours() -> ResponseReturnValue:
    """Set the weekly hours."""
    try:
        weekly = {day: _read_spans(request.form.get(f"day_{day}", "")) for day in range(7)}
        minutes = int(float(text.latin_digits(request.form.get("day_hours", "8"))) * 60)
        with unit_of_work() as uow:
            calendar_edit.set_hours(uow, weekly, day_minutes=minutes, by=current_user.actor)
    except ValueError:
        return _page(HoursInvalid(hours=request.form.get("day_hours", "")))
    except Invalid as error:
        return _page(error)
    flash(_("Working hours were set. Limits that are running keep their due time."))
    return redirect(url_for("calendar.index"))


def _read_spans(typed: str) -> list[Span]:
    """`08:00-16:00, 17-19` -> minutes of the day; nothing means closed.

    Raises: HoursInvalid
    """
    spans = []
    for part in text.latin_digits(typed).replace("،", ",").replace("–", "-").split(","):
        if part.strip():
            opens, dash, closes = part.partition("-")
            if not dash:
                raise HoursInvalid(hours=part.strip())
            spans.append((_minute(opens), _minute(closes)))
    return spans


def _minute(typed: str) -> int:
    hour, _colon, minute = typed.strip().partition(":")
    if not hour.isdigit() or not (minute or "0").isdigit():
        raise HoursInvalid(hours=typed.strip())
    return int(hour) * 60 + int(minute or 0)


@bp.post("/holidays")
@permission("calendar.edit")
def close_day() -> ResponseReturnValue:
    """Close a day, say when a city closes for a day."""
    try:
        day = _read_day(request.form.get("day", ""))
        with unit_of_work() as uow:
            calendar_edit.add_holiday(
                uow,
                day,
                request.form.get("name", ""),
                name_en=request.form.get("name_en", ""),
                by=current_user.actor,
            )
    except Invalid as error:
        return _page(error)
    flash(_("The day is closed now."))
    return redirect(url_for("calendar.index", year=jalali.parts(day)["year"]))


@bp.post("/holidays/<day>/open")
@permission("calendar.edit")
def open_day(day: str) -> ResponseReturnValue:
    """Open a closed day again."""
    opened = _read_day(day)
    with unit_of_work() as uow:
        calendar_edit.remove_holiday(uow, opened, by=current_user.actor)
    flash(_("The day is open again."))
    return redirect(url_for("calendar.index", year=jalali.parts(opened)["year"]))


def _read_day(typed: str) -> date:
    return jalali.parse_date(typed)
