"""Two requests in the same instant: one wins, nothing is done twice, the case stays healthy."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from tests.product.visitor import Visitor
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import asks, form, one_step, text


def together(sends: "list[tuple[Visitor, str, dict[str, object]]]") -> list[int]:
    """Send all at the same instant; the statuses, sorted."""
    gate = Barrier(len(sends))

    def send(desk: Visitor, address: str, data: dict[str, object]) -> int:
        gate.wait(10)
        return desk.send(address, data).status_code

    with ThreadPoolExecutor(len(sends)) as pool:
        return sorted(pool.map(lambda one: send(*one), sends))


def offered(office: Office) -> None:
    """A step that lies in both clerks' inboxes."""
    note = form("شرح", {"said": text("شرح")})
    office.deploy(one_step(asks("note")), **{"forms__note.json": note})
    office.begin("s.azizi", "p")


@requirement("B07")
def test_two_colleagues_finish_the_same_step_in_the_same_instant(office: Office) -> None:
    offered(office)
    sends = []
    for who in ("s.azizi", "a.sadeghi"):
        sheet = office.open("work", who)
        sheet.fill({"said": who})
        sends.append((office.desk(who), sheet.action, sheet.data()))

    assert together(sends) == [302, 409]

    assert len(office.submissions("work")) == 1
    assert office.case.status == "completed"
    assert office.incidents() == []


def test_a_double_click_in_the_same_instant_is_one_submission_and_no_conflict(
    office: Office,
) -> None:
    offered(office)
    sheet = office.open("work", "s.azizi")
    sheet.fill({"said": "یک بار"})
    desk = office.desk("s.azizi")

    assert together([(desk, sheet.action, sheet.data())] * 3) == [302, 302, 302]

    assert len(office.submissions("work")) == 1
    assert office.case.status == "completed"


@requirement("C08")
def test_a_ticket_sent_three_times_in_the_same_instant_starts_one_case(office: Office) -> None:
    desk = office.desk("reception.clerk")
    desk.get("/tickets/new")
    typed: dict[str, object] = {
        "channel": "phone",
        "caller_name": "مینا صادقی",
        "mobile": "09121112233",
        "subject": "یک بار و نه بیشتر",
        "type_key": "intake",
        "request_id": str(uuid4()),
    }
    before = office.roots()

    assert together([(desk, "/tickets", typed)] * 3) == [302, 302, 302]

    assert len(office.roots() - before) == 1
    assert desk.get("/tickets").count("یک بار و نه بیشتر") == 1


def test_a_case_begun_twice_by_a_double_click_is_one_case(office: Office) -> None:
    desk = office.desk("subscribers.expert")
    desk.get("/start?process=leave_request")
    data: dict[str, object] = {"request_id": str(uuid4()), "start_event": "leave_wanted"}
    before = office.roots()

    assert together([(desk, "/start/leave_request", data)] * 3) == [302, 302, 302]

    assert len(office.roots() - before) == 1


def test_two_claim_the_same_step_in_the_same_instant(office: Office) -> None:
    offered(office)
    item = office.item("work").id
    sends = []
    for who in ("s.azizi", "a.sadeghi"):
        office.open("work", who)
        sends.append((office.desk(who), f"/items/{item}/claim", dict[str, object]()))

    assert together(sends) == [302, 409]

    assert office.item("work").status == "claimed"
