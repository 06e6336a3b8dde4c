"""People over HTTP: the chart, a person's card, adding, closing, passwords."""

import re

from tests.product.fixtures import Product
from tests.product.organisation import holder_of
from tests.product.visitor import Visitor
from tests.requirements import requirement

ADMIN = "platform.admin"
SECRET = re.compile(r"(?<![\w-])[a-z0-9]{4}(?:-[a-z0-9]{4}){3}(?![\w-])")


def person_of(admin: Visitor, username: str) -> str:
    page = admin.get(f"/people/?q={username}")
    found = re.search(r"person=([0-9a-f-]{36})", page.split('id="list-title"')[1])
    assert found is not None
    return found[1]


@requirement("E01")
def test_the_chart_shows_positions_units_holders_and_who_stands_above(product: Product) -> None:
    page = product.visitor(ADMIN).get("/people/")
    chart = page.split('id="list-title"')[0]
    for said in ("مدیرعامل", "سرپرست امور مشترکین", "امور مشترکین", "نگار کریمی"):
        assert said in chart
    assert chart.index("مدیرعامل") < chart.index("سرپرست امور مشترکین")
    assert chart.index("سرپرست امور مشترکین") < chart.index("کارشناس مشترکین")


def test_people_are_found_by_name_with_either_letter_forms(product: Product) -> None:
    admin = product.visitor(ADMIN)
    assert "نگار کریمی" in admin.get("/people/?q=كريمي").split('id="list-title"')[1]
    assert "کسی پیدا نشد" in admin.get("/people/?q=zzz") or "پیدا نشد" in admin.page


def test_a_new_person_logs_in_with_the_password_shown_once(product: Product) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/people/new")
    page = admin.post(
        "/people/new",
        {
            "name": "سارا نیکو",
            "username": "s.nikoo",
            "mobile": "۰۹۱۲۵۵۵۰۱۹۹",
            "position": "reception.clerk",
        },
    )
    secret = SECRET.search(page)
    assert secret is not None
    assert secret[0] not in admin.get("/people/?q=s.nikoo")
    newcomer = Visitor(product.app)
    newcomer.get("/login")
    newcomer.post("/login", {"username": "s.nikoo", "password": secret[0]})
    assert "سارا نیکو" in newcomer.get("/inbox")


def test_what_is_wrong_with_a_new_person_is_said_and_nothing_typed_is_lost(
    product: Product,
) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/people/new")
    taken = holder_of("reception.clerk")
    page = admin.post("/people/new", {"name": "دومی", "username": taken}, status=422)
    assert 'value="دومی"' in page
    admin.post("/people/new", {"name": "", "username": "x"}, status=422)


def test_a_position_is_given_and_taken_away(product: Product) -> None:
    admin = product.visitor(ADMIN)
    person = person_of(admin, holder_of("reception.clerk"))
    page = admin.post(f"/people/{person}/positions", {"position": "quality.expert"})
    card = page.split('id="card"')[1].split("</dl>")[0]
    assert "کارشناس کیفیت" in card
    page = admin.post(
        f"/people/{person}/positions", {"position": "quality.expert", "act": "release"}
    )
    assert "کارشناس کیفیت" not in page.split('id="card"')[1].split("</dl>")[0]


def test_a_role_is_given(product: Product) -> None:
    admin = product.visitor(ADMIN)
    person = person_of(admin, holder_of("reception.clerk"))
    page = admin.post(f"/people/{person}/roles", {"role": "designer"})
    assert "طراح فرایند" in page.split('id="card"')[1].split("</dl>")[0]


def test_a_new_password_ends_open_sessions(product: Product) -> None:
    admin, clerk = product.visitor(ADMIN), product.visitor("reception.clerk")
    person = person_of(admin, holder_of("reception.clerk"))
    page = admin.post(f"/people/{person}/password")
    assert SECRET.search(page)
    assert clerk.client.get("/inbox").status_code == 302


def test_only_who_may_changes_people(product: Product) -> None:
    admin, clerk = product.visitor(ADMIN), product.visitor("reception.clerk")
    person = person_of(admin, holder_of("quality.expert"))
    clerk.get(f"/people/?person={person}")
    assert "data-open" not in clerk.page.split('id="card"')[1].split("</section>")[0]
    for act in ("positions", "roles", "active", "password"):
        clerk.post(f"/people/{person}/{act}", {}, status=403)


def test_roles_and_their_permissions_are_shown(product: Product) -> None:
    page = product.visitor(ADMIN).get("/people/roles")
    assert "دیدن همهٔ نمونه‌ها" in page
    assert "سرپرست" in page
