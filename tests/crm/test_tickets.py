"""A ticket starts exactly one instance, and the process writes in the file."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

import engine
from crm import contacts, lists, queries, tickets
from crm.contacts import ContactData
from crm.errors import TicketInvalid, TicketUnknown
from crm.tables import Ticket
from crm.tickets import TicketData, open_ticket
from engine.tables import ProcessInstance, WorkItem
from kernel.errors import AppError, Forbidden
from kernel.ids import new_id
from kernel.jobs import run_until_idle
from kernel.uow import read_only, unit_of_work
from people import Actor
from tests.crm import models

CALL = TicketData(
    channel="phone",
    caller_name="زهرا محمدي",
    mobile="۰۹۱۹ ۲۰۰ ۰۰۰۱",
    subject="مراقب برای مادر",
    text="از شنبه، شبانه‌روزی",
    city="تهران",
    area="ونک",
    relation="child",
)


@pytest.fixture
def intake(clerk: Actor) -> Actor:
    """The clerk, with the intake process released."""
    with unit_of_work() as uow:
        models.deploy(uow, "intake_ticket", ("intake_ticket.bpmn", models.INTAKE))
    return clerk


def the_only_item() -> WorkItem:
    run_until_idle()
    with read_only() as session:
        return session.scalars(select(WorkItem).where(WorkItem.status == "open")).one()


def do(item: WorkItem, by: Actor) -> None:
    with unit_of_work() as uow:
        engine.complete(uow, item.id, {}, by=by, revision=item.revision, request_id=new_id())


def test_a_ticket_and_its_instance_know_each_other(intake: Actor):
    with unit_of_work() as uow:
        ticket = open_ticket(uow, CALL, by=intake, request_id=new_id())
        instance = uow.session.get_one(ProcessInstance, ticket.instance_id)
        assert (ticket.number, ticket.mobile) == (instance.number, "+989192000001")
        assert instance.variables["ticket"]["id"] == str(ticket.id)
        assert instance.variables["caller_name"] == "زهرا محمدی"
        assert instance.subject == "مراقب برای مادر"


def test_the_same_click_twice_gives_one_ticket_and_one_instance(intake: Actor):
    click = new_id()
    made = []
    for _ in range(2):
        with unit_of_work() as uow:
            made.append(open_ticket(uow, CALL, by=intake, request_id=click).id)
    with read_only() as session:
        assert made[0] == made[1]
        assert session.scalar(select(func.count()).select_from(ProcessInstance)) == 1


def test_a_ticket_that_is_wrong_names_every_field_and_stores_nothing(intake: Actor):
    wrong = replace(CALL, channel="pigeon", caller_name=" ", mobile="12", subject="")
    with unit_of_work() as uow:
        with pytest.raises(TicketInvalid) as refusal:
            open_ticket(uow, wrong, by=intake)
        assert set(refusal.value.facts["fields"]) == {
            "channel",
            "caller_name",
            "mobile",
            "subject",
        }
        assert uow.session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_texts_longer_than_their_columns_are_refused_and_not_cut(intake: Actor):
    endless = replace(CALL, caller_name="ن" * 201, subject="م" * 301, city="ش" * 121)
    with pytest.raises(TicketInvalid) as refusal, unit_of_work() as uow:
        open_ticket(uow, endless, by=intake)
    assert set(refusal.value.facts["fields"]) == {"caller_name", "subject", "city"}
    full = replace(CALL, caller_name="ﷺ" * 200, subject="م" * 300, text="ﷺ" * 300)
    with unit_of_work() as uow:  # letters that a search key writes as many
        assert open_ticket(uow, full, by=intake).subject == "م" * 300


def test_a_missing_number_is_asked_for_and_not_called_wrong(intake: Actor):
    with pytest.raises(TicketInvalid) as refusal, unit_of_work() as uow:
        open_ticket(uow, replace(CALL, mobile=" "), by=intake)
    assert refusal.value.facts["fields"] == {"mobile": "شمارهٔ تلفن را بنویسید."}


def test_without_a_released_process_no_ticket_is_kept(clerk: Actor):
    with pytest.raises(AppError), unit_of_work() as uow:
        open_ticket(uow, CALL, by=clerk)
    with read_only() as session:
        assert lists.tickets(session, clerk).rows == []


def test_somebody_without_the_permission_opens_no_ticket(intake: Actor):
    with unit_of_work() as uow, pytest.raises(Forbidden):
        open_ticket(uow, CALL, by=replace(intake, permissions=frozenset()))


def test_a_new_callers_file_is_opened_and_the_patient_has_one_too(intake: Actor):
    # given
    with unit_of_work() as uow:
        ticket_id = open_ticket(uow, CALL, by=intake).id
    # when
    do(the_only_item(), intake)
    run_until_idle()
    # then
    with read_only() as session:
        ticket = queries.ticket(session, intake, ticket_id)
        assert ticket.contact_id is not None
        file = queries.contact_file(session, intake, ticket.contact_id)
        assert (file.contact.name, file.roles) == ("زهرا محمدی", ("subscriber",))
        assert [(one.contact.name, one.kind) for one in file.related] == [("زهره محمدی", "child")]
        assert [line.text for line in file.lines] == ["پرونده باز شد"]
        assert file.instance_ids == (ticket.instance_id,)
        assert (ticket.status, ticket.outcome) == ("closed", "continue")


def test_a_known_callers_file_is_found_and_completed(intake: Actor):
    with unit_of_work() as uow:
        known = contacts.add_contact(
            uow,
            ContactData(name="زهرا محمدی", phones=("09192000001", "02122000000"), city="کرج"),
            by=intake,
        ).id
        ticket_id = open_ticket(uow, CALL, by=intake).id
    do(the_only_item(), intake)
    run_until_idle()
    with read_only() as session:
        file = queries.contact_file(session, intake, known)
        assert file.phones == ("+989192000001", "+982122000000")
        assert [one.id for one in file.tickets] == [ticket_id]


def test_what_a_known_patients_file_holds_is_kept(intake: Actor):
    with unit_of_work() as uow:
        child, mother = (
            contacts.add_contact(uow, ContactData(name=name, phones=(number,)), by=intake).id
            for name, number in (("زهرا محمدی", "09192000001"), ("زهره محمدی", "09350000001"))
        )
        contacts.relate(uow, child, mother, "child", by=intake)
        open_ticket(uow, CALL, by=intake)
    do(the_only_item(), intake)
    run_until_idle()
    with read_only() as session:
        file = queries.contact_file(session, intake, mother)
    assert (file.phones, file.roles) == (("+989350000001",), ("patient",))
    assert str(file.contact.birth_date) == "1941-05-02"


def test_several_files_with_one_number_are_a_choice_for_the_clerk(intake: Actor):
    with unit_of_work() as uow:
        for name in ("زهرا محمدی", "لاله محمدی"):
            contacts.add_contact(uow, ContactData(name=name, phones=("09192000001",)), by=intake)
        open_ticket(uow, CALL, by=intake)
    item = the_only_item()
    with read_only() as session:
        variables = session.get_one(ProcessInstance, item.instance_id).variables
    assert item.element_id == "choose"
    assert {one["name"] for one in variables["candidates"]} == {"زهرا محمدی", "لاله محمدی"}


def test_a_text_without_a_waiting_case_is_a_clerks_ticket_once(intake: Actor):
    for _ in range(2):
        with unit_of_work() as uow:
            tickets.reply_ticket(uow, "+989351112233", "۱", message_id="m-7")
    with read_only() as session:
        [ticket] = lists.tickets(session, intake).rows
    assert (ticket.channel, ticket.text) == ("sms", "۱")
    assert ticket.instance_id is not None


def test_a_text_of_a_known_number_names_its_contact(intake: Actor):
    with unit_of_work() as uow:
        data = ContactData(name="زهرا محمدی", phones=("09192000001",))
        known = contacts.add_contact(uow, data, by=intake).id
        ticket = tickets.reply_ticket(uow, "+989192000001", "سلام", message_id="m-9")
    assert (ticket.contact_id, ticket.caller_name) == (known, "زهرا محمدی")


def test_a_text_is_kept_even_when_no_process_is_released(clerk: Actor):
    with unit_of_work() as uow:
        tickets.reply_ticket(uow, "3000", "کد تخفیف", message_id="m-8")
    with read_only() as session:
        [ticket] = lists.tickets(session, clerk).rows
    assert (ticket.instance_id, ticket.status) == (None, "open")


@pytest.mark.parametrize("query", ["محمدی", "شبانه روزی", "۰۹۱۹۲۰۰", "1405/"])
def test_tickets_are_found_by_caller_text_phone_or_number(intake: Actor, query: str):
    with unit_of_work() as uow:
        ticket_id = open_ticket(uow, CALL, by=intake).id
        open_ticket(
            uow, replace(CALL, caller_name="بابک", mobile="09120000000", text=""), by=intake
        )
    with read_only() as session:
        found = lists.tickets(session, intake, query=query, status="open").rows
        assert ticket_id in [one.id for one in found]
        assert len(found) == (2 if query == "1405/" else 1)
        with pytest.raises(TicketUnknown):
            queries.ticket(session, intake, new_id())
