"""The demo's chart, people, calendar and contacts, made through the verbs."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from crm import contacts
from crm import seed as crm_seed
from crm.contacts import ContactData
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import SYSTEM, calendar_edit, edit
from people import seed as people_seed
from people.chart import ZONE, today
from web.auth.passwords import random_password, set_password
from web.login_card import LoginCard

FOLDER = Path(__file__).parents[2] / "bpmn_models" / "demo"
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_AGO = 400  # days for which everybody has been in their position


def read(name: str) -> Any:
    """A file of the demo."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def load_organisation(uow: UnitOfWork, end: datetime) -> list[LoginCard]:
    """Make the chart and its people; the log-ins, whose passwords are stored nowhere else.

    Args:
        end: the instant at which the demo's past ends; leaves are counted from it.
    """
    data: JsonObject = read("organisation")
    people_seed.seed(uow)
    crm_seed.seed(uow)
    named = data["organisation"]
    edit.name_organisation(
        uow, named["name"], name_en=named["name_en"], phone=named["phone"], by=SYSTEM
    )
    calendar = data["calendar"]
    calendar_edit.set_hours(
        uow, _hours(calendar["weekly"]), day_minutes=calendar["day_minutes"], by=SYSTEM
    )
    for rank, unit in enumerate(data["units"]):
        edit.add_unit(uow, **unit, rank=rank, by=SYSTEM)
    for rank, position in enumerate(data["positions"]):
        role = position.pop("role")
        edit.add_position(uow, **position, rank=rank, by=SYSTEM)
        edit.grant_role(uow, role, to=position["key"], by=SYSTEM)
    titles = {position["key"]: position for position in data["positions"]}
    ids: dict[str, UUID] = {}
    logins = [_person(uow, one, titles, ids) for one in data["people"]]
    for one in data["substitutions"]:
        _stand_in(uow, one, ids, end.astimezone(ZONE).date())
    return logins


def load_contacts(uow: UnitOfWork) -> dict[str, UUID]:
    """Open the forty files; their ids by the keys of `contacts.json`."""
    ids: dict[str, UUID] = {}
    for row in read("contacts"):
        key, subscriber, relation = (
            row.pop(name, None) for name in ("key", "related_to", "relation")
        )
        for name in ("phones", "roles"):
            row[name] = tuple(row.get(name, ()))
        born = row.pop("birth_date", None)
        data = ContactData(**row, birth_date=date.fromisoformat(born) if born else None)
        ids[key] = contacts.add_contact(uow, data, by=SYSTEM).id
        if subscriber:
            contacts.relate(uow, ids[subscriber], ids[key], relation, by=SYSTEM)
    return ids


def _person(
    uow: UnitOfWork,
    one: JsonObject,
    positions: Mapping[str, JsonObject],
    ids: dict[str, UUID],
) -> LoginCard:
    position = one.pop("position")
    person = edit.add_person(uow, **one, demo=True, by=SYSTEM)
    password = random_password()
    set_password(uow, person, password, by=SYSTEM)
    since = today() - timedelta(days=_LONG_AGO)
    edit.hold_position(uow, person.id, position, since=since, by=SYSTEM)
    ids[person.username] = person.id
    title = f"{person.name}، {positions[position]['name']}"
    return LoginCard(person.username, password, title)


def _stand_in(uow: UnitOfWork, one: JsonObject, ids: Mapping[str, UUID], day: date) -> None:
    edit.hold_position(
        uow,
        ids[one["person"]],
        one["position"],
        since=day + timedelta(days=one["from_days"]),
        until=day + timedelta(days=one["to_days"]),
        stands_in_for=ids[one["for"]],
        by=SYSTEM,
    )


def _hours(weekly: Mapping[str, list[str]]) -> dict[int, list[tuple[int, int]]]:
    return {_WEEK.index(day): [_span(one) for one in spans] for day, spans in weekly.items()}


def _span(text: str) -> tuple[int, int]:
    """`08:00-16:00` in minutes of the day."""
    opens, _, closes = text.partition("-")
    return _minutes(opens), _minutes(closes)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
