"""A step's forms and files; what each visit's form said is kept."""

import re
from collections.abc import Iterable

from tests.engine.drawing import chain, element, end, flow, outcomes, process, start, user
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import asks, form, number, one_step, text
from tests.requirements_http.sheet import attached

PDF = b"%PDF-1.4 what somebody scanned"
GUIDE = '<ravand:attachment path="files/guide.pdf" fa="راهنمای بازدید" en="Guide"/>'
PAPERS = form(
    "مدارک",
    {"scan": {"type": "string", "format": "file", "title": "تصویر مدرک"}, "note": text("شرح")},
    required=("scan",),
)


def file_address(page: str) -> str:
    found = re.search(r'href="(/files/[0-9a-f-]{36})"', page)
    assert found, page[:500]
    return found[1]


@requirement("A16")
def test_a_step_shows_its_form_and_the_files_that_its_designer_attached(office: Office) -> None:
    bundle = {"forms__papers.json": PAPERS, "files__guide.pdf": PDF}
    office.deploy(one_step(asks("papers") + GUIDE), **bundle)
    office.begin("reception.clerk", "p")
    address = f"/items/{office.item('work').id}"

    clerk = office.desk("reception.clerk")
    page = clerk.get(address)

    assert "تصویر مدرک" in page
    assert "راهنمای بازدید" in page
    paper = clerk.client.get(f"{address}/papers/files/guide.pdf")
    assert paper.data == PDF
    assert paper.headers["Content-Disposition"].startswith("attachment")
    stranger = office.desk("dispatch.expert").client
    assert stranger.get(f"{address}/papers/files/guide.pdf").status_code == 404
    assert clerk.client.get(f"{address}/papers/diagram0.bpmn").status_code == 404


@requirement("A16")
def test_what_a_user_attaches_is_kept_and_only_who_may_see_the_case_downloads_it(
    office: Office,
) -> None:
    office.deploy(one_step(asks("papers")), **{"forms__papers.json": PAPERS})
    office.begin("reception.clerk", "p")
    scan = attached("شناسنامه.pdf", PDF)

    office.do("work", "reception.clerk", {"scan": scan, "note": "صفحهٔ اول"})

    page = office.case_page("forms")
    assert "شناسنامه.pdf" in page
    address = file_address(page)
    for who in ("platform.admin", "reception.clerk"):
        given = office.desk(who).client.get(address)
        assert given.data == PDF
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert office.desk("dispatch.expert").client.get(address).status_code == 404
    stranger = office.product.app.test_client().get(address)
    assert stranger.status_code in (302, 401)


@requirement("A16")
def test_a_refused_form_does_not_lose_the_file_that_was_chosen(office: Office) -> None:
    needs_note = form(
        "مدارک",
        {"scan": {"type": "string", "format": "file", "title": "تصویر"}, "note": text("شرح")},
        required=("scan", "note"),
    )
    office.deploy(one_step(asks("papers")), **{"forms__papers.json": needs_note})
    office.begin("reception.clerk", "p")

    page = office.do("work", "reception.clerk", {"scan": attached("a.pdf", PDF)}, status=422)

    assert "a.pdf" in page
    assert office.desk("reception.clerk").client.get(file_address(page)).data == PDF


@requirement("A16")
def test_a_form_does_not_take_a_file_of_another_case(office: Office) -> None:
    office.deploy(one_step(asks("papers")), **{"forms__papers.json": PAPERS})
    office.begin("reception.clerk", "p")
    office.do("work", "reception.clerk", {"scan": attached("secret.pdf", PDF)})
    stolen = file_address(office.case_page("forms")).removeprefix("/files/")
    office.begin("s.azizi", "p")
    sheet = office.open("work", "s.azizi")

    given = sheet.data(**{"papers.scan": stolen})
    page = office.desk("s.azizi").post(sheet.action, given, status=422)

    assert "f-papers-scan-error" in page
    assert office.open_tasks() == ["work"]


@requirement("C02")
def test_the_customers_own_form_is_drawn_with_its_labels_and_rules(office: Office) -> None:
    fields = {
        "weight": number("وزن بیمار", minimum=20, maximum=250),
        "drugs": text("داروها", maxLength=2000),
        "birth": {"type": "string", "format": "date", "title": "زادروز"},
    }
    office.deploy(
        one_step(asks("bedside")),
        **{"forms__bedside.json": form("کنار تخت", fields, required=("weight",))},
    )
    office.begin("reception.clerk", "p")
    page = office.desk("reception.clerk").get(f"/items/{office.item('work').id}")
    assert all(title in page for title in ("وزن بیمار", "داروها", "زادروز"))

    refused = office.do("work", "reception.clerk", {"weight": 300}, status=422)
    office.do("work", "reception.clerk", {"weight": 64, "birth": "1948-03-05"})

    assert "۲۵۰" in refused
    assert office.case.variables["weight"] == 64
    assert office.case.variables["birth"] == "1948-03-05"


@requirement("C02")
def test_a_broken_form_is_refused_at_upload_with_its_place(office: Office) -> None:
    broken = form("بد", {"weight": {"type": "weight", "title": "وزن"}})

    page = office.upload(one_step(asks("bedside")), status=422, **{"forms__bedside.json": broken})

    assert "bedside" in page
    assert "weight" in page


@requirement("C05")
def test_a_step_carries_two_forms_and_judges_them_together(office: Office) -> None:
    first = form("بیمار", {"name": text("نام"), "age": number("سن")}, required=("name",))
    second = form("تماس", {"phone": {"type": "string", "format": "phone", "title": "تلفن"}})
    office.deploy(
        one_step(asks("patient") + asks("contact")),
        **{"forms__patient.json": first, "forms__contact.json": second},
    )
    office.begin("reception.clerk", "p")

    wrong = office.do("work", "reception.clerk", {"phone": "12", "age": 70}, status=422)
    assert "f-patient-name-error" in wrong
    assert "f-contact-phone-error" in wrong
    assert 'value="۷۰"' in wrong

    office.do("work", "reception.clerk", {"name": "پروین", "phone": "۰۹۱۲ ۱۱۱ ۲۲۳۳"})

    known = office.case.variables
    assert (known["name"], known["phone"]) == ("پروین", "+989121112233")
    sent = office.submissions("work")[0].answers
    assert set(sent) == {"patient", "contact"}


def loop() -> str:
    """Write, review; what is returned is written again."""
    return process(
        start(),
        user("write", asks("report")),
        user("review", outcomes("accept", "send_back")),
        element("exclusiveGateway", "good", default="good__write"),
        end(),
        chain("start", "write", "review", "good", "write"),
        flow("good", "end", '= outcomes.review = "accept"'),
    )


@requirement("C09")
def test_each_visits_form_is_kept_and_a_loop_overwrites_nothing(office: Office) -> None:
    report = form("گزارش", {"said": text("متن")}, required=("said",))
    office.deploy(loop(), **{"forms__report.json": report})
    office.begin("reception.clerk", "p")
    for said in ("نخستین نوشته", "نوشتهٔ دوم"):
        office.do("write", "reception.clerk", {"said": said})
        office.do("review", "reception.clerk", {}, "send_back")

    office.do("write", "reception.clerk", {"said": "نوشتهٔ سوم"})

    page = office.case_page("forms")
    assert _in_order(page, ("نخستین نوشته", "نوشتهٔ دوم", "نوشتهٔ سوم"))
    assert [one.visit for one in office.submissions("write")] == [1, 2, 3]
    assert office.case.variables["said"] == "نوشتهٔ سوم"


def _in_order(page: str, sentences: Iterable[str]) -> bool:
    """Whether all stand on the page, newest first or oldest first."""
    places = [page.find(one) for one in sentences]
    return -1 not in places and places in (sorted(places), sorted(places, reverse=True))


def test_a_form_begins_with_what_was_handed_into_its_step_and_is_read_with_it(
    office: Office,
) -> None:
    shown = form("بازدید", {"fee": number("هزینه"), "note": text("شرح")})
    inputs = '<ravand:in target="fee" expression="= 41 + 1"/>'
    out = '<ravand:out target="agreed" expression="= fee"/>'
    office.deploy(one_step(asks("visit") + inputs + out), **{"forms__visit.json": shown})
    office.begin("reception.clerk", "p")

    page = office.desk("reception.clerk").get(f"/items/{office.item('work').id}")

    assert re.search(r'name="visit\.fee"[^>]*value="[4۴][2۲]"', page)
