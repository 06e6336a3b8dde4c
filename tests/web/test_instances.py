"""Cases over HTTP: the list, one case with its marks, ending it early, who may see what."""

import html
import json
import re
from io import BytesIO
from uuid import UUID, uuid4

import pytest

from engine import queries
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.product.fixtures import Product
from tests.requirements import requirement
from tests.small_cases import (
    PHONE,
    fill_a_little,
    finish_step,
    release_daily_cost,
    start_one,
    stop_one,
)

ADMIN, CLERK, HEAD = "platform.admin", "reception.clerk", "subscribers.head"


@pytest.fixture
def case(product: Product) -> UUID:
    """A running case whose first step is done."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    return stop_one(days=3)


def marks(page: str) -> dict[str, dict[str, str]]:
    """Element -> how the drawing shows it."""
    found = re.search(r'data-states="([^"]*)"', page)
    assert found is not None
    states: dict[str, dict[str, str]] = json.loads(html.unescape(found[1]))
    return states


@requirement("B12", "E10")
def test_the_diagram_marks_done_and_current_steps_with_their_times(
    product: Product, case: UUID
) -> None:
    page = product.visitor(ADMIN).get(f"/instances/{case}")
    shown = marks(page)
    assert shown["ask"]["state"] == "done"
    assert "۱۴۰۵/۰۹/۰۱" in shown["ask"]["title"]
    assert shown["review"]["state"] == "current"
    assert "end" not in shown
    assert "کارشناس مشترکین" in page


@requirement("B12", "E10")
def test_a_late_step_is_marked_and_said(product: Product) -> None:
    with unit_of_work() as uow:
        release_daily_cost(uow)
    case = start_one()
    product.clock.move(days=3)
    page = product.visitor(ADMIN).get(f"/instances/{case}")
    assert marks(page)["ask"]["state"] == "overdue"
    assert "دیر شده است" in page
    late = product.visitor(ADMIN).get("/instances/?state=overdue")
    assert str(case) in late


def test_the_diagram_is_that_of_the_cases_own_version(product: Product, case: UUID) -> None:
    answer = product.visitor(ADMIN).client.get(f"/instances/{case}/diagram.bpmn")
    assert answer.mimetype == "application/xml"
    assert b'id="divide"' in answer.data


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("data", "شمار روزها"),
        ("forms", "هزینهٔ همه"),
        ("work", "بررسی"),
        ("messages", "هنوز پیامی نیست"),
        ("history", "ثبت هزینه"),
        ("called", "فرایندی فراخوانده نشده است"),
    ],
)
def test_each_part_of_a_case_opens(product: Product, case: UUID, tab: str, said: str) -> None:
    assert said in product.visitor(ADMIN).get(f"/instances/{case}?tab={tab}")


@requirement("B09", "A17")
def test_a_text_of_a_step_stands_in_the_case_with_its_state(product: Product, case: UUID) -> None:
    from kernel import jobs

    jobs.run_until_idle()
    page = product.visitor(ADMIN).get(f"/instances/{case}?tab=messages")
    assert "هزینهٔ ۹۰۰ ریال ثبت شد." in page
    assert "فرستاده شد" in page


@requirement("A21", "C10")
def test_ending_a_case_early_closes_its_work_and_says_who_and_why(
    product: Product, case: UUID
) -> None:
    head = product.visitor(HEAD)
    head.get(f"/instances/{case}")
    page = head.post(f"/instances/{case}/cancel", {"reason": "مشتری منصرف شد."})
    assert "مهدی رستگار" in page
    assert "مشتری منصرف شد." in page
    with read_only() as session:
        assert queries.instance(session, SYSTEM, case).items == []
    assert str(case) in head.get("/instances/?state=cancelled")


@requirement("A21", "C10")
def test_ending_needs_the_permission_and_a_reason(product: Product, case: UUID) -> None:
    clerk, head = product.visitor(CLERK), product.visitor(HEAD)
    clerk.get(f"/instances/{case}")
    assert "پایان دادن…" not in clerk.page
    clerk.post(f"/instances/{case}/cancel", {"reason": "نه"}, status=403)
    head.get(f"/instances/{case}")
    assert "دلیل" in head.post(f"/instances/{case}/cancel", {"reason": "  "}, status=422)
    with read_only() as session:
        assert queries.instance(session, SYSTEM, case).is_open


def test_a_case_of_others_is_not_found(product: Product, case: UUID) -> None:
    stranger = product.visitor("dispatch.expert")
    for path in (f"/instances/{case}", f"/instances/{case}/diagram.bpmn", f"/instances/{uuid4()}"):
        stranger.get(path, status=404)
    assert str(case) not in stranger.get("/instances/")
    head = product.visitor(HEAD)
    head.get("/instances/")
    head.post(f"/instances/{uuid4()}/cancel", {"reason": "نیست"}, status=404)


def test_the_list_is_filtered_by_its_address(product: Product) -> None:
    fill_a_little()
    admin = product.visitor(ADMIN)
    assert admin.get("/instances/?process=daily_cost").count("برآورد هزینهٔ روزانه") > 2
    assert "مراقب برای مادر" not in admin.get("/instances/?process=daily_cost")
    assert "مراقب برای مادر" in admin.get("/instances/?q=مادر")
    assert "نمونه‌ای با این صافی‌ها نیست" in admin.get("/instances/?q=nothing-like-this")
    assert "رویداد خطا" in admin.get("/instances/?state=stopped")
    assert "نمونه‌ای با این صافی‌ها نیست" in admin.get("/instances/?from=1405/09/02")
    assert "مراقب برای مادر" in admin.get("/instances/?from=۱۴۰۵/۰۹/۰۱&to=2026-11-22")
    assert "ثبت هزینه" in admin.get("/instances/?process=daily_cost&step=ask")


def test_the_list_is_downloaded_as_excel_and_pdf(product: Product, case: UUID) -> None:
    head, clerk = product.visitor(HEAD), product.visitor(CLERK)
    excel = head.client.get("/instances/xlsx.file?process=daily_cost")
    assert excel.data.startswith(b"PK")
    assert "attachment" in excel.headers["Content-Disposition"]
    assert head.client.get("/instances/pdf.file").data.startswith(b"%PDF")
    head.get("/instances/exe.file", status=404)
    clerk.get("/instances/xlsx.file", status=403)


@requirement("E17", "A19")
def test_a_new_version_runs_beside_old_cases(product: Product, case: UUID) -> None:
    from tests.web.bundles import files

    designer = product.visitor("platform.designer")
    designer.get("/processes/upload")
    changed = files(name="برآورد هزینه، روش تازه")
    upload = [(BytesIO(data), name) for name, data in changed]
    page = designer.post("/processes/upload", {"files": upload})
    token = re.search(r'name="upload" value="([^"]+)"', page)
    assert token is not None
    designer.post("/processes/deploy", {"upload": token[1]})
    with read_only() as session:
        assert queries.versions(session, "daily_cost")[0].state == "draft"
    fresh = start_one()
    designer.post("/processes/daily_cost/2/release")
    newest = start_one()
    admin = product.visitor(ADMIN)
    assert "نسخهٔ ۱" in admin.get(f"/instances/{case}")
    assert "نسخهٔ ۱" in admin.get(f"/instances/{fresh}")
    assert "برآورد هزینه، روش تازه، نسخهٔ ۲" in admin.get(f"/instances/{newest}")
    finish_step(case, "subscribers.expert", outcome="accept")
    assert "به پایان" in admin.get(f"/instances/{case}")


def test_english_pages_say_it_in_english(product: Product, case: UUID) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/instances/")
    admin.post("/language", {"locale": "en", "next": f"/instances/{case}"})
    page = admin.get(f"/instances/{case}")
    assert "Estimate of the daily cost" in page
    assert "Subscriber expert" in page
    assert "Subscriber&#39;s mobile" in page or "Subscriber's mobile" in page
    assert PHONE not in page
