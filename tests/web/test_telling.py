"""Telling a case what it waits to hear: only by whoever may operate it, and only once."""

import json
from pathlib import Path
from uuid import UUID

import pytest

import engine
from engine.tables import ProcessInstance
from kernel import jobs
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from people.actors import actor_for
from people.queries import person_by_username
from tests.product.fixtures import Product
from tests.requirements import requirement

CASES = Path(__file__).parents[2] / "bpmn_models" / "retention" / "cases.json"
ADMIN, EXPERT = "platform.admin", "e.sharifi"  # an expert who stands in for nobody


@pytest.fixture
def care(product: Product) -> UUID:
    """Care that runs until the subscriber wants it to end."""
    case = next(c for c in json.loads(CASES.read_text()) if "درخواست پایان" in c["name"])
    with unit_of_work() as uow:
        person = person_by_username(uow.session, EXPERT)
        assert person is not None
        by = actor_for(uow.session, person.id)
        given = case["given"].get("variables", {})
        started = engine.start(uow, "retention", variables=given, by=by, request_id=new_id()).id
    jobs.run_until_idle()
    return started


def status_of(case: UUID) -> str:
    with read_only() as session:
        return session.get_one(ProcessInstance, case).status


@requirement("E14")
def test_an_operator_tells_the_case_that_the_subscriber_wants_to_end(
    product: Product, care: UUID
) -> None:
    admin = product.visitor(ADMIN)
    page = admin.get(f"/instances/{care}")
    assert f"/instances/{care}/messages/EndRequest" in page

    admin.post(f"/instances/{care}/messages/EndRequest")

    jobs.run_until_idle()
    assert status_of(care) == "completed"
    admin.get("/instances/")
    admin.post(f"/instances/{care}/messages/EndRequest", status=409)


def test_others_are_not_offered_it_and_are_refused(product: Product, care: UUID) -> None:
    expert = product.visitor().login(EXPERT)
    page = expert.get(f"/instances/{care}")
    assert "/messages/EndRequest" not in page
    expert.post(f"/instances/{care}/messages/EndRequest", status=403)
    assert status_of(care) == "running"


def test_a_phones_answer_cannot_be_made_up(product: Product, care: UUID) -> None:
    admin = product.visitor(ADMIN)
    admin.get(f"/instances/{care}")
    admin.post(f"/instances/{care}/messages/sms.reply", status=409)
