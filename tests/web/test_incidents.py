"""Incidents over HTTP: by cause, mended in place, tried again, only by who may."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from engine import queries
from kernel import jobs
from kernel.jobs import breaker
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.product.fixtures import Product
from tests.requirements import requirement
from tests.small_cases import release_daily_cost, stop_one


@pytest.fixture
def stopped(product: Product) -> UUID:
    """A case that a zero has stopped."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    return stop_one()


def retry_address(page: str) -> str:
    found = re.search(r'action="(/instances/[^"]+/retry)"', page)
    assert found is not None
    return found[1]


def test_incidents_stand_together_by_cause_and_lead_to_their_cases(
    product: Product, stopped: UUID
) -> None:
    other = stop_one()
    page = product.visitor("platform.admin").get("/incidents/")
    assert page.count("«محاسبهٔ سهم هر روز» ایستاد") == 1
    assert "۲ نمونه" in page
    assert "تقسیم بر صفر" in page
    for case in (stopped, other):
        assert f"/instances/{case}" in page


def test_without_incidents_the_page_says_so(product: Product) -> None:
    assert "چیزی نایستاده است" in product.visitor("platform.admin").get("/incidents/")


@requirement("C10")
def test_wrong_data_is_mended_in_place_and_the_case_goes_on(
    product: Product, stopped: UUID
) -> None:
    admin = product.visitor("platform.admin")
    address = retry_address(admin.get(f"/instances/{stopped}"))
    page = admin.post(address, {"value.days": "۳", "value.total": "900"})
    assert "ادامه یافت." in page
    with read_only() as session:
        view = queries.instance(session, SYSTEM, stopped)
    assert view.variables["per_day"] == 300
    assert [one.element_id for one in view.items] == ["review"]
    assert "چیزی نایستاده است" in admin.get("/incidents/")
    assert f"/instances/{stopped}" in admin.get("/incidents/?state=resolved")


def test_trying_again_with_the_same_data_stops_again(product: Product, stopped: UUID) -> None:
    admin = product.visitor("platform.admin")
    address = retry_address(admin.get("/incidents/"))
    assert "باز همان‌جا ایستاد." in admin.post(address)
    assert "ایستاد" in admin.page
    admin.post(address, status=409)  # the first incident is settled already


def test_a_value_that_is_no_number_is_refused(product: Product, stopped: UUID) -> None:
    admin = product.visitor("platform.admin")
    address = retry_address(admin.get(f"/instances/{stopped}"))
    assert "عدد نیست" in admin.post(address, {"value.days": "سه"}, status=422)


def test_only_who_may_tries_again(product: Product, stopped: UUID) -> None:
    admin, clerk = product.visitor("platform.admin"), product.visitor("reception.clerk")
    address = retry_address(admin.get("/incidents/"))
    clerk.get("/incidents/", status=403)
    clerk.get(f"/instances/{stopped}")
    assert "/retry" not in clerk.page or "تلاش دوباره" not in clerk.page
    clerk.post(address, status=403)


def test_failed_work_of_no_case_is_listed_and_tried_again_or_left(product: Product) -> None:
    with unit_of_work() as uow:
        for nobody in (1, 2):
            uow.jobs.add("test.unknown", {"n": nobody}, max_attempts=1)
    jobs.run_until_idle()
    admin = product.visitor("platform.admin")

    page = admin.get("/incidents/")

    assert page.count("test.unknown</code>") == 2
    assert "دیگر هرگز انجام نمی‌شود" in page, "what cannot be taken back is said before"
    [first, _second] = re.findall(r'action="(/incidents/jobs/[^"]+/skip)"', page)
    assert admin.post(first).count("test.unknown</code>") == 1
    [again] = re.findall(r'action="(/incidents/jobs/[^"]+/retry)"', admin.get("/incidents/"))
    assert "test.unknown</code>" not in admin.post(again), "it waits for a machine now"
    jobs.run_until_idle()
    assert "test.unknown</code>" in admin.get("/incidents/"), "and failed again"


def test_a_service_that_is_left_alone_is_shown_and_tried_at_once(product: Product) -> None:
    with unit_of_work() as uow:
        for _ in range(3):
            breaker.silent(uow, "sms", "no-answer")
        uow.jobs.add("notifiers.send", {"delivery_id": str(uuid4())}, connector="sms")
    watcher, admin = product.visitor("subscribers.head"), product.visitor("platform.admin")
    page = admin.get("/incidents/")
    assert "«پیامک» پاسخ نمی‌دهد: ۳ تماس پی‌درپی بی‌پاسخ ماند" in page
    assert "یک کار منتظر آن است" in page
    assert 'ravand_breakers{connector="sms"} 1.0' in admin.get("/metrics")

    watcher.get("/")
    watcher.post("/incidents/connectors/sms/try", status=403)
    admin.get("/incidents/")
    page = admin.post("/incidents/connectors/sms/try")
    assert "نخستین تماس بعدی آن را امتحان می‌کند" in page
    assert "همین حالا امتحان شود" not in page, "nothing is left to press"
    with unit_of_work() as uow:
        breaker.answered(uow, "sms")
    assert "پاسخ نمی‌دهد" not in admin.get("/incidents/")
    admin.post("/incidents/connectors/sms/try", status=404)


def test_a_service_that_asked_for_a_pause_is_not_called_silent(product: Product) -> None:
    with unit_of_work() as uow:
        breaker.rest(uow, "sms", timedelta(minutes=10))
    page = product.visitor("platform.admin").get("/incidents/")
    assert "«پیامک» خواسته است چندی سراغش نرویم." in page
    assert "پاسخ نمی‌دهد" not in page
