"""One file per contact, found by name or number in any way of writing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crm import contacts, lists, queries
from crm.contacts import ContactData
from crm.errors import ContactExists, ContactInvalid, ContactUnknown, RelationInvalid
from kernel.clock import MovableClock
from kernel.errors import Forbidden
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from notifiers.tables import ContactOptOut
from people import Actor

ZAHRA = ContactData(
    name="زهرا محمدي",
    name_en="Zahra Mohammadi",
    melli_code="۰۰۱۳۵۴۲۴۱۹",
    phones=("۰۹۱۹۲۰۰۰۰۰۱", "021 2200 0000"),
    roles=("subscriber",),
    city="تهران",
)


def test_one_person_with_several_parts_is_one_file(clerk: Actor):
    with unit_of_work() as uow:
        contact = contacts.add_contact(uow, ZAHRA, by=clerk)
        contacts.add_roles(uow, contact.id, ["contractor"])
    with read_only() as session:
        file = queries.contact_file(session, clerk, contact.id)
    assert file.contact.name == "زهرا محمدی"
    assert file.contact.melli_code == "0013542419"
    assert file.phones == ("+989192000001", "+982122000000")
    assert file.roles == ("contractor", "subscriber")


@pytest.mark.parametrize(
    "query", ["محمدی", "زهرا محمدي", "mohammadi", "۰۹۱۹۲۰۰", "+98919", "2200 0000", "تهران"]
)
def test_a_contact_is_found_by_parts_of_name_or_number(clerk: Actor, query: str):
    with unit_of_work() as uow:
        contact = contacts.add_contact(uow, ZAHRA, by=clerk)
        contacts.add_contact(uow, ContactData(name="بابک اکبری", phones=("09123000000",)), by=clerk)
        found = lists.contacts(uow.session, clerk, query=query).rows
    assert [row.id for row in found] == [contact.id]
    assert found[0].mobile == "+989192000001"


def test_lists_run_in_persian_order_of_family_names_page_by_page(clerk: Actor):
    with unit_of_work() as uow:
        for name in ("علی وحیدی", "ژاله کاوه", "رضا آذر", "مینا پرویز", "امید چنگیزی"):
            contacts.add_contact(uow, ContactData(name=name, roles=("patient",)), by=clerk)
        first = lists.contacts(uow.session, clerk, limit=3, role="patient").rows
        after = lists.cursor(uow.session, first[-1].id)
        rest = lists.contacts(uow.session, clerk, limit=3, role="patient", after=after).rows
        none = lists.contacts(uow.session, clerk, role="caregiver").rows
    assert [row.name.split()[1] for row in first + rest] == [
        "آذر",
        "پرویز",
        "چنگیزی",
        "کاوه",
        "وحیدی",
    ]
    assert none == []


def test_a_second_file_for_the_same_national_id_is_refused_and_names_the_first(clerk: Actor):
    with unit_of_work() as uow:
        first = contacts.add_contact(uow, ZAHRA, by=clerk)
        with pytest.raises(ContactExists) as refusal:
            contacts.add_contact(uow, ZAHRA, by=clerk)
    assert refusal.value.facts == {"contact": str(first.id), "name": "زهرا محمدی"}


def test_every_wrong_particular_is_named_at_once(clerk: Actor):
    with unit_of_work() as uow, pytest.raises(ContactInvalid) as refusal:
        contacts.add_contact(
            uow,
            ContactData(name=" ", melli_code="1111111111", legal_id="12", phones=("0942",)),
            by=clerk,
        )
    assert set(refusal.value.facts["fields"]) == {"name", "melli_code", "legal_id", "phones"}


def test_a_legal_person_has_a_legal_id(clerk: Actor):
    with unit_of_work() as uow:
        firm = contacts.add_contact(
            uow, ContactData(name="شرکت پارس", kind="legal", legal_id="14007650912"), by=clerk
        )
    assert firm.legal_id == "14007650912"


def test_changing_a_contact_replaces_numbers_and_keeps_roles(clerk: Actor):
    with unit_of_work() as uow:
        contact = contacts.add_contact(uow, ZAHRA, by=clerk)
        changed = replace(contacts.current_data(uow, contact), phones=("09351112233",), city="کرج")
        contacts.change_contact(uow, contact.id, changed, by=clerk)
        file = queries.contact_file(uow.session, clerk, contact.id)
    assert (file.phones, file.roles, file.contact.city) == (
        ("+989351112233",),
        ("subscriber",),
        "کرج",
    )
    assert file.contact.melli_code == "0013542419"


def test_subscriber_and_patient_are_two_files_tied_by_their_relation(clerk: Actor):
    with unit_of_work() as uow:
        child = contacts.add_contact(uow, ZAHRA, by=clerk)
        mother = contacts.add_contact(uow, ContactData(name="زهره محمدی"), by=clerk)
        contacts.relate(uow, child.id, mother.id, "child", by=clerk)
        with pytest.raises(RelationInvalid):
            contacts.relate(uow, child.id, child.id, "child", by=clerk)
    with read_only() as session:
        [seen] = queries.contact_file(session, clerk, mother.id).related
    assert (seen.contact.id, seen.kind, seen.outward) == (child.id, "child", False)


def test_lines_of_a_file_keep_author_and_order(clerk: Actor, ravand_both: MovableClock):
    with unit_of_work() as uow:
        contact = contacts.add_contact(uow, ZAHRA, by=clerk)
        contacts.log(uow, contact.id, "تماس گرفت", kind="call", by=clerk)
    ravand_both.move(timedelta(hours=1))
    with unit_of_work() as uow:
        contacts.log(uow, contact.id, "دوباره تماس گرفت", by=clerk)
        with pytest.raises(ContactInvalid):
            contacts.log(uow, contact.id, "  ", by=clerk)
    with read_only() as session:
        lines = queries.contact_file(session, clerk, contact.id).lines
    assert [line.text for line in lines] == ["دوباره تماس گرفت", "تماس گرفت"]
    assert {line.by for line in lines} == {"سارا احمدی"}


def test_candidates_share_the_number_or_the_national_id(clerk: Actor):
    with unit_of_work() as uow:
        zahra = contacts.add_contact(uow, ZAHRA, by=clerk)
        sister = contacts.add_contact(
            uow, ContactData(name="لاله محمدی", phones=("09192000001",)), by=clerk
        )
        by_number = queries.candidates(uow.session, mobile="+98 919 200 0001")
        by_code = queries.candidates(uow.session, melli_code="13542419")
    assert {row.id for row in by_number} == {zahra.id, sister.id}
    assert [row.id for row in by_code] == [zahra.id]


def test_who_wants_no_messages_is_known_by_number(clerk: Actor):
    with unit_of_work() as uow:
        contact = contacts.add_contact(uow, ZAHRA, by=clerk)
        assert not queries.opted_out(uow.session, "09192000001")
        contacts.set_opt_out(uow, contact.id, True, by=clerk)
        assert queries.opted_out(uow.session, "09192000001")
        assert uow.session.get(ContactOptOut, ("sms", "+989192000001")) is not None
        contacts.set_opt_out(uow, contact.id, False, by=clerk)
        assert uow.session.get(ContactOptOut, ("sms", "+989192000001")) is None


def test_an_unknown_contact_and_a_missing_permission_are_refused(clerk: Actor):
    stranger = replace(clerk, permissions=frozenset())
    with read_only() as session:
        with pytest.raises(ContactUnknown):
            queries.contact_file(session, clerk, new_id())
        with pytest.raises(Forbidden):
            lists.contacts(session, stranger)
    with unit_of_work() as uow, pytest.raises(Forbidden):
        contacts.add_contact(uow, ZAHRA, by=stranger)
