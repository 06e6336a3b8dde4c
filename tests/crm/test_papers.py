"""Ids are checked and documents made inside a process; what fails, the diagram catches."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

import engine
from engine.tables import ProcessInstance, WorkItem
from kernel import files
from kernel.clock import MovableClock
from kernel.jobs import run_until_idle
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.crm import models
from tests.people.conftest import furnish

GOOD: dict[str, Any] = {"code": "۱۳۵۴۲۴۱۹", "sheba": "IR580540105180021273113007", "who": "Zahra"}


def run(variables: dict[str, Any], *documents: tuple[str, bytes]) -> tuple[str, dict[str, Any]]:
    """Where the process waits, and what it knows."""
    with unit_of_work() as uow:
        furnish(uow)
        models.deploy(uow, "papers", ("papers.bpmn", models.PAPERS), *documents)
        engine.start(uow, "papers", variables=variables, by=SYSTEM)
    run_until_idle()
    with read_only() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.status == "open")).one()
        return item.element_id, session.get_one(ProcessInstance, item.instance_id).variables


def test_right_ids_pass_in_their_normal_form_and_the_document_is_kept(ravand: MovableClock):
    waits_at, variables = run(GOOD, ("documents/letter.typ", models.LETTER))
    assert waits_at == "hand_over"
    assert variables["code"] == "0013542419"
    with read_only() as session:
        kept = session.get_one(files.StoredFile, UUID(variables["letter_file"]["id"]))
    assert (kept.name, kept.content_type) == ("نامه.pdf", "application/pdf")
    assert kept.size == variables["letter_file"]["size"] > 1000


def test_a_wrong_id_goes_to_whoever_mends_it_and_is_named(ravand: MovableClock):
    waits_at, variables = run(
        GOOD | {"code": "1111111111"}, ("documents/letter.typ", models.LETTER)
    )
    assert waits_at == "mend"
    assert variables["invalid"] == ["subscriber_melli_code"]


def test_a_document_that_cannot_be_made_is_an_error_of_the_diagram(ravand: MovableClock):
    waits_at, _ = run(GOOD, ("documents/letter.typ", b"#panic(1)"))
    assert waits_at == "tell_admin"
