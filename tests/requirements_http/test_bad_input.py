"""Wrong, hostile, late or twice: nothing is lost, nothing half done, and a sentence says why."""

import io
import re
import zipfile
from uuid import uuid4

from sqlalchemy import func, select

from engine.tables import Deployment, ProcessDefinition
from kernel.text import persian_digits
from kernel.uow import read_only
from tests.engine.drawing import chain, end, process, script, start, user
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import asks, form, notify, number, one_step, texts
from tests.requirements_http.sheet import Sheet
from web.fake_kavenegar.faults import Fault

EXPERT, HEAD = "subscribers.expert", "subscribers.head"
LEAVE = {"kind": "annual", "from_date": "2026-12-05", "days": 3, "note": "سفر خانوادگی"}


def asked(office: Office) -> Sheet:
    """A leave request whose first step is open, filled in."""
    office.begin(EXPERT, "leave_request")
    sheet = office.open("request_leave", EXPERT)
    assert sheet.fill(LEAVE) == []
    return sheet


def state(office: Office) -> tuple[object, ...]:
    """Everything that must not have moved."""
    case = office.case
    tasks = office.open_tasks()
    return (
        case.revision,
        case.status,
        case.variables,
        tasks,
        len(office.submissions("request_leave")),
    )


@requirement("C02")
def test_a_wrong_form_is_422_with_sentences_beside_the_fields_and_on_top(office: Office) -> None:
    sheet = asked(office)
    sheet.values |= {"leave.days": ["سیصد"], "leave.from_date": ["۱۴۰۵/۱۳/۴۰"]}
    before = state(office)

    page = office.desk(EXPERT).post(sheet.action, sheet.data(), status=422)

    for field in ("days", "from_date"):
        assert f'id="f-leave-{field}-error"' in page
        assert f'href="#f-leave-{field}"' in page.split('role="alert"', 1)[1]
    assert 'value="سیصد"' in page
    assert 'value="۱۴۰۵/۱۳/۴۰"' in page
    assert "سفر خانوادگی" in page
    assert re.search(r'value="annual"[^>]* checked', page)
    assert state(office) == before


@requirement("C02")
def test_a_field_that_the_form_does_not_have_is_refused(office: Office) -> None:
    sheet = asked(office)
    before = state(office)

    page = office.desk(EXPERT).post(
        sheet.action, sheet.data(**{"leave.approved": "true"}), status=422
    )

    assert "approved" in page
    assert state(office) == before


def test_a_readonly_field_cannot_be_written_by_sending_it(office: Office) -> None:
    sheet = asked(office)
    office.desk(EXPERT).post(sheet.action, sheet.data())
    office.settle()
    decision = office.open("approve_leave", HEAD)

    given = decision.data(**{"leave_decision.days": "30", "outcome": "approve"})
    office.desk(HEAD).send(decision.action, given)

    assert office.case.variables["days"] == 3


def test_an_outcome_that_the_step_does_not_have_is_refused(office: Office) -> None:
    sheet = asked(office)
    office.desk(EXPERT).post(sheet.action, sheet.data())
    decision = office.open("approve_leave", HEAD)

    answer = office.desk(HEAD).send(decision.action, decision.data(outcome="burn"))

    assert answer.status_code == 422
    assert office.open_tasks() == ["approve_leave"]


def test_a_double_click_is_taken_once(office: Office) -> None:
    sheet, desk = asked(office), office.desk(EXPERT)
    same = sheet.data()

    first = desk.send(sheet.action, same)
    second = desk.send(sheet.action, same)

    assert first.status_code == 302
    assert second.status_code == 302
    assert len(office.submissions("request_leave")) == 1
    assert office.open_tasks() == ["approve_leave"]
    assert office.incidents() == []


def test_the_second_of_two_colleagues_reads_who_was_first_and_keeps_what_was_typed(
    office: Office,
) -> None:
    asked_for = form("شرح", {"said": {"type": "string", "title": "شرح"}})
    office.deploy(one_step(asks("note")), **{"forms__note.json": asked_for})
    office.begin("s.azizi", "p")
    sheets = {who: office.open("work", who) for who in ("s.azizi", "a.sadeghi")}
    for sheet in sheets.values():
        sheet.fill({"said": "گفت‌وگو شد"})

    won = office.desk("s.azizi").send(sheets["s.azizi"].action, sheets["s.azizi"].data())
    lost = office.desk("a.sadeghi").post(
        sheets["a.sadeghi"].action, sheets["a.sadeghi"].data(), status=409
    )

    assert won.status_code == 302
    assert "سمیرا عزیزی" in lost
    assert "گفت‌وگو شد" in lost
    assert office.case.status == "completed"
    assert len(office.submissions("work")) == 1
    assert office.incidents() == []


def divides() -> str:
    """A form, a division, an end."""
    return process(
        start(),
        user("ask", asks("cost")),
        script("share", "per_day = total / days"),
        user("after"),
        end(),
        chain("start", "ask", "share", "after", "end"),
    )


def test_an_expression_that_fails_is_an_incident_that_an_operator_mends(office: Office) -> None:
    fields = {"total": number("هزینه"), "days": number("روزها")}
    office.deploy(
        divides(), **{"forms__cost.json": form("هزینه", fields, required=("total", "days"))}
    )
    office.begin("reception.clerk", "p")

    office.do("ask", "reception.clerk", {"total": 900, "days": 0})

    [incident] = office.incidents()
    page = office.case_page()
    listing = office.desk("platform.admin").get("/incidents/")
    for seen in (page, listing):
        assert "share" in seen
        assert "total / days" in seen
    assert office.open_tasks() == []

    # a try without mending stops at the same place
    address = f"/instances/{office.root}/incidents/{incident.id}/retry"
    office.desk("platform.admin").post(address)
    [again] = office.incidents()
    assert office.open_tasks() == []

    # mended, it goes on
    office.case_page()
    office.desk("platform.admin").post(
        f"/instances/{office.root}/incidents/{again.id}/retry", {"value.days": "۳"}
    )
    assert office.incidents() == []
    assert office.open_tasks() == ["after"]
    assert office.case.variables["per_day"] == 300


def told_at_the_end() -> str:
    thanks = notify("sms", '= position("reception.head")', "thanks", "completed")
    return process(
        start(), user("work", thanks), user("after"), end(), chain("start", "work", "after", "end")
    )


def test_while_the_sms_provider_is_down_the_case_goes_on_and_the_text_goes_later(
    office: Office,
) -> None:
    office.deploy(told_at_the_end(), **texts("thanks", "sms", "سپاس"))
    office.begin("reception.clerk", "p")
    office.product.sms.faults.append(Fault("cut", times=3))

    office.do("work", "reception.clerk")
    assert office.open_tasks() == ["after"]
    assert office.product.sms.texts_to("09121000002") == []

    office.wait("PT2H")
    assert office.product.sms.texts_to("09121000002") == ["سپاس"]
    assert office.incidents() == []


def test_a_provider_that_stays_down_becomes_an_incident_and_the_text_can_be_sent_again(
    office: Office,
) -> None:
    office.deploy(told_at_the_end(), **texts("thanks", "sms", "سپاس"))
    office.begin("reception.clerk", "p")
    office.product.sms.faults.append(Fault("cut", times=10_000))

    office.do("work", "reception.clerk")
    office.wait("P2D")

    [incident] = office.incidents()
    assert incident.code == "delivery.uncertain"
    assert office.open_tasks() == ["after"]
    assert office.case.status == "running"
    seen = office.desk("platform.admin").get("/incidents/").split("<main", 1)[1]
    assert persian_digits(office.case.number) in seen
    assert "معلوم نیست پیام از راه پیامک رسیده است" in seen
    assert "no-answer" not in seen

    office.product.sms.faults.clear()
    [delivery] = office.texts("thanks")
    admin = office.desk("platform.admin")
    admin.get(f"/deliveries/{delivery.id}")
    admin.post(f"/deliveries/{delivery.id}/retry")
    office.wait("PT1H")
    assert office.product.sms.texts_to("09121000002") == ["سپاس"]


HOSTILE = {
    "an entity": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "no diagram": "just words",
    "cut off": "<bpmn:definitions",
    "a foreign script": process(
        start(),
        script("s", "x = 1").replace('scriptFormat="ravand"', 'scriptFormat="python"'),
        end(),
        chain("start", "s", "end"),
    ),
    "python in an expression": process(
        start(), script("s", "x = ().__class__.__bases__"), end(), chain("start", "s", "end")
    ),
    "nobody to do it": one_step(by='<ravand:performer position="nobody.here"/>'),
    "an unknown form": one_step(asks("missing")),
    "an unknown channel": one_step(notify("pigeon", "= initiator.mobile", "news", "opened")),
    "an unknown word": one_step("<ravand:magic/>"),
}


@requirement("C02")
def test_a_hostile_upload_is_answered_with_a_sentence_and_nothing_is_stored(
    office: Office,
) -> None:
    def stored() -> tuple[int | None, ...]:
        with read_only() as session:
            tables = (Deployment, ProcessDefinition)
            return tuple(session.scalar(select(func.count()).select_from(t)) for t in tables)

    before = stored()
    for name, document in HOSTILE.items():
        page = office.upload(document, status=422)
        main = page.split("<main", 1)[1]
        assert 'name="upload"' not in main, name
        assert "root:" not in main, name
        assert re.search(r"rv-problem|rv-alert", main), name
    assert stored() == before


def test_somebody_elses_upload_cannot_be_deployed(office: Office) -> None:
    page = office.upload(one_step())
    token = re.search(r'name="upload" value="([^"]+)"', page)
    assert token is not None
    admin = office.desk("platform.admin")
    admin.get("/processes/upload")

    assert admin.send("/processes/deploy", {"upload": token[1]}).status_code == 404
    assert admin.send("/processes/deploy", {"upload": str(uuid4())}).status_code == 404
    assert admin.send("/processes/deploy", {"upload": "words"}).status_code in (404, 422)


def packed(names: dict[str, bytes]) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return box.getvalue()


def test_a_zip_that_climbs_out_or_swells_is_refused_and_so_is_no_zip(office: Office) -> None:
    designer = office.desk("platform.designer")
    designer.get("/processes/upload")
    diagram = one_step().encode()
    archives = {
        "climbs": packed({"p.bpmn": diagram, "../../climb.txt": b"x"}),
        "absolute": packed({"p.bpmn": diagram, "/etc/climb.txt": b"x"}),
        "swells": packed({"p.bpmn": diagram, "files/big.bin": bytes(9_000_000)}),
        "no zip": b"PK but nothing else",
        "empty": packed({}),
    }
    for name, data in archives.items():
        chosen = {"files": [(io.BytesIO(data), "bundle.zip", "application/zip")]}
        page = designer.post("/processes/upload", chosen, status=422)
        assert re.search(r"rv-problem|rv-alert", page.split("<main", 1)[1]), name


def test_markup_that_somebody_types_is_shown_and_never_run(office: Office) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    said = form("شرح", {"said": {"type": "string", "title": "شرح"}})
    told = notify("inbox", '= position("reception.head")', "news", "completed")
    office.deploy(
        one_step(asks("note") + told),
        **{"forms__note.json": said},
        **texts("news", "inbox", "خبر\n{said}"),
    )
    office.call(subject=hostile, caller_name=hostile)
    ticket_case = office.root
    office.begin("reception.clerk", "p")
    office.do("work", "reception.clerk", {"said": hostile})

    admin, clerk = office.desk("platform.admin"), office.desk("reception.clerk")
    pages = [
        *(office.case_page(tab) for tab in ("data", "forms", "work", "messages", "history")),
        *(admin.get(f"/instances/{ticket_case}?tab={tab}") for tab in ("data", "history")),
        *(admin.get(path) for path in ("/instances/", "/deliveries/", "/")),
        *(clerk.get(path) for path in ("/tickets", "/inbox", "/inbox/next", "/contacts")),
        office.desk("reception.head").get("/inbox?kind=reminder"),
    ]
    assert all("<img src=x" not in page for page in pages)
    assert sum("&lt;img src=x" in page for page in pages) >= 6
