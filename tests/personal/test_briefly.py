"""Erasing holds nobody up, however many rows there are; what it missed meanwhile is caught up."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from crm.erasing import erase_contact
from crm.tables import Contact, ContactErasure, ContactLog
from engine.tables import ProcessInstance
from kernel import files
from kernel.files import StoredFile, name_of
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine.test_idle import recorded, visited
from tests.personal.crowd import crowd
from tests.personal.looking import in_columns, in_files
from tests.personal.planting import OTHER, Planted, lead
from tests.requirements_http.office import Office
from web import erasing

FEW, MANY = 200, 1_000
SLACK = 20


def _counted(planted: Planted) -> list[tuple[str, int]]:
    """What the erasing asks in its unit of work, and how many rows each question visits."""
    seen = erasing.look(planted.contact, by=SYSTEM)
    with recorded() as said, unit_of_work(commit=False) as uow:
        erase_contact(uow, seen, by=SYSTEM)
    asked = [one for one in said if one[0].startswith("SELECT")]
    return [(one[0], visited(one)) for one in asked]


def _folder(planted: Planted) -> Path:
    found: Path = planted.office.product.app.extensions["ravand_config"].data_dir
    return found


def test_no_question_of_the_erasing_grows_with_the_rows_of_others(planted: Planted):
    crowd(FEW)
    few = _counted(planted)
    crowd(MANY)
    many = _counted(planted)

    with read_only() as session:
        for model in (ProcessInstance, Contact):
            assert session.scalar(select(func.count()).select_from(model)) > FEW + MANY
    assert [said for said, _ in many] == [said for said, _ in few]
    pairs = zip(few, many, strict=True)
    grown = [(a, b) for a, b in pairs if b[1] > 2 * a[1] + SLACK]
    assert grown == []


def test_what_somebody_writes_while_it_is_looked_for_is_caught_up_soon(planted: Planted):
    other = lead(planted.office, OTHER, upto="look")
    seen = erasing.look(planted.contact, by=SYSTEM)
    note = {"text": f"معرف: {planted.words.name}"}
    planted.office.desk("reception.clerk").post(f"/contacts/{other.contact}/notes", note)

    erased, left = erasing.erase(seen, by=SYSTEM)

    assert in_columns(planted.words.canaries()) == left == []
    assert erased.counts["log-line"] == seen.counts["log-line"] + 1
    assert erased.counts == _report()


def test_what_the_power_cut_off_after_the_commit_is_caught_up_soon(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ravand")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with read_only() as session:
        papers = session.scalars(select(StoredFile.id).where(_of(planted.root))).all()
    folder = files.store().place
    files.configure("s3://ravand/files?endpoint=http://127.0.0.1:9")  # nobody is there
    seen = erasing.look(planted.contact, by=SYSTEM)
    with unit_of_work() as uow:
        erase_contact(uow, seen, by=SYSTEM)
    files.configure(_folder(planted) / "files")
    assert _there(papers) == len(papers) == 2
    assert folder.exists(name_of(papers[0]))

    planted.office.wait("PT11M")

    assert _there(papers) == 0
    assert in_files(_folder(planted), planted.words.canaries()) == []
    assert str(planted.contact) in (_folder(planted) / "erasures.jsonl").read_text()


def test_each_report_is_completed_when_somebody_was_erased_twice(office: Office):
    planted = lead(office, OTHER, upto="look")
    erasing.erase(erasing.look(planted.contact, by=SYSTEM), by=SYSTEM, running="redact")
    with unit_of_work() as uow:
        line = ContactLog(contact_id=planted.contact, text=OTHER.story, by="-", at=uow.now)
        uow.session.add(line)
    erasing.erase(erasing.look(planted.contact, by=SYSTEM), by=SYSTEM, running="redact")
    office.do("look", "reception.clerk")

    office.wait("P2D")

    with read_only() as session:
        reports = session.scalars(select(ContactErasure)).all()
    assert [(one.waiting, one.stays) for one in reports] == [([], []), ([], [])]


def _of(root: UUID) -> object:
    return StoredFile.scope == f"instance:{root}"


def _there(papers: Sequence[UUID]) -> int:
    return sum(files.store().place.exists(name_of(one)) for one in papers)


def _report() -> dict[str, int]:
    with read_only() as session:
        return dict(session.scalars(select(ContactErasure.counts)).one())
