"""Taking a case back to an earlier step over HTTP."""

import re
from uuid import UUID

import pytest

from kernel.uow import unit_of_work
from tests.product.fixtures import Product
from tests.requirements import requirement
from tests.small_cases import release_daily_cost, stop_one

ADMIN, CLERK = "platform.admin", "reception.clerk"


@pytest.fixture
def case(product: Product) -> UUID:
    """A running case whose first step is done."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    return stop_one(days=3)


def way_back(page: str) -> str:
    """The address that the history's button posts to."""
    found = re.search(r'action="(/instances/[0-9a-f-]+/back/[0-9a-f-]+)"', page)
    assert found is not None
    return found[1]


@requirement("C10")
def test_an_operator_takes_a_case_back_to_a_completed_step_and_says_why(
    product: Product, case: UUID
) -> None:
    admin = product.visitor(ADMIN)
    page = admin.get(f"/instances/{case}?tab=history")
    assert "پیام‌های فرستاده‌شده" in page

    admin.post(way_back(page), {"reason": "مبلغ نادرست بود"})

    told = admin.get(f"/instances/{case}?tab=history")
    assert "پرونده را به" in told
    assert "مبلغ نادرست بود" in told


@requirement("C10")
def test_going_back_without_a_reason_is_refused_in_words(product: Product, case: UUID) -> None:
    admin = product.visitor(ADMIN)
    address = way_back(admin.get(f"/instances/{case}?tab=history"))

    page = admin.post(address, {"reason": " "}, status=422)

    assert "بنویسید که چرا پرونده بازمی‌گردد" in page


def test_who_may_only_look_is_not_offered_the_way_back(product: Product, case: UUID) -> None:
    page = product.visitor(CLERK).get(f"/instances/{case}?tab=history")

    assert "/back/" not in page
