"""Gateways, messages between steps, several start points."""

import pytest

from tests.engine.drawing import chain, element, end, flow, outcomes, process, start, user
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import asks, form, number

CLERK = "reception.clerk"
MESSAGE = '<bpmn:message id="m" name="Ready"/>'
WAITS = '<bpmn:messageEventDefinition messageRef="m"/>'
KEY = '<ravand:correlation key="= instance.number"/>'


@requirement("A18", "E05")
@pytest.mark.parametrize(("chosen", "then"), [("yes", "celebrate"), ("no", "mourn")])
def test_an_exclusive_gateway_takes_the_one_way_that_the_outcome_says(
    office: Office, chosen: str, then: str
) -> None:
    office.deploy(
        process(
            start(),
            user("ask", outcomes("yes", "no")),
            element("exclusiveGateway", "which", default="which__mourn"),
            user("celebrate"),
            user("mourn"),
            end(),
            chain("start", "ask", "which", "mourn", "end"),
            flow("which", "celebrate", '= outcomes.ask = "yes"'),
            chain("celebrate", "end"),
        )
    )
    office.begin(CLERK, "p")

    office.do("ask", CLERK, {}, chosen)

    assert office.open_tasks() == [then]


@requirement("A18")
def test_a_parallel_gateway_opens_both_ways_and_waits_for_both(office: Office) -> None:
    office.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            user("left"),
            user("right"),
            element("parallelGateway", "join"),
            user("after"),
            end(),
            chain("start", "fork", "left", "join", "after", "end"),
            chain("fork", "right", "join"),
        )
    )
    office.begin(CLERK, "p")
    assert sorted(office.open_tasks()) == ["left", "right"]

    office.do("right", CLERK)
    assert office.open_tasks() == ["left"]
    office.do("left", CLERK)

    assert office.open_tasks() == ["after"]


@requirement("A18")
@pytest.mark.parametrize(
    ("amount", "opened"),
    [(50, ["plain"]), (500, ["check"]), (5000, ["audit", "check"])],
)
def test_an_inclusive_gateway_takes_every_way_that_holds_and_waits_for_those(
    office: Office, amount: int, opened: list[str]
) -> None:
    asked = form("مبلغ", {"amount": number("مبلغ")}, required=("amount",))
    office.deploy(
        process(
            start(),
            user("ask", asks("money")),
            element("inclusiveGateway", "split", default="split__plain"),
            user("check"),
            user("audit"),
            user("plain"),
            element("inclusiveGateway", "merge"),
            user("after"),
            end(),
            chain("start", "ask", "split", "plain", "merge", "after", "end"),
            flow("split", "check", "= amount &gt; 100"),
            flow("split", "audit", "= amount &gt; 1000"),
            chain("check", "merge"),
            chain("audit", "merge"),
        ),
        **{"forms__money.json": asked},
    )
    office.begin(CLERK, "p")
    office.do("ask", CLERK, {"amount": amount})
    assert sorted(office.open_tasks()) == opened

    for task in opened:
        assert "after" not in office.open_tasks()
        office.do(task, CLERK)

    assert office.open_tasks() == ["after"]


@requirement("A18")
def test_a_message_of_one_step_wakes_the_step_that_waits_for_it(office: Office) -> None:
    office.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            user("prepare"),
            element("intermediateThrowEvent", "tell", WAITS, KEY),
            element("intermediateCatchEvent", "wait", WAITS, KEY),
            user("use"),
            element("parallelGateway", "join"),
            end(),
            chain("start", "fork", "prepare", "tell", "join", "end"),
            chain("fork", "wait", "use", "join"),
            head=MESSAGE,
        )
    )
    office.begin(CLERK, "p")
    other = office.root
    office.begin(CLERK, "p")
    assert office.open_tasks() == ["prepare"]

    office.do("prepare", CLERK)

    assert office.open_tasks() == ["use"]
    office.root = other
    assert office.open_tasks() == ["prepare"]


def two_starts() -> str:
    return process(
        start("by_phone"),
        start("by_letter"),
        user("write_down"),
        user("open_letter"),
        end(),
        chain("by_phone", "write_down", "end"),
        chain("by_letter", "open_letter", "end"),
    )


@requirement("A20")
@pytest.mark.parametrize(
    ("event", "first"), [("by_phone", "write_down"), ("by_letter", "open_letter")]
)
def test_the_user_picks_at_which_of_several_starts_the_case_begins(
    office: Office, event: str, first: str
) -> None:
    office.deploy(two_starts())
    page = office.desk(CLERK).get("/start?process=p")
    assert "by_phone" in page
    assert "by_letter" in page

    office.begin(CLERK, "p", at=event)

    assert office.open_tasks() == [first]
    assert office.case.start_event == event


@requirement("A20")
def test_a_start_that_the_diagram_does_not_have_is_refused(office: Office) -> None:
    office.deploy(two_starts())
    clerk = office.desk(CLERK)
    clerk.get("/start?process=p")

    answer = clerk.send("/start/p", {"start_event": "by_pigeon"})

    assert answer.status_code in (404, 422)


@requirement("A20")
def test_the_command_line_picks_a_start_too(office: Office) -> None:
    office.deploy(two_starts())
    before = office.roots()

    office.command("start", "p", "--event", "by_letter")

    [root] = office.roots() - before
    office.root = root
    assert office.open_tasks() == ["open_letter"]
