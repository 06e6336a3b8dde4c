"""Moving a case to another version over HTTP: the plan, the missing places, the move."""

from uuid import UUID

import pytest

from kernel.uow import unit_of_work
from tests.product.fixtures import Product
from tests.requirements import requirement
from tests.small_cases import release_daily_cost, second_version, stop_one

ADMIN, CLERK = "platform.admin", "reception.clerk"


@pytest.fixture
def case(product: Product) -> UUID:
    """A running case of version 1, waiting at its review."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    return stop_one(days=3)


@requirement("E17")
def test_the_plan_is_shown_and_the_case_moves(product: Product, case: UUID) -> None:
    second_version()
    admin = product.visitor(ADMIN)
    assert f"/instances/{case}/version" in admin.get(f"/instances/{case}")

    plan = admin.get(f"/instances/{case}/version?version=2")
    assert "«بررسی» همان‌گونه که هست ادامه می‌یابد" in plan
    page = admin.post(f"/instances/{case}/version", {"version": "2"})

    assert "پرونده در نسخهٔ ۲ ادامه می‌یابد" in page
    assert "از نسخهٔ ۱ به نسخهٔ ۲ برد" in admin.get(f"/instances/{case}?tab=history")


@requirement("E17")
def test_a_step_without_a_place_is_asked_for(product: Product, case: UUID) -> None:
    second_version(review="check")
    admin = product.visitor(ADMIN)
    plan = admin.get(f"/instances/{case}/version?version=2")
    assert "نسخهٔ دیگر چنین گامی ندارد" in plan
    assert 'name="to:review"' in plan
    assert '<option value="check">' in plan

    refused = admin.post(f"/instances/{case}/version", {"version": "2"}, status=422)
    assert "«بررسی» در نسخهٔ" in refused
    page = admin.post(f"/instances/{case}/version", {"version": "2", "to:review": "check"})

    assert "پرونده در نسخهٔ ۲ ادامه می‌یابد" in page


def test_who_does_not_operate_cannot_move_a_case(product: Product, case: UUID) -> None:
    clerk = product.visitor(CLERK)

    assert f"/instances/{case}/version" not in clerk.get(f"/instances/{case}")
    clerk.get(f"/instances/{case}/version", status=403)
