"""Processes over HTTP: upload and check, save as a draft, release, retire."""

import html
import json
import re
import zipfile
from io import BytesIO

from sqlalchemy import select

import engine
from engine import queries
from engine.tables import ProcessDefinition
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine import drawing
from tests.engine.bpmn.drawing import document
from tests.engine.preflight.test_questions import DRAWN_BY_HAND
from tests.hand_drawn import upload_by_hand
from tests.product.fixtures import Product
from tests.product.visitor import Visitor
from tests.requirements import requirement
from tests.rich_case import rich_bundle
from tests.web.bundles import KEY, files, model
from web import waiting_uploads

DESIGNER = "platform.designer"


def upload(visitor: Visitor, given: list[tuple[str, bytes]], *, status: int = 200) -> str:
    """Send files to the check and read its report."""
    visitor.get("/processes/upload")
    chosen = [(BytesIO(data), name) for name, data in given]
    return visitor.post("/processes/upload", {"files": chosen}, status=status)


def keep(visitor: Visitor) -> str:
    """Save the checked upload as a draft."""
    token = re.search(r'name="upload" value="([^"]+)"', visitor.page)
    assert token is not None
    return visitor.post("/processes/deploy", {"upload": token[1]})


def stored() -> list[str]:
    with read_only() as session:
        found = select(ProcessDefinition.key).where(ProcessDefinition.key == KEY)
        return list(session.scalars(found))


@requirement("A13", "C01")
def test_an_upload_lists_its_steps_before_anything_is_stored(product: Product) -> None:
    page = upload(product.visitor(DESIGNER), files())
    assert "ثبت هزینه" in page
    assert "پذیرش و مرکز تماس" in page  # the unit
    assert "کارشناس پذیرش" in page  # the position
    assert "۴ ساعت کاری" in page  # the limit
    assert "پذیرفته" in page  # an outcome
    assert stored() == []


@requirement("C01", "E16")
def test_a_designer_brings_a_process_from_files_to_release(product: Product) -> None:
    designer = product.visitor(DESIGNER)
    upload(designer, files())
    assert "پیش‌نویس" in keep(designer)
    page = designer.post(f"/processes/{KEY}/1/release")
    assert "منتشر کرد" in page  # the log of the version says who
    assert "آرزو مهرابی" in page
    clerk = product.visitor("reception.clerk")
    assert "برآورد هزینهٔ روزانه" in clerk.get("/start")


@requirement("C01")
def test_a_folder_comes_as_one_zip(product: Product) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files():
            folder = {"json": "forms/", "txt": "templates/"}.get(name.rpartition(".")[2], "")
            archive.writestr(f"daily_cost/{folder}{name}", data)
    assert "ثبت هزینه" in upload(product.visitor(DESIGNER), [("all.zip", packed.getvalue())])


@requirement("E01", "A13")
def test_a_process_that_names_an_unknown_post_is_refused_at_its_element(product: Product) -> None:
    wrong = model().replace("reception.clerk", "reception.nobody")
    given = [(f"{KEY}.bpmn", wrong.encode()), *files()[1:]]
    page = upload(product.visitor(DESIGNER), given, status=422)
    assert "reception.nobody" in page
    assert "ثبت هزینه" in page
    assert 'name="upload"' not in page
    assert stored() == []


def test_broken_files_are_answered_with_problems(product: Product) -> None:
    designer = product.visitor(DESIGNER)
    for name, data in (
        ("x.bpmn", b"<not xml"),
        ("x.zip", b"PK not really"),
        ("x.exe", b"MZ"),
        ("x.bpmn", b""),
    ):
        upload(designer, [(name, data)], status=422)
    upload(designer, [], status=422)


@requirement("A19")
def test_a_draft_is_started_by_nobody_and_release_needs_a_permission(product: Product) -> None:
    designer, clerk = product.visitor(DESIGNER), product.visitor("reception.clerk")
    upload(designer, files())
    keep(designer)
    assert "برآورد هزینهٔ روزانه" not in clerk.get("/start")
    clerk.post(f"/processes/{KEY}/1/release", status=403)
    with read_only() as session:
        assert queries.versions(session, KEY)[0].state == "draft"


@requirement("A19")
def test_a_retired_version_is_started_by_nobody(product: Product) -> None:
    designer, clerk = product.visitor(DESIGNER), product.visitor("reception.clerk")
    upload(designer, files())
    keep(designer)
    designer.post(f"/processes/{KEY}/1/release")
    page = designer.post(f"/processes/{KEY}/1/retire")
    assert "بازنشسته کرد" in page
    assert "برآورد هزینهٔ روزانه" not in clerk.get("/start")


def test_a_version_beyond_every_number_is_not_found(product: Product) -> None:
    designer = product.visitor(DESIGNER)
    upload(designer, files())
    keep(designer)
    designer.get(f"/processes/{KEY}/{2**70}", status=404)
    designer.post(f"/processes/{KEY}/{2**70}/release", status=404)


def test_somebody_elses_upload_cannot_be_saved(product: Product) -> None:
    designer, admin = product.visitor(DESIGNER), product.visitor("platform.admin")
    page = upload(designer, files())
    token = re.search(r'name="upload" value="([^"]+)"', page)
    assert token is not None
    admin.get("/processes/upload")
    admin.post("/processes/deploy", {"upload": token[1]}, status=404)
    admin.post("/processes/deploy", {"upload": "nonsense"}, status=404)


@requirement("E10", "A13")
def test_a_version_shows_its_diagram_and_steps(product: Product) -> None:
    visitor = product.visitor("reception.clerk")
    page = visitor.get("/processes/leave_request")
    assert "bpmn-viewer" in page
    answer = visitor.client.get("/processes/leave_request/1/diagram.bpmn")
    assert b"bpmn" in answer.data
    assert "attachment" in answer.headers["Content-Disposition"]
    visitor.get("/processes/nothing-here", status=404)
    visitor.get("/processes/leave_request/99", status=404)


def drawn_by_hand() -> list[tuple[str, bytes]]:
    """A diagram that says neither who, nor when, nor which way, and calls nothing unknown."""
    return [("drawn.bpmn", document(DRAWN_BY_HAND.replace("callActivity", "task"), key="drawn"))]


def where(visitor: Visitor) -> str:
    """The address that the answers of the shown upload go to."""
    found = re.search(r'href="(/processes/upload/[^"]+)/files.zip"', visitor.page)
    assert found is not None
    return found[1]


@requirement("C01", "E16")
def test_a_drawing_by_hand_is_asked_about_and_released(product: Product) -> None:
    designer = product.visitor(DESIGNER)
    page = upload(designer, drawn_by_hand(), status=422)
    assert "پذیرش همهٔ پیشنهادها" in page
    assert 'value="P2D"' in page  # «پس از ۲ روز»
    assert 'name="upload"' not in page
    address = where(designer)
    page = designer.post(address, {"all": "1"})
    assert 'name="upload"' in page  # nothing is open any more
    address = where(designer)  # what may still be settled
    packed = designer.client.get(f"{address}/files.zip")
    with zipfile.ZipFile(BytesIO(packed.data)) as archive:
        assert b"<timeDuration>P2D</timeDuration>" in archive.read("drawn.bpmn")
    keep(designer)
    designer.post("/processes/drawn/1/release")
    assert "آزمایش" in designer.get("/processes")


@requirement("C01")
def test_nothing_typed_is_lost_when_an_answer_is_refused(product: Product) -> None:
    designer = product.visitor(DESIGNER)
    upload(designer, drawn_by_hand(), status=422)
    timer, way = "timer.missing:drawn.bpmn:wait", "flow.no-condition:drawn.bpmn:yes"
    typed = {
        f"choice:{timer}": "duration",
        f"text:{timer}:duration": "two days",
        f"choice:{way}": "condition",
        f"text:{way}:condition": "= amount > 70",
    }
    address = where(designer)
    page = designer.post(address, typed, status=422)
    assert "two days" in page
    assert "= amount &gt; 70" in page
    assert "یک مدت درست نیست" in page
    page = designer.post(address, {**typed, f"text:{timer}:duration": "P3D"})
    assert "timer.missing:" not in page
    assert f'name="choice:{way}"' not in page
    assert "task.nobody:" in page  # what was not answered is asked again
    assert stored() == []


def test_an_upload_waits_for_its_own_person_only_a_day_and_only_a_few(product: Product) -> None:
    designer, admin = product.visitor(DESIGNER), product.visitor("platform.admin")
    upload(designer, drawn_by_hand(), status=422)
    first = where(designer)
    assert "timer.missing:" in designer.get(first)
    admin.get(first, status=404)
    admin.get(f"{first}/files.zip", status=404)
    drawing = designer.client.get(f"{first}/diagram.bpmn?file=drawn.bpmn")
    assert b"definitions" in drawing.data
    assert "sandbox" in drawing.headers["Content-Security-Policy"]
    designer.get(f"{first}/diagram.bpmn?file=other.bpmn", status=404)
    for _ in range(waiting_uploads.MOST):
        product.clock.move(minutes=1)
        upload(designer, drawn_by_hand(), status=422)
    last = where(designer)
    designer.get(first, status=404)
    assert "timer.missing:" in designer.get(last)
    product.clock.move(hours=25)
    product.visitor(DESIGNER).get(last, status=404)


@requirement("A19")
def test_a_released_version_says_when_its_next_case_begins_by_itself(product: Product) -> None:
    timed = drawing.process(
        drawing.start("begun", drawing.timer("cycle", "0 8 * * *")),
        drawing.end(),
        drawing.chain("begun", "end"),
        key="nightly",
    )
    with unit_of_work() as uow:
        engine.deploy(uow, drawing.bundle(timed), by=SYSTEM)
    designer = product.visitor(DESIGNER)
    assert "خودبه‌خود آغاز" not in designer.get("/processes/nightly/1")

    with unit_of_work() as uow:
        engine.release(uow, "nightly", by=SYSTEM)

    assert "پرونده بعدی خودبه‌خود آغاز می‌شود" in designer.get("/processes/nightly/1")


def test_the_decisions_of_a_process_are_read_as_tables(product: Product) -> None:
    with unit_of_work() as uow:
        engine.deploy(uow, rich_bundle(), by=SYSTEM)

    page = product.visitor(DESIGNER).get("/processes/home_care/1")

    assert "تصمیم: نرخ مراقبت" in page
    assert "حداکثر یک ردیف برقرار می‌شود." in page
    assert "در گام تعیین نرخ" in page
    assert "&lt;= 12" in page
    assert "هر چه باشد" in page  # a cell that asks nothing
    assert "lab-result" in page  # what workers outside fetch


@requirement("C01", "E16")
def test_a_drawing_by_hand_is_asked_about_marked_and_saved_after_its_answers(
    product: Product,
) -> None:
    designer = upload_by_hand(product.app)
    assert "۶ پرسش دربارهٔ نقشه" in designer.page
    states = re.search(r'data-states="([^"]*)"', designer.page)
    assert states is not None
    marks = json.loads(html.unescape(states[1]))
    assert {"yes", "no", "wait"} <= set(marks)  # flows carry their numbers, too
    assert "\u2068Order parts\u2069" in designer.page  # a name keeps its own direction
    action = re.search(r'action="(/processes/upload/[^"]+)"', designer.page)
    assert action is not None

    page = designer.post(action[1], {"all": "1"})

    assert "۶ پاسخ در فایل‌ها نوشته شد" in page
    assert "پیش‌نویس" in keep(designer)
    designer.get("/processes/purchase/1")
