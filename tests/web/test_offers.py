"""The page of a case offers what an ad-hoc subprocess lets people start, and its end."""

from uuid import UUID

import pytest

import engine
from engine.tables import ProcessInstance
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from people.actors import actor_for
from people.queries import person_by_username
from tests.engine.drawing import bundle, chain, element, end, process, start, user
from tests.product.fixtures import Product

ADMIN, EXPERT = "platform.admin", "e.sharifi"
INITIATOR = '<ravand:performer initiator="true"/>'


@pytest.fixture
def case(product: Product) -> UUID:
    """A case in an ad-hoc subprocess that began nothing by itself."""
    inside = user("visit", performer=INITIATOR) + user("call", performer=INITIATOR)
    care = element("adHocSubProcess", "care", inside, '<ravand:adhoc start="none"/>')
    with unit_of_work() as uow:
        engine.deploy(
            uow, bundle(process(start(), care, end(), chain("start", "care", "end"))), by=SYSTEM
        )
        engine.release(uow, "p", by=SYSTEM)
        person = person_by_username(uow.session, EXPERT)
        assert person is not None
        return engine.start(uow, "p", by=actor_for(uow.session, person.id)).id


def instance(case: UUID) -> ProcessInstance:
    with read_only() as session:
        return session.get_one(ProcessInstance, case)


def test_an_operator_starts_what_is_offered_and_says_when_it_is_done(
    product: Product, case: UUID
) -> None:
    admin = product.visitor(ADMIN)
    page = admin.get(f"/instances/{case}")
    assert f"/instances/{case}/offers/visit" in page
    assert f"/instances/{case}/offers/care/finish" in page

    admin.post(f"/instances/{case}/offers/care/finish")

    assert instance(case).status == "completed"
    assert "/offers/" not in admin.get(f"/instances/{case}")
    admin.post(f"/instances/{case}/offers/visit", status=409)


def test_a_performer_starts_it_without_being_an_operator(product: Product, case: UUID) -> None:
    expert = product.visitor().login(EXPERT)
    assert f"/instances/{case}/offers/call" in expert.get(f"/instances/{case}")

    expert.post(f"/instances/{case}/offers/call")

    standing = [element for element, *_ in instance(case).active]
    assert sorted(standing) == ["call", "care"]
