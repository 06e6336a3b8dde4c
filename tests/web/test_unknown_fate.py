"""A text of which nobody knows whether it arrived, over HTTP: shown, decided, and its policy."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.tables import Incident
from kernel import jobs
from kernel.uow import read_only, unit_of_work
from notifiers.tables import Delivery
from notifiers.uncertain import leave_to_people
from tests.product.fixtures import Product
from tests.small_cases import release_daily_cost, stop_one

ADMIN, CLERK = "platform.admin", "reception.clerk"


@pytest.fixture
def unknown(product: Product) -> UUID:
    """A text whose provider stays silent; a person is asked."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    stop_one(days=3)
    jobs.run_until_idle()
    with unit_of_work() as uow:
        delivery = uow.session.scalars(select(Delivery).where(Delivery.channel == "sms")).one()
        delivery.state, delivery.settled, delivery.unsure = "uncertain", False, True
        delivery.code, delivery.questions, delivery.unsure_since = "no-answer", 3, uow.now
        leave_to_people(uow, delivery)
    jobs.run_until_idle()
    return delivery.id


def incident_states() -> list[str]:
    with read_only() as session:
        query = select(Incident.state).where(Incident.code == "delivery.uncertain")
        return list(session.scalars(query))


def test_the_case_shows_it_and_leads_to_the_message(product: Product, unknown: UUID) -> None:
    admin = product.visitor(ADMIN)
    listed = admin.get("/incidents/")
    assert "معلوم نیست پیام از راه پیامک رسیده است" in listed
    assert "پیامی از «ثبت هزینه»" in listed
    assert "«ثبت هزینه» ایستاد" not in listed, "the step is done, nothing has stopped"
    assert f'href="/deliveries/{unknown}"' in listed
    page = admin.get(f"/deliveries/{unknown}")
    assert "از گیرنده بپرسید" in page
    assert "پرسش: ۳" in page
    assert "به یک نفر سپرده شود" in page


def test_a_person_says_that_it_arrived_and_the_incident_is_over(
    product: Product, unknown: UUID
) -> None:
    admin = product.visitor(ADMIN)
    admin.get(f"/deliveries/{unknown}")
    page = admin.post(f"/deliveries/{unknown}/arrived")
    jobs.run_until_idle()

    assert "ثبت شد: رسیده است." in page
    assert "رسیده است</button>" not in page
    assert incident_states() == ["resolved"]


def test_a_person_has_it_sent_again_and_the_provider_is_asked_first(
    product: Product, unknown: UUID
) -> None:
    admin = product.visitor(ADMIN)
    admin.get(f"/deliveries/{unknown}")
    admin.post(f"/deliveries/{unknown}/retry")
    jobs.run_until_idle()
    with read_only() as session:
        assert session.get_one(Delivery, unknown).state in ("sent", "delivered")
    assert incident_states() == ["resolved"]
    assert len(product.sms.messages) == 1


def test_it_may_be_put_aside_once_one_knows_what_that_means(
    product: Product, unknown: UUID
) -> None:
    admin = product.visitor(ADMIN)
    listed = admin.get("/incidents/")
    assert "چیزی دوباره فرستاده یا انجام نمی‌شود" in listed
    found = re.search(r'action="(/instances/[^"]+/retry)"', listed)
    assert found is not None
    assert "کنار گذاشته شد" in admin.post(found[1])
    assert incident_states() == ["resolved"]


def test_others_may_neither_decide_nor_see(product: Product, unknown: UUID) -> None:
    clerk = product.visitor(CLERK)
    for act in ("arrived", "retry"):
        clerk.post(f"/deliveries/{unknown}/{act}", status=403)
    clerk.get("/deliveries/texts", status=403)
    assert incident_states() == ["open"]


def test_the_list_is_narrowed_to_what_nobody_knows(product: Product, unknown: UUID) -> None:
    admin = product.visitor(ADMIN)
    assert str(unknown) in admin.get("/deliveries/?state=unknown")
    assert str(unknown) not in admin.get("/deliveries/?state=waiting")


def test_the_policy_of_a_text_is_chosen_on_its_page(product: Product, unknown: UUID) -> None:
    admin = product.visitor(ADMIN)
    page = admin.get("/deliveries/texts")
    assert "cost_recorded" in page
    assert "هزینهٔ {money(total)} ثبت شد." in page, "as it runs, not by its key alone"
    assert "مانند کانال: به یک نفر سپرده شود" in page

    after = admin.post(
        "/deliveries/texts", {"key": "cost_recorded", "channel": "sms", "policy": "drop"}
    )
    assert '<option value="drop" selected>' in after
    assert after.count("selected>") == 1
    stop_one(days=3)
    jobs.run_until_idle()
    with read_only() as session:
        chosen = session.scalars(
            select(Delivery.when_unsure).where(Delivery.channel == "sms").order_by(Delivery.id)
        ).all()
    assert chosen == ["ask", "drop"]

    admin.post(
        "/deliveries/texts", {"key": "cost_recorded", "channel": "sms", "policy": "no"}, status=422
    )
