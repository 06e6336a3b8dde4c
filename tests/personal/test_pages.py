"""The pages: who may, what is shown before, and that a name has to be typed."""

from lxml import html

from crm.tables import Contact
from kernel.uow import unit_of_work
from tests.personal.looking import in_columns
from tests.personal.planting import OTHER, Planted, lead
from tests.requirements_http.office import Office


def _words(page: str) -> str:
    return " ".join(" ".join(html.fromstring(page).itertext()).split())


def test_only_whoever_has_the_permission_finds_and_opens_it(planted: Planted):
    clerk, admin = planted.office.desk("reception.clerk"), planted.office.desk("platform.admin")
    address = f"/contacts/{planted.contact}"

    assert "/erase" not in clerk.get(address)
    for path in ("erase", "erased", "data.json"):
        clerk.get(f"{address}/{path}", status=403)
    clerk.post(f"{address}/erase", {"confirm": planted.words.name}, status=403)
    page = admin.get(address)
    assert f"{address}/erase" in page
    assert f"{address}/data.json" in page
    assert in_columns([planted.words.name])


def test_a_look_a_wrong_name_and_then_the_report(planted: Planted):
    admin, address = planted.office.desk("platform.admin"), f"/contacts/{planted.contact}"

    asked = _words(admin.get(f"{address}/erase"))
    assert "فایل‌ها ۲" in asked
    admin.post(f"{address}/erase", {"confirm": "کسی دیگر"}, status=422)
    assert in_columns([planted.words.name])
    typed = {"confirm": planted.words.name.replace("\u200c", " "), "reason": "نامهٔ ۱۲ آذر"}
    report = _words(admin.post(f"{address}/erase", typed))

    assert in_columns(planted.words.canaries()) == []
    assert "نامهٔ ۱۲ آذر" in report
    assert "فایل‌ها ۲" in report
    assert admin.get(f"{address}/erase") == admin.get(f"{address}/erased")
    assert planted.words.name not in admin.get(address)


def test_a_case_that_runs_wants_a_decision(office: Office):
    planted = lead(office, OTHER, upto="look")
    admin, address = office.desk("platform.admin"), f"/contacts/{planted.contact}/erase"

    admin.get(address)
    assert "بگویید با فرایندهایی" in admin.post(address, {"confirm": OTHER.name}, status=422)
    wait = admin.post(address, {"confirm": OTHER.name, "running": "refuse"}, status=422)
    assert "چیزی پاک نشد" in wait
    assert "شما صبر را برگزیده‌اید" in wait
    assert in_columns([OTHER.name])
    report = admin.post(address, {"confirm": OTHER.name, "running": "redact"})

    assert "در جریان‌اند" in report
    assert in_columns([OTHER.name]) == []
    office.do("look", "reception.clerk")
    assert office.case.status == "completed"


def test_the_data_leaves_as_a_file_that_nobody_keeps(planted: Planted):
    admin = planted.office.desk("platform.admin")

    answer = admin.client.get(f"/contacts/{planted.contact}/data.json")

    assert answer.json["contact"] == str(planted.contact)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_reads_english_types_the_name_as_the_page_shows_it(planted: Planted):
    admin, address = planted.office.desk("platform.admin"), f"/contacts/{planted.contact}/erase"
    with unit_of_work() as uow:
        uow.session.get_one(Contact, planted.contact).name_en = "Somebody Else"
    admin.get("/")
    admin.post("/language", {"locale": "en"})

    assert "Type “Somebody Else” to go on" in admin.get(address)
    assert "What stayed" in admin.post(address, {"confirm": "somebody else"})
