"""Who acts, in which position, and whom an address reaches."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from kernel.clock import MovableClock
from kernel.errors import Forbidden
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, directory, edit, queries
from people.actors import actor_for
from people.errors import KeyTaken, ManagersCircle, PersonUnknown, PositionNotHeld, UnitUnknown
from tests.people.conftest import Office


def test_an_actor_carries_position_addresses_and_permissions(office: Office):
    with read_only() as session:
        actor = actor_for(session, office.sara)
    assert actor.position == "reception.clerk"
    assert actor.name == "سارا احمدی"  # stored with Persian letters
    assert actor.principals == {
        f"person:{office.sara}",
        "position:reception.clerk",
        "unit:reception",
        "role:staff",
    }
    assert actor.can("ticket.create")
    with pytest.raises(Forbidden) as refusal:
        actor.require("people.edit")
    assert refusal.value.facts["permission"] == "people.edit"


def test_an_actor_costs_one_statement_once_the_chart_is_known(office: Office):
    with read_only() as session:
        actor_for(session, office.sara)
    statements: list[str] = []
    with read_only() as session:
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", lambda *a: statements.append(a[2]))
        actor_for(session, office.sara)
        actor_for(session, office.omid)
        directory.of(session).recipients("unit:reception")
    assert [s for s in statements if s != "BEGIN"] == statements[-1:]


def test_a_change_of_the_chart_is_seen_by_the_next_transaction_and_a_lost_one_never(
    office: Office,
):
    with unit_of_work(commit=False) as uow:
        edit.hold_position(uow, office.sara, "management.ceo", by=SYSTEM)
        assert office.sara in directory.of(uow.session).holders("management.ceo")
    with read_only() as session:
        assert directory.of(session).holders("management.ceo") == [office.mina]
    with unit_of_work() as uow:
        edit.release_position(uow, office.mina, "management.ceo", by=SYSTEM)
    with read_only() as session:
        assert directory.of(session).holders("management.ceo") == []


def test_a_message_to_a_vacant_position_reaches_the_one_above(office: Office):
    with unit_of_work() as uow:
        edit.release_position(uow, office.sara, "reception.clerk", by=SYSTEM)
        chart = directory.of(uow.session)
        assert chart.holders("reception.clerk") == []
        assert [r.id for r in chart.recipients("position:reception.clerk")] == [office.omid]


def test_recipients_carry_what_a_channel_needs(office: Office):
    with read_only() as session:
        [found] = directory.of(session).recipients(f"person:{office.sara}")
    assert (found.mobile, found.email, found.locale) == ("+989123456789", "sara@example.org", "fa")


def test_heads_and_managers_follow_from_the_chart(office: Office):
    with read_only() as session:
        chart = directory.of(session)
    assert chart.unit_head("reception") == "reception.head"
    assert chart.manager_position("reception.clerk") == "reception.head"
    assert chart.manager_position("management.ceo") is None
    assert set(chart.positions_under("management.ceo")) == {"reception.head", "reception.clerk"}


@pytest.mark.parametrize(
    ("principal", "known"),
    [
        ("position:reception.clerk", True),
        ("position:reception.cleaner", False),
        ("unit:finance", True),
        ("role:staff", True),
        ("role:", False),
        ("person:not-an-id", False),
        ("nonsense", False),
    ],
)
def test_an_address_is_known_or_not(office: Office, principal: str, known: bool):
    with read_only() as session:
        assert directory.of(session).exists(principal) is known


def test_a_stand_in_acts_on_behalf_of_the_absent_holder_and_only_meanwhile(
    office: Office, ravand_both: MovableClock
):
    with unit_of_work() as uow:
        edit.hold_position(
            uow,
            office.sara,
            "reception.head",
            until=date(2026, 11, 25),
            stands_in_for=office.omid,
            by=SYSTEM,
        )
    with read_only() as session:
        own, standing_in = (
            actor_for(session, office.sara, key) for key in ("reception.clerk", "reception.head")
        )
        assert (own.on_behalf_of, standing_in.on_behalf_of) == (None, office.omid)
    ravand_both.move(timedelta(days=3))
    with read_only() as session, pytest.raises(PositionNotHeld):
        actor_for(session, office.sara, "reception.head")


def test_somebody_who_left_is_not_let_in_and_holds_nothing(office: Office):
    with unit_of_work() as uow:
        edit.deactivate(uow, office.sara, by=SYSTEM)
    with read_only() as session:
        assert directory.of(session).holders("reception.clerk") == []
        with pytest.raises(PersonUnknown):
            actor_for(session, office.sara)


def test_only_those_who_may_change_the_chart_do(office: Office):
    with unit_of_work() as uow:
        clerk = actor_for(uow.session, office.sara)
        with pytest.raises(Forbidden):
            edit.add_unit(uow, "quality", "کیفیت", by=clerk)
        boss = actor_for(uow.session, office.mina)
        assert edit.add_unit(uow, "quality", "کیفیت", by=boss).key == "quality"


def test_the_chart_refuses_circles_taken_keys_and_unknown_units(office: Office):
    with unit_of_work() as uow:
        with pytest.raises(ManagersCircle):
            edit.set_manager(uow, "management.ceo", "reception.clerk", by=SYSTEM)
        with pytest.raises(KeyTaken):
            edit.add_person(uow, "Sara", "سارای دیگر", by=SYSTEM)
        with pytest.raises(UnitUnknown):
            edit.add_position(uow, "x.y", "هیچ", unit="x", by=SYSTEM)


def test_people_are_found_by_parts_of_their_names_in_either_script(office: Office):
    with read_only() as session:
        boss = actor_for(session, office.mina)
        assert [p.username for p in queries.persons(session, boss)] == ["sara", "omid", "mina"]
        for query in ("احمدي سارا", "ahmadi", "SARA"):
            assert [p.id for p in queries.persons(session, boss, query=query)] == [office.sara]


def test_demo_accounts_are_told_apart(office: Office):
    with unit_of_work() as uow:
        assert not queries.demo_accounts_exist(uow.session)
        person: UUID = edit.add_person(uow, "demo", "نمونه", demo=True, by=SYSTEM).id
        assert queries.demo_accounts_exist(uow.session)
        edit.deactivate(uow, person, by=SYSTEM)
        assert not queries.demo_accounts_exist(uow.session)
