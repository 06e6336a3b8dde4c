"""What every organisation starts with: the shipped roles, one calendar, Iran's holidays."""

from dataclasses import dataclass
from datetime import date

import holidays
from sqlalchemy import select

from kernel import jalali
from kernel.uow import UnitOfWork
from people import calendar_edit, tables, versions
from people.actor import SYSTEM
from people.calendars import DEFAULT_KEY
from people.chart import today
from people.permissions import ROLES

YEARS_BEFORE, YEARS_AFTER = 1, 2
_ESTIMATED = {"en": "(estimated)", "fa": "(تخمینی)"}


@dataclass(frozen=True)
class PublicHoliday:
    """A public holiday; `estimated` when the moon still decides."""

    day: date
    name: str
    name_en: str
    estimated: bool


def seed(uow: UnitOfWork) -> None:
    """Make roles, calendar and holidays as far as they are missing. May run at every start."""
    _roles(uow)
    calendar_edit.add_calendar(
        uow,
        DEFAULT_KEY,
        "ساعت کار اداری",
        name_en="Office hours",
        is_default=True,
        by=SYSTEM,
    )
    seed_holidays(uow)


def seed_holidays(uow: UnitOfWork) -> int:
    """Add the public holidays of last, this and the next two Jalali years; how many are new.

    A Jalali year is seeded once: what an admin changed or removed in it stays so.
    """
    known = set(
        uow.session.scalars(
            select(tables.Holiday.day).where(
                tables.Holiday.calendar_key == DEFAULT_KEY, tables.Holiday.seeded
            )
        )
    )
    done = {jalali.parts(day)["year"] for day in known}
    this = jalali.parts(today())["year"]
    added = 0
    for year in range(this - YEARS_BEFORE, this + YEARS_AFTER + 1):
        for found in () if year in done else public_holidays(year):
            uow.session.add(
                tables.Holiday(
                    calendar_key=DEFAULT_KEY,
                    day=found.day,
                    name=found.name,
                    name_en=found.name_en,
                    estimated=found.estimated,
                    seeded=True,
                )
            )
            added += 1
    if added:
        versions.renew(uow)
    return added


def public_holidays(year: int) -> list[PublicHoliday]:
    """Iran's public holidays of a Jalali year, ascending. Source: the `holidays` package."""
    first, last = jalali.year_range(year)
    years = [first.year, last.year]
    persian = holidays.country_holidays("IR", years=years, language="fa_IR")
    english = holidays.country_holidays("IR", years=years, language="en_US")
    return [
        PublicHoliday(
            day,
            _named(name, "fa"),
            _named(english.get(day, ""), "en"),
            estimated=_ESTIMATED["en"] in english.get(day, ""),
        )
        for day, name in sorted(persian.items())
        if first <= day <= last
    ]


def _named(name: str, language: str) -> str:
    """Two holidays of one day joined the way the language does; the mark is a column."""
    bare = name.replace(_ESTIMATED[language], "")
    joint = "، " if language == "fa" else ", "
    return joint.join(part.strip() for part in bare.split(";") if part.strip())


def _roles(uow: UnitOfWork) -> None:
    missing = [role for role in ROLES if uow.session.get(tables.Role, role.key) is None]
    for role in missing:
        uow.session.add(tables.Role(key=role.key, name=role.name, name_en=role.name_en))
        uow.session.flush()
        uow.session.add_all(
            tables.RolePermission(role_key=role.key, permission=permission)
            for permission in sorted(role.permissions)
        )
    if missing:
        versions.renew(uow)
