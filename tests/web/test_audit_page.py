"""The page of the audit log: in words, narrowed, paged, checked, as a file; for those who may."""

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from kernel import audit
from kernel.audit import ACTS, AuditEntry, acts
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from people.queries import person_by_username
from tests.product.fixtures import Product
from tests.product.organisation import holder_of
from tests.product.visitor import Visitor
from tests.small_cases import release_daily_cost, stop_one
from web import audit_words
from web.when import PERSIAN_DIGITS

ADMIN, CLERK = "platform.admin", "reception.clerk"


@pytest.fixture
def admin(product: Product) -> Visitor:
    return product.visitor(ADMIN)


def body(page: str) -> str:
    """The rows of the table."""
    found = re.search(r"<tbody>(.*)</tbody>", page, re.DOTALL)
    return found[1] if found else ""


def text_of(rows: str) -> str:
    """What people read of it."""
    return re.sub("<[^>]*>", "", rows)


def next_of(page: str) -> str:
    """The address of the page after this one; empty on the last."""
    found = re.search(r'href="(/audit/[^"]*before=[^"]*)" rel="next"', page)
    return found[1].replace("&amp;", "&") if found else ""


def key_of(position: str) -> str:
    with read_only() as session:
        person = person_by_username(session, holder_of(position))
    assert person is not None
    return str(person.id)


def test_what_was_done_stands_there_in_words_with_a_way_to_its_subject(
    product: Product, admin: Visitor
) -> None:
    with unit_of_work() as uow:
        release_daily_cost(uow)
    case, clerk = stop_one(days=3), key_of(CLERK)
    admin.get(f"/instances/{case}")
    admin.post(f"/instances/{case}/cancel", {"reason": "آزمایش"})
    admin.post(f"/people/{clerk}/roles", {"role": "manager"})

    rows = body(admin.get("/audit/"))
    assert "نقش داده شد" in rows
    assert "پرونده پیش از موعد پایان داده شد" in rows
    assert ">برآورد هزینهٔ روزانه</bdi>" in rows, "a process has its name, not its key"
    assert f'href="/instances/{case}"' in rows
    assert "با مرورگر، از همین دستگاه" in rows
    assert "آزمایش" not in rows

    admin.post("/language", {"locale": "en"})
    rows = body(admin.get("/audit/"))
    assert "Case ended early" in rows
    assert "in the browser, from this machine" in rows
    assert not re.search("[آ-ی]", re.sub(r"<[^>]*>", "", rows))


def test_it_is_narrowed_by_person_act_subject_and_day(product: Product, admin: Visitor) -> None:
    clerk = key_of(CLERK)
    admin.post(f"/people/{clerk}/roles", {"role": "manager"})
    admin.post(f"/people/{clerk}/active", {"act": "deactivate"})
    by_admin = f"person={holder_of(ADMIN)}"

    assert "دسترسی بسته شد" in body(admin.get(f"/audit/?{by_admin}"))
    assert "ورود به سامانه" not in body(admin.get(f"/audit/?{by_admin}&act=role"))
    assert "نقش داده شد" in body(admin.get(f"/audit/?{by_admin}&act=role.given"))
    assert body(admin.get(f"/audit/?subject={clerk}")).count("<tr>") >= 1
    assert body(admin.get("/audit/?since=1405/09/02")) == ""
    assert "نقش داده شد" in body(admin.get("/audit/?since=1405/09/01&until=1405/09/01"))
    assert body(admin.get("/audit/?until=1405/08/30")) == ""
    assert "nobody.here" in admin.get("/audit/?person=nobody.here", status=422)
    assert body(admin.page) == ""
    wrong = admin.get("/audit/?since=tomorrow&until=1405/09/01", status=422)
    assert 'value="tomorrow"' in wrong, "nothing typed is lost"
    assert "هیچ ردیفی با این صافی‌ها نمی‌خواند" not in wrong


def test_days_and_everything_else_noted_are_in_the_readers_words(
    product: Product, admin: Visitor
) -> None:
    names = {name for act in ACTS.values() for name in act.noted}
    days = dict.fromkeys(audit_words.DAYS, date(2026, 11, 22))
    with unit_of_work() as uow:
        for act in ACTS.values():
            noted = {name: days.get(name, "x") for name in act.noted}
            uow.audit.record(act, SYSTEM, new_id(), **noted)
        uow.audit.record(acts.KEY_ADOPTED, SYSTEM, until=1405, hash="sha256:0")
        uow.audit.record(acts.CONTACT_EXPORTED, SYSTEM, new_id(), files=True)
        uow.audit.record(acts.MESSAGE_POLICY_SET, SYSTEM, "a/sms", policy="ask")

    page = admin.get("/audit/")
    rows = text_of(body(page) + body(admin.get(next_of(page))))

    assert "از روز: ۱۴۰۵/۰۹/۰۱" in rows
    assert "روز: ۱۴۰۵/۰۹/۰۱" in rows
    assert "2026" not in rows
    assert "تا ردیف: ۱۴۰۵" in rows
    assert "همراه فایل‌ها: بله" in rows
    assert [name for name in names if f"{name}: " in rows] == []
    assert re.search("sms.*ask", rows) is None


def test_every_act_can_be_looked_for(admin: Visitor) -> None:
    offered = re.findall(r'<option value="([^"]+)"', admin.get("/audit/"))
    assert {act.partition(".")[0] for act in ACTS} <= set(offered)


def test_pages_follow_one_another_without_a_gap(product: Product, admin: Visitor) -> None:
    with unit_of_work() as uow:
        for _one in range(120):
            uow.audit.record(acts.JOB_SKIPPED, SYSTEM, new_id(), kind="engine.signal")

    seen, path = [], "/audit/?act=job"
    while path:
        page = admin.get(path)
        seen += re.findall(r'title="[0-9a-f]{64}">([^<]+)<', body(page))
        path = next_of(page)

    assert len(seen) == len(set(seen)) == 120


def test_the_chain_is_checked_when_asked(product: Product, admin: Visitor) -> None:
    assert "زنجیره درست است" in admin.get("/audit/?check=1")

    with unit_of_work() as uow:
        last = audit.head(uow.session.connection()).number
        forged = {"subject": "instance", "subject_id": "x", "detail": {"day": "x"}}
        row = update(AuditEntry).where(AuditEntry.number == last)
        uow.session.execute(row.values(**forged))

    changed = f"ردیف {str(last).translate(PERSIAN_DIGITS)} دفتر ممیزی پس از نوشته‌شدن تغییر کرده است"
    assert changed in admin.get("/audit/?check=1")
    assert "روز: x" in body(admin.page)


def test_it_leaves_as_a_file_and_that_is_told(product: Product, admin: Visitor) -> None:
    answer = admin.client.get("/audit/entries.xlsx.file?act=session")

    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    told = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "ورود به سامانه" in told
    assert "نقش داده شد" not in told
    assert "فهرستی بارگیری شد" in body(admin.get("/audit/?act=list"))


def test_others_do_not_see_it(product: Product) -> None:
    for position in (CLERK, "subscribers.head", "platform.designer"):
        visitor = product.visitor(position)
        for path in ("/audit/", "/audit/entries.xlsx.file"):
            visitor.get(path, status=403)
        assert 'href="/audit/"' not in visitor.get("/")
