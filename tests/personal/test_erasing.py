"""Erasing a contact: nothing of them is found again, and nothing of anybody else is touched."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from crm import keeping
from crm.connectors import link
from crm.contacts import ContactData, add_contact, change_contact
from crm.erasing import Erasure, Running, preview
from crm.errors import ContactBusy, ContactErased
from crm.tables import Contact, ContactErasure, ContactPhone, Ticket
from engine.tables import ProcessInstance, Submission
from engine.verifying import verify
from kernel import archive, clock, db, files, traces
from kernel.personal import ERASED
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.personal.looking import in_columns, in_files
from tests.personal.planting import OTHER, Planted, lead
from tests.requirements_http.office import Office
from tests.servers import Postgres
from web import erasing


def _folder(office: Office) -> Path:
    found: Path = office.product.app.extensions["ravand_config"].data_dir
    return found


def _erase(planted: Planted, running: Running = "refuse") -> Erasure:
    reason = f"{planted.words.name} wrote"
    seen = erasing.look(planted.contact, by=SYSTEM)
    erased, left = erasing.erase(seen, by=SYSTEM, reason=reason, running=running)
    assert left == []
    return erased


def _everything_agrees() -> bool:
    with read_only() as session:
        return not list(verify(session))


def test_nothing_of_an_erased_contact_is_in_any_file_or_row(planted: Planted):
    canaries = planted.words.canaries()
    folder = _folder(planted.office)
    assert {one.split(": ")[1] for one in in_files(folder, canaries)} == set(canaries)
    assert len({one.split(".")[0] for one in in_columns(canaries)}) >= 11

    erased = _erase(planted)

    assert in_columns(canaries) == []
    assert in_files(folder, canaries) == []
    assert erased.counts["file"] == 2
    assert _everything_agrees()


def test_nothing_of_an_erased_contact_is_in_a_postgresql_database(
    planted: Planted, postgres: Postgres, tmp_path: Path
):
    archive.write(db.database(), files.store(), tmp_path / "all.zip")
    other = db.Database(postgres.new_database("erasing"))
    archive.restore(tmp_path / "all.zip", other, files.store())
    db.configure(other.url)
    other.dispose()
    assert in_columns(planted.words.canaries())

    _erase(planted)

    assert in_columns(planted.words.canaries()) == []
    assert traces.clean_up(db.database(), (), vacuum=True) == []
    assert _everything_agrees()


def test_an_anonymous_file_figures_choices_and_a_report_stay(planted: Planted):
    _erase(planted)

    with read_only() as session:
        contact = session.get_one(Contact, planted.contact)
        ticket = session.scalars(select(Ticket).where(Ticket.instance_id == planted.root)).one()
        case = session.get_one(ProcessInstance, planted.root)
        details = Submission.element_id == "details"
        sent = session.scalars(select(Submission.answers).where(details)).one()["details"]
        report = session.scalars(select(ContactErasure)).one()
    assert (contact.name, contact.melli_code, contact.erased_at) == (ERASED, None, clock.now())
    assert (ticket.contact_id, ticket.caller_name) == (planted.contact, ERASED)
    assert (case.variables["months"], case.variables["level"]) == (3, "icu")
    assert (sent["months"], sent["level"], sent["story"]) == (3, "icu", ERASED)
    assert (report.reason, report.by) == (f"{ERASED} wrote", SYSTEM.name)
    assert planted.office.case_page("history")


def test_the_preview_says_what_then_happens_once_and_changes_nothing(planted: Planted):
    before = in_columns(planted.words.canaries())

    with read_only() as session:
        seen = preview(session, planted.contact, by=SYSTEM, now=clock.now())

    assert in_columns(planted.words.canaries()) == before
    assert _erase(planted).counts == seen.counts
    assert dict(_erase(planted).counts) == {}
    with read_only() as session:
        assert len(session.scalars(select(ContactErasure)).all()) == 1


def test_other_contacts_are_not_touched(planted: Planted):
    other = lead(planted.office, OTHER)
    before = in_columns(OTHER.canaries())
    bytes_before = [files.store().read(one) for one in _files_of(other)]

    _erase(planted)

    assert in_columns(OTHER.canaries()) == before
    assert [files.store().read(one) for one in _files_of(other)] == bytes_before
    with read_only() as session:
        name = session.get_one(Contact, other.contact).name
    assert name == OTHER.name


def test_who_is_named_in_anothers_file_is_taken_out_there_and_no_more(planted: Planted):
    other = lead(planted.office, OTHER, upto="look")
    desk = planted.office.desk("reception.clerk")
    said = f"معرف: {planted.words.name}، ۰۹۱۲ ۷۶۵ ۴۳۲۱، و مادرش خوب است"
    desk.post(f"/contacts/{other.contact}/notes", {"text": said})
    planted.office.do("look", "reception.clerk", {"note": said})

    _erase(planted)

    assert in_columns([*planted.words.canaries(), "۰۹۱۲ ۷۶۵"]) == []
    page = desk.get(f"/contacts/{other.contact}")
    assert f"معرف: {ERASED}، {ERASED}، و مادرش خوب است" in page
    assert _everything_agrees()


def test_a_number_of_two_people_stays_with_the_other_one(planted: Planted):
    with unit_of_work() as uow:
        sister = Contact(name="خواهر", sort_key="", search_key="", created_at=uow.now)
        uow.session.add(sister)
        uow.session.flush()
        uow.session.add(ContactPhone(contact_id=sister.id, number="+989127654321"))

    erased = _erase(planted)

    assert [(one.why, one.count) for one in erased.stays] == [("shared-number", 1)]
    assert in_columns(["9127654321"]) == ["contact_phone.number: 9127654321"]


def test_an_erased_file_takes_nothing_new(planted: Planted):
    _erase(planted)

    desk = planted.office.desk("reception.clerk")
    desk.post(f"/contacts/{planted.contact}/notes", {"text": "دوباره"}, status=409)
    assert f"/contacts/{planted.contact}" not in desk.get("/contacts")
    with pytest.raises(ContactErased), unit_of_work() as uow:
        change_contact(uow, planted.contact, ContactData(name="دوباره"), by=SYSTEM)


def test_a_running_case_is_a_reason_to_refuse(office: Office):
    planted = lead(office, OTHER, upto="look")

    with pytest.raises(ContactBusy) as refused:
        _erase(planted)

    assert refused.value.facts["cases"] == office.case.number
    assert in_columns([planted.words.name])


def test_a_running_case_goes_on_without_the_name_and_loses_the_rest_at_its_end(office: Office):
    planted = lead(office, OTHER, upto="look")
    words = planted.words

    erased = _erase(planted, "redact")

    assert [(one.why, one.cases) for one in erased.stays] == [("running", (office.case.number,))]
    assert in_columns([one for one in words.canaries() if one != words.story]) == []
    assert in_columns([words.story])
    assert _everything_agrees()
    office.do("look", "reception.clerk")
    office.wait("P1DT1M")
    assert in_columns(words.canaries()) == []
    with read_only() as session:
        assert session.scalars(select(ContactErasure.waiting)).one() == []


def test_what_the_law_wants_stays_until_it_lets_go(planted: Planted):
    keeping.configure(keep={"planted": timedelta(days=30)})

    erased = _erase(planted)

    until = (clock.now() + timedelta(days=30)).isoformat()
    assert [(one.why, one.cases) for one in erased.stays] == [
        ("law", (planted.office.case.number,))
    ]
    assert erased.stays[0].until is not None
    assert erased.stays[0].until[:10] == until[:10]
    assert in_columns([planted.words.story])
    assert f"stored_file.name: {planted.words.name}" in in_columns([planted.words.name])
    planted.office.wait("P31D")
    assert in_columns(planted.words.canaries()) == []
    assert in_files(_folder(planted.office), planted.words.canaries()) == []


def test_a_case_about_two_people_keeps_what_is_said_freely(planted: Planted):
    other = _another_in(planted)

    erased = _erase(planted)

    assert [(one.why, one.count) for one in erased.stays] == [("shared", 2)]
    assert in_columns([planted.words.name, planted.words.address]) == []
    assert in_columns([planted.words.story])
    erasing.erase(erasing.look(other, by=SYSTEM), by=SYSTEM)
    assert in_columns(planted.words.canaries()) == []


def _another_in(planted: Planted) -> UUID:
    with unit_of_work() as uow:
        other = add_contact(uow, ContactData(name=OTHER.name), by=SYSTEM)
        link(uow, planted.root, other.id)
        return other.id


def _files_of(planted: Planted) -> Sequence[UUID]:
    with read_only() as session:
        scope = f"instance:{planted.root}"
        return session.scalars(
            select(files.StoredFile.id).where(files.StoredFile.scope == scope)
        ).all()
