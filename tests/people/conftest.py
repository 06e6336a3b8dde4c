"""A small organisation: reception with a head, finance, a manager above both."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from kernel.clock import MovableClock
from kernel.uow import UnitOfWork, unit_of_work
from people import SYSTEM, edit
from people.seed import seed


@dataclass
class Office:
    """The ids of whom the tests talk about."""

    sara: UUID
    omid: UUID
    mina: UUID


def furnish(uow: UnitOfWork) -> Office:
    seed(uow)
    for key in ("management", "reception", "finance"):
        edit.add_unit(uow, key, key.title(), by=SYSTEM)
    edit.add_position(uow, "management.ceo", "مدیرعامل", unit="management", by=SYSTEM)
    edit.add_position(
        uow, "reception.head", "سرپرست", unit="reception", manager="management.ceo", by=SYSTEM
    )
    edit.add_position(
        uow, "reception.clerk", "کارشناس", unit="reception", manager="reception.head", by=SYSTEM
    )
    sara = edit.add_person(
        uow,
        "sara",
        "سارا احمدي",
        name_en="Sara Ahmadi",
        mobile="۰۹۱۲۳۴۵۶۷۸۹",
        email="sara@example.org",
        by=SYSTEM,
    ).id
    omid = edit.add_person(uow, "omid", "امید رضایی", mobile="09121112233", by=SYSTEM).id
    mina = edit.add_person(uow, "mina", "مینا کاظمی", by=SYSTEM).id
    edit.hold_position(uow, sara, "reception.clerk", by=SYSTEM)
    edit.hold_position(uow, omid, "reception.head", by=SYSTEM)
    edit.hold_position(uow, mina, "management.ceo", by=SYSTEM)
    edit.grant_role(uow, "staff", to="reception.clerk", by=SYSTEM)
    edit.grant_role(uow, "supervisor", to="reception.head", by=SYSTEM)
    edit.grant_role(uow, "admin", to=mina, by=SYSTEM)
    return Office(sara, omid, mina)


@pytest.fixture
def office(ravand_both: MovableClock) -> Office:
    """The organisation, stored."""
    with unit_of_work() as uow:
        made = furnish(uow)
    return made
