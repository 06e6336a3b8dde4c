"""Events: timers, messages, errors, escalations, races, and what they tell people."""

from datetime import datetime

from sqlalchemy import select

import engine
import engine.queries
from engine.connectors import BpmnError, ConnectorCall, connectors
from engine.tables import Timer
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only, unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    flow,
    outcomes,
    process,
    script,
    start,
    timer,
    user,
)

MESSAGE = '<bpmn:message id="M" name="go"/>'
ERROR = '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
ESCALATION = '<bpmn:escalation id="X" name="HIGH" escalationCode="HIGH"/>'
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'
HIGH = '<bpmn:escalationEventDefinition escalationRef="X"/>'
KEY = '<ravand:correlation key="= contract"/>'
TOLD = '<ravand:notify channel="inbox" to="= position(\'reception.head\')" template="late"/>'
LATE = {"templates__late.inbox.fa.txt": "دیر شد {instance.number}".encode()}
LATE["templates__late.inbox.en.txt"] = b"late {instance.number}"


def test_a_timer_that_does_not_interrupt_tells_once_and_leaves_the_work_open(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("late", "work", timer("duration", "PT24H"), TOLD, cancel=False),
            end(),
            end("told"),
            chain("start", "work", "end"),
            chain("late", "told"),
        ),
        **LATE,
    )
    root = play.start()

    play.move(hours=23)
    assert play.happened(root, "notified") == []
    play.move(hours=2)
    play.move(hours=48)

    assert [one.facts["template"] for one in play.happened(root, "notified")] == ["late"]
    assert play.open(root) == ["work"]
    play.complete(root, "work")
    assert play.instance(root).status == "completed"


def test_a_repeating_boundary_timer_fires_as_often_as_it_says(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("late", "work", timer("cycle", "R3/PT24H"), TOLD, cancel=False),
            end(),
            end("told"),
            chain("start", "work", "end"),
            chain("late", "told"),
        ),
        **LATE,
    )
    root = play.start()

    for _ in range(5):
        play.move(hours=24)

    assert len(play.happened(root, "notified")) == 3
    assert play.open(root) == ["work"]


def test_an_interrupting_timer_takes_the_work_away(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("late", "work", timer("duration", "= limit")),
            user("call"),
            end(),
            chain("start", "work", "end"),
            chain("late", "call", "end"),
        )
    )
    root = play.start(limit="PT2H")
    item = play.items(root)[0]

    play.move(hours=2)

    assert play.open(root) == ["call"]
    with read_only() as session:
        found = engine.queries.item(session, play.actor("management.ceo"), item.id)
    assert found.item.status == "cancelled"


def test_timers_die_with_the_work_they_watch(play: Play) -> None:
    limit = '<ravand:deadline duration="PT4H" clock="working"/>'
    play.deploy(
        process(
            start(),
            user("work", limit),
            boundary("late", "work", timer("duration", "PT24H")),
            end(),
            end("e2"),
            chain("start", "work", "end"),
            chain("late", "e2"),
        )
    )
    root = play.start()
    with read_only() as session:
        assert len(session.scalars(select(Timer)).all()) == 2

    play.complete(root, "work")

    with read_only() as session:
        assert session.scalars(select(Timer)).all() == []


def test_a_message_boundary_that_does_not_interrupt_hears_every_message(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("heard", "work", GO, KEY, cancel=False),
            script("count", "n = n + 1"),
            end(),
            end("e2"),
            chain("start", "work", "end"),
            chain("heard", "count", "e2"),
            head=MESSAGE,
        )
    )
    mine, other = play.start(contract="c1", n=0), play.start(contract="c2", n=0)

    for _ in range(3):
        assert play.message("go", "c1") == 1
    assert play.message("go", "nobody") == 0

    assert play.instance(mine).variables["n"] == 3
    assert play.instance(other).variables["n"] == 0
    assert play.open(mine) == ["work"]


def test_a_message_is_delivered_once_by_its_own_id(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("heard", "work", GO, KEY, cancel=False),
            script("count", "n = n + 1"),
            end(),
            end("e2"),
            chain("start", "work", "end"),
            chain("heard", "count", "e2"),
            head=MESSAGE,
        )
    )
    root = play.start(contract="c1", n=0)

    for expected in (1, 0):
        with unit_of_work() as uow:
            taken = engine.correlate(uow, "go", "c1", {}, by=SYSTEM, message_id="m-1")
        assert taken == expected

    assert play.instance(root).variables["n"] == 1


def test_an_sms_answer_is_matched_by_phone_and_digit(play: Play) -> None:
    def reply(digit: str) -> str:
        return f'<ravand:correlation key="= mobile" match="{digit}"/>'

    play.deploy(
        process(
            start(),
            user("opinion"),
            boundary("yes", "opinion", GO, reply("1")),
            boundary("no", "opinion", GO, reply("2")),
            user("contract"),
            user("again"),
            end(),
            chain("start", "opinion", "end"),
            chain("yes", "contract", "end"),
            chain("no", "again", "end"),
            head='<bpmn:message id="M" name="sms.reply"/>',
        )
    )
    root = play.start(mobile="0912 111 2233")

    assert play.message("sms.reply", "+989121112233", text="سلام") == 0
    assert play.message("sms.reply", "۰۹۱۲۱۱۱۲۲۳۳", text="۲ ") == 1

    assert play.open(root) == ["again"]


def test_the_first_event_behind_an_event_gateway_wins(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("eventBasedGateway", "race"),
            element("intermediateCatchEvent", "heard", GO, KEY),
            element("intermediateCatchEvent", "short", timer("duration", "PT1H")),
            element("intermediateCatchEvent", "long", timer("duration", "PT5H")),
            user("a"),
            user("b"),
            user("c"),
            end(),
            chain("start", "race", "heard", "a", "end"),
            chain("race", "short", "b", "end"),
            chain("race", "long", "c", "end"),
            head=MESSAGE,
        )
    )
    spoken, silent = play.start(contract="c1"), play.start(contract="c2")

    play.message("go", "c1")
    play.move(hours=6)

    assert play.open(spoken) == ["a"]
    assert play.open(silent) == ["b"]


def test_an_error_interrupts_only_the_subprocess_it_happened_in(play: Play) -> None:
    def sub(number: int) -> str:
        inner = (
            start(f"s{number}")
            + user(f"u{number}", outcomes("ok", "bad"))
            + element("exclusiveGateway", f"g{number}", default=f"g{number}__o{number}")
            + end(f"o{number}")
            + end(f"x{number}", BAD)
            + chain(f"s{number}", f"u{number}", f"g{number}", f"o{number}")
            + flow(f"g{number}", f"x{number}", '= outcome = "bad"')
        )
        return element("subProcess", f"sub{number}", inner)

    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            sub(1),
            sub(2),
            boundary("b1", "sub1", BAD),
            boundary("b2", "sub2", BAD),
            user("h1"),
            user("h2"),
            end("e1"),
            end("e2"),
            chain("start", "fork", "sub1", "e1"),
            chain("fork", "sub2", "e2"),
            chain("b1", "h1", "e1"),
            chain("b2", "h2", "e2"),
            head=ERROR,
        )
    )
    root = play.start()

    play.complete(root, "u1", outcome="bad")

    assert play.open(root) == ["h1", "u2"]
    assert play.instance(root).variables["error"]["code"] == "BAD"


def test_an_uncaught_error_is_an_incident_and_the_flow_does_not_go_on(play: Play) -> None:
    play.deploy(
        process(start(), user("a"), end("bad", BAD), chain("start", "a", "bad"), head=ERROR)
    )
    root = play.start()

    play.complete(root, "a")

    assert play.instance(root).status == "running"
    assert [one.element_id for one in play.incidents(root)] == ["bad"]


def test_an_escalation_from_a_called_process_reaches_its_caller_and_interrupts_nothing(
    play: Play,
) -> None:
    child = process(
        start(),
        element("intermediateThrowEvent", "tell", HIGH),
        user("work"),
        end(),
        chain("start", "tell", "work", "end"),
        key="child",
        head=ESCALATION,
    )
    parent = process(
        start(),
        element("callActivity", "call", called="child"),
        boundary("told", "call", HIGH, cancel=False),
        user("boss"),
        end(),
        end("e2"),
        chain("start", "call", "end"),
        chain("told", "boss", "e2"),
        head=ESCALATION,
    )
    play.deploy(child, parent)

    root = play.start()

    assert play.open(root) == ["boss", "work"]


def test_a_link_goes_on_at_its_catch(play: Play) -> None:
    link = '<bpmn:linkEventDefinition name="L"/>'
    play.deploy(
        process(
            start(),
            element("intermediateThrowEvent", "jump", link),
            element("intermediateCatchEvent", "land", link),
            user("a"),
            end(),
            chain("start", "jump"),
            chain("land", "a", "end"),
        )
    )

    assert play.open(play.start()) == ["a"]


def test_a_signal_end_reaches_everybody_who_waits(play: Play) -> None:
    signal = '<bpmn:signal id="S" name="stop"/>'
    event = '<bpmn:signalEventDefinition signalRef="S"/>'
    waits = process(
        start(),
        element("intermediateCatchEvent", "wait", event),
        user("a"),
        end(),
        chain("start", "wait", "a", "end"),
        key="waits",
        head=signal,
    )
    says = process(start(), end("end", event), chain("start", "end"), key="says", head=signal)
    play.deploy(waits, says)
    first, second = play.start("waits"), play.start("waits")

    play.start("says")
    play.run()

    assert play.open(first) == play.open(second) == ["a"]


def test_a_thrown_message_reaches_another_case_and_a_process_that_starts_with_it(
    play: Play,
) -> None:
    throws = process(
        start(),
        element(
            "intermediateThrowEvent",
            "say",
            GO,
            '<ravand:correlation key="= contract"/><ravand:in target="sum" expression="= 1 + 1"/>',
        ),
        end(),
        chain("start", "say", "end"),
        key="throws",
        head=MESSAGE,
    )
    begins = process(
        start("begun", GO), user("a"), end(), chain("begun", "a", "end"), key="begins", head=MESSAGE
    )
    play.deploy(throws, begins)

    play.start("throws", contract="c9")
    play.run()

    with read_only() as session:
        rows = engine.queries.instances(
            session, play.actor("management.ceo"), definition_key="begins"
        )
        view = engine.queries.instance(session, play.actor("management.ceo"), rows[0].id)
    assert view.variables["sum"] == 2
    assert view.instance.business_key == "c9"


def test_a_cycle_without_a_pause_is_an_incident_and_not_endless_work(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("late", "work", timer("cycle", '= "R/PT" + string(n) + "S"'), cancel=False),
            end(),
            end("told"),
            chain("start", "work", "end"),
            chain("late", "told"),
        )
    )
    root = play.start(n=0)
    assert len(play.happened(root, "incident")) == 1


def test_a_message_whose_key_came_out_empty_reaches_nobodys_case(play: Play) -> None:
    waits = process(
        start(),
        user("work"),
        boundary("heard", "work", GO, KEY),
        end(),
        end("e2"),
        chain("start", "work", "end"),
        chain("heard", "e2"),
        key="waits",
        head=MESSAGE,
    )
    throws = process(
        start(),
        element("intermediateThrowEvent", "say", GO, KEY),
        end(),
        chain("start", "say", "end"),
        key="throws",
        head=MESSAGE,
    )
    play.deploy(waits, throws)
    root = play.start("waits", contract="c1")

    play.start("throws", contract=None)
    play.run()

    assert play.open(root) == ["work"]


def test_a_message_that_nobody_waits_for_is_no_accident(play: Play) -> None:
    assert play.message("nothing", "x", text="1") == 0


def test_an_event_subprocess_that_interrupts_ends_everything_else(play: Play) -> None:
    handler = element(
        "subProcess",
        "handler",
        element("startEvent", "asked", GO, KEY, isInterrupting="true")
        + user("settle")
        + end("settled")
        + chain("asked", "settle", "settled"),
        triggeredByEvent="true",
    )
    play.deploy(
        process(start(), user("a"), end(), handler, chain("start", "a", "end"), head=MESSAGE)
    )
    root = play.start(contract="c1")

    play.message("go", "c1")

    assert play.open(root) == ["settle"]
    play.complete(root, "settle")
    assert play.instance(root).status == "completed"


def test_an_event_subprocess_takes_an_error_before_the_boundary_of_its_scope(play: Play) -> None:
    handler = element(
        "subProcess",
        "handler",
        element("startEvent", "failed", BAD, isInterrupting="true")
        + user("mend")
        + end("mended")
        + chain("failed", "mend", "mended"),
        triggeredByEvent="true",
    )
    inner = (
        start("in")
        + element("parallelGateway", "fork")
        + user("x")
        + user("y")
        + end("bad", BAD)
        + end("out")
        + handler
        + chain("in", "fork", "x", "bad")
        + chain("fork", "y", "out")
    )
    play.deploy(
        process(
            start(),
            element("subProcess", "sub", inner),
            boundary("outside", "sub", BAD),
            user("after"),
            user("never"),
            end(),
            chain("start", "sub", "after", "end"),
            chain("outside", "never", "end"),
            head=ERROR,
        )
    )
    root = play.start()

    play.complete(root, "x")
    assert play.open(root) == ["mend"]
    play.complete(root, "mend")

    assert play.open(root) == ["after"]


def test_a_signal_starts_what_begins_with_it(play: Play) -> None:
    signal = '<bpmn:signal id="S" name="new-year"/>'
    event = '<bpmn:signalEventDefinition signalRef="S"/>'
    flows = chain("begun", "a", "end")
    play.deploy(process(start("begun", event), user("a"), end(), flows, head=signal))

    with unit_of_work() as uow:
        assert engine.broadcast(uow, "new-year", {"year": 1406}, by=SYSTEM) == 1
    play.run()

    with read_only() as session:
        [row] = engine.queries.instances(session, play.actor("management.ceo"))
    assert play.open(row.id) == ["a"]


def test_times_are_counted_on_the_working_clock_when_asked(play: Play) -> None:
    working = timer("duration", "PT4H").replace(
        "<bpmn:timerEventDefinition>", '<bpmn:timerEventDefinition ravand:clock="working">'
    )
    play.deploy(
        process(
            start(),
            element("intermediateCatchEvent", "wait", working),
            user("a"),
            end(),
            chain("start", "wait", "a", "end"),
        )
    )
    play.clock.move(hours=5)  # 14:00 of a day that ends at 16:00
    play.start()

    with read_only() as session:
        due = session.scalars(select(Timer.due_at)).one()
    assert due == datetime.fromisoformat("2026-11-23T10:00:00+03:30")


class Refuses:
    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        raise BpmnError("BAD", "no", variables={"seen": call.inputs["x"]})


def test_a_connectors_business_error_takes_its_boundary(play: Play) -> None:
    connectors.add("test.refuses", Refuses())
    task = element(
        "serviceTask",
        "ask",
        "",
        '<ravand:connector type="test.refuses"><ravand:in target="x" expression="= 7"/>'
        "</ravand:connector>",
    )
    play.deploy(
        process(
            start(),
            task,
            boundary("refused", "ask", BAD),
            user("mend"),
            end(),
            chain("start", "ask", "end"),
            chain("refused", "mend", "end"),
            head=ERROR,
        )
    )
    root = play.start()

    play.run()

    assert play.open(root) == ["mend"]
    assert play.instance(root).variables["seen"] == 7
