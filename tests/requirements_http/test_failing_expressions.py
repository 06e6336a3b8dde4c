"""An expression that fails in a running case: the case stops there and says where and at what."""

import pytest

from tests.engine.drawing import boundary, chain, element, end, flow, process, start, timer, user
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import (
    asks,
    form,
    limit,
    notify,
    number,
    performer,
    text,
    texts,
)

COST = form("هزینه", {"total": number("هزینه"), "days": number("روزها"), "who": text("که")})
BAD = "total / days"
HOURS = f'duration("PT" + string({BAD}) + "H")'


def around(*parts: str, then: str = "after") -> str:
    """A step that asks, what comes behind it, a step after that."""
    return process(start(), user("ask", asks("cost")), *parts, end(), chain("start", "ask", then))


SLOTS = {
    "a condition": (
        around(
            element("exclusiveGateway", "which", default="which__end"),
            user("after"),
            chain("which", "end"),
            flow("which", "after", f"= {BAD} &gt; 1"),
            chain("after", "end"),
            then="which",
        ),
        "which",
    ),
    "a performer": (
        around(
            user("after", performer=performer(expression="= person(who)")), chain("after", "end")
        ),
        "after",
    ),
    "a limit": (
        around(
            user("after", limit(f'= duration("PT" + string({BAD}) + "H")')), chain("after", "end")
        ),
        "after",
    ),
    "a timer": (
        around(
            user("after"),
            boundary("alarm", "after", timer("duration", f"= {HOURS}")),
            chain("after", "end"),
            chain("alarm", "end"),
        ),
        "after",  # the step is not opened without its alarm
    ),
    "a receiver": (
        around(user("after", notify("sms", f"= {BAD}", "news", "opened")), chain("after", "end")),
        "after",
    ),
    "a text": (
        around(
            user("after", notify("sms", '= position("reception.head")', "share", "opened")),
            chain("after", "end"),
        ),
        "after",
    ),
    "a script": (
        around(
            element(
                "scriptTask",
                "share",
                f"<bpmn:script>x = {BAD}</bpmn:script>",
                scriptFormat="ravand",
            ),
            user("after"),
            chain("share", "after", "end"),
            then="share",
        ),
        "share",
    ),
    "an input": (
        around(
            element(
                "serviceTask",
                "line",
                "",
                '<ravand:connector type="crm.log">'
                f'<ravand:in target="text" expression="= {BAD}"/></ravand:connector>',
            ),
            user("after"),
            chain("line", "after", "end"),
            then="line",
        ),
        "line",
    ),
}


GOES_ON = {"a receiver", "a text"}  # nobody was told, but the work is there


def failed(office: Office, slot: str) -> tuple[str, str]:
    """A case in which the slot's expression fails; where it stopped, and at which incident."""
    document, place = SLOTS[slot]
    office.deploy(
        document,
        **{"forms__cost.json": COST},
        **texts("news", "sms", "خبر"),
        **texts("share", "sms", "{" + BAD + "}"),
    )
    office.begin("reception.clerk", "p")
    office.do("ask", "reception.clerk", {"total": 9, "days": 0, "who": "nobody"})
    [incident] = office.incidents()
    return place, f"/instances/{office.root}/incidents/{incident.id}/retry"


@pytest.mark.parametrize("slot", SLOTS)
def test_it_stops_at_its_element_and_names_the_expression(office: Office, slot: str) -> None:
    place, _retry = failed(office, slot)

    [incident] = office.incidents()
    page = office.case_page()
    assert office.case.status == "running"
    assert incident.element_id == place
    assert (f"پیامی از «{place}»" if slot == "a text" else f"«{place}» ایستاد") in page
    assert ("person(who)" if slot == "a performer" else BAD) in page
    assert office.open_tasks() == (["after"] if slot in GOES_ON else [])


@pytest.mark.parametrize("slot", sorted(SLOTS.keys() - GOES_ON))
def test_the_operator_sets_the_value_right_and_the_case_goes_on(office: Office, slot: str) -> None:
    _place, retry = failed(office, slot)
    mended = {"value.who": "n.karimi"} if slot == "a performer" else {"value.days": "۳"}

    office.desk("platform.admin").post(retry, mended)

    office.settle()
    assert office.incidents() == [], [one.message for one in office.incidents()]
    assert office.open_tasks() == ["after"]
