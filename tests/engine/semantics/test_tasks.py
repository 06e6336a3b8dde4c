"""Every kind of task, flows that leave one without a gateway, and lanes."""

from engine.connectors import ConnectorCall, connectors
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from tests.engine.conftest import Play
from tests.engine.drawing import (
    chain,
    element,
    end,
    flow,
    machine,
    outcomes,
    process,
    script,
    start,
    user,
)
from tests.requirements import bpmn

MESSAGE = '<bpmn:message id="M" name="go"/>'
KEY = '<ravand:correlation key="= contract"/>'


def line(*steps: str, names: tuple[str, ...], head: str = "") -> str:
    """Steps one after the other."""
    flows = chain("start", *names, "end")
    return process(start(), *steps, end(), flows, head=head)


@bpmn("task.plain")
def test_a_plain_task_passes(play: Play) -> None:
    play.deploy(line(element("task", "note"), names=("note",)))

    assert play.trace(play.start()) == ["start", "note", "end"]


@bpmn("task.user")
def test_a_user_task_waits_for_its_person(play: Play) -> None:
    play.deploy(line(user("work", outcomes("yes", "no")), names=("work",)))
    root = play.start()
    assert play.trace(root) == ["start"]
    assert play.open(root) == ["work"]

    play.complete(root, "work", outcome="yes")

    assert play.trace(root) == ["start", "work", "end"]
    assert play.instance(root).variables == {"outcome": "yes", "outcomes": {"work": "yes"}}


@bpmn("task.manual")
def test_a_manual_task_passes_unless_somebody_is_named(play: Play) -> None:
    performer = '<ravand:performer position="reception.clerk"/>'
    steps = element("manualTask", "silent"), element("manualTask", "told", "", performer)
    play.deploy(line(*steps, names=("silent", "told")))
    root = play.start()
    assert play.trace(root) == ["start", "silent"]

    play.complete(root, "told")

    assert play.trace(root) == ["start", "silent", "told", "end"]


class Doubler:
    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        return {"twice": call.inputs["n"] * 2}


@bpmn("task.service.connector")
def test_a_service_task_runs_its_connector_in_a_job(play: Play) -> None:
    connectors.add("test.double", Doubler())
    maps = '<ravand:in source="amount" target="n"/><ravand:out source="twice" target="result"/>'
    play.deploy(line(machine("calc", "test.double", maps), names=("calc",)))
    root = play.start(amount=21)
    assert play.trace(root) == ["start"]

    play.run()

    assert play.trace(root) == ["start", "calc", "end"]
    assert play.instance(root).variables == {"amount": 21, "result": 42}


@bpmn("task.send", "task.receive")
def test_a_send_task_reaches_the_case_whose_receive_task_waits(play: Play) -> None:
    told = '<ravand:in source="price" target="offer"/>'
    play.deploy(
        line(
            element("sendTask", "tell", "", KEY + told, messageRef="M"),
            names=("tell",),
            head=MESSAGE,
        ),
        process(
            start("s"),
            element("receiveTask", "hear", "", KEY, messageRef="M"),
            end("e"),
            chain("s", "hear", "e"),
            key="other",
            head=MESSAGE,
        ),
    )
    waiting, stranger = play.start("other", contract="c1"), play.start("other", contract="c2")
    assert play.trace(waiting) == ["s"]

    sender = play.start(contract="c1", price=5)
    play.run()

    assert play.trace(sender) == ["start", "tell", "end"]
    assert play.trace(waiting) == ["s", "hear", "e"]
    assert play.instance(waiting).variables["offer"] == 5
    assert play.trace(stranger) == ["s"]


@bpmn("task.send")
def test_a_send_task_may_tell_people_instead(play: Play) -> None:
    tell = '<ravand:notify channel="inbox" to="= position(\'reception.head\')" template="late"/>'
    texts = {f"templates__late.inbox.{lang}.txt": b"late" for lang in ("fa", "en")}
    play.deploy(line(element("sendTask", "tell", "", tell), names=("tell",)), **texts)

    root = play.start()

    assert play.trace(root) == ["start", "tell", "end"]
    assert [one.element_id for one in play.happened(root, "notified")] == ["tell"]


@bpmn("task.script")
def test_a_script_task_assigns_in_order_and_all_or_nothing(play: Play) -> None:
    play.deploy(line(script("calc", "a = n + 1\nb = [a, 10 / n]"), names=("calc",)))

    done, stopped = play.start(n=2), play.start(n=0)

    assert play.trace(done) == ["start", "calc", "end"]
    assert play.instance(done).variables == {"n": 2, "a": 3, "b": [3, 5]}
    assert play.trace(stopped) == ["start", "!calc"]
    assert play.instance(stopped).variables == {"n": 0}


@bpmn("flow.fork")
def test_several_flows_out_of_an_activity_are_all_taken(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            script("a", "x = 1"),
            script("b", "y = 2"),
            element("parallelGateway", "join"),
            end(),
            chain("start", "work", "a", "join", "end"),
            chain("work", "b", "join"),
        )
    )
    root = play.start()

    play.complete(root, "work")

    assert play.trace(root) == ["start", "work", "a", "b", "join", "end"]
    assert play.instance(root).status == "completed"


@bpmn("flow.fork")
def test_without_a_join_each_branch_ends_by_itself(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("task", "fork"),
            user("a"),
            user("b"),
            user("c"),
            end(),
            chain("start", "fork", "a", "end"),
            chain("fork", "b", "end"),
            chain("fork", "c", "end"),
        )
    )
    root = play.start()

    for name in ("b", "a", "c"):
        assert play.instance(root).status == "running"
        play.complete(root, name)

    assert play.trace(root) == ["start", "fork", "b", "end", "a", "end", "c", "end"]
    assert play.instance(root).status == "completed"


@bpmn("flow.conditional")
def test_conditional_flows_need_no_gateway(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("userTask", "work", "", '<ravand:performer position="reception.clerk"/>',
                    default="work__c"),
            script("a", "x = 1"),
            script("b", "x = 2"),
            script("c", "x = 3"),
            end(),
            flow("work", "a", "= n &gt; 0"),
            flow("work", "b", "= n &gt; 1"),
            flow("work", "c"),
            chain("start", "work"),
            *(chain(name, "end") for name in "abc"),
        )
    )  # fmt: skip
    both, one, none = play.start(n=2), play.start(n=1), play.start(n=0)

    for root in (both, one, none):
        play.complete(root, "work")

    assert play.trace(both) == ["start", "work", "a", "b", "end", "end"]
    assert play.trace(one) == ["start", "work", "a", "end"]
    assert play.trace(none) == ["start", "work", "c", "end"]


@bpmn("flow.conditional")
def test_no_condition_and_no_default_stops_at_the_activity(play: Play) -> None:
    play.deploy(
        process(
            start(), script("calc", "m = n"), user("a"), end(),
            chain("start", "calc"), flow("calc", "a", "= n &gt; 0"), chain("a", "end"),
        )
    )  # fmt: skip
    root = play.start(n=0)
    [incident] = play.incidents(root)

    play.retry(incident.id, n=1)

    assert incident.code == "engine.no-way"
    assert play.trace(root) == ["start", "!calc", "calc"]
    assert play.open(root) == ["a"]


@bpmn("lanes")
def test_a_lane_gives_its_performer_to_tasks_that_name_none(play: Play) -> None:
    def lane(id: str, position: str, *nodes: str) -> str:
        inside = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
        return element("lane", id, inside, f'<ravand:performer position="{position}"/>')

    lanes = lane("l1", "finance.head", "a", "sub") + lane("l2", "reception.head", "b", "own")
    inner = start("in") + user("c", performer="") + end("out") + chain("in", "c", "out")
    play.deploy(
        process(
            f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>',
            start(),
            user("a", performer=""),
            user("b", performer=""),
            user("own", performer='<ravand:performer position="reception.clerk"/>'),
            element("subProcess", "sub", inner),
            end(),
            chain("start", "a", "b", "own", "sub", "end"),
        )
    )
    root = play.start()

    holders = []
    for step, by in (("a", "finance.head"), ("b", "reception.head"), ("own", "reception.clerk"),
                     ("c", "finance.head")):  # fmt: skip
        [item] = play.items(root)
        holders.append(item.principals)
        play.complete(root, step, by=by)

    assert play.trace(root) == ["start", "a", "b", "own", "in", "c", "out", "sub", "end"]
    assert [holder[0] for holder in holders] == [
        "position:finance.head", "position:reception.head", "position:reception.clerk",
        "position:finance.head",
    ]  # fmt: skip
