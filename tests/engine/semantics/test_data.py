"""Data objects, properties and data associations."""

from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, process, script, start, user
from tests.requirements import bpmn


def io(direction: str, source: str, target: str, rule: str = "") -> str:
    """A data association."""
    tag = {"in": "dataInputAssociation", "out": "dataOutputAssociation"}[direction]
    given = f"<bpmn:sourceRef>{source}</bpmn:sourceRef>" if source else ""
    rule = f"<bpmn:transformation>{rule}</bpmn:transformation>" if rule else ""
    return f"<bpmn:{tag}>{given}<bpmn:targetRef>{target}</bpmn:targetRef>{rule}</bpmn:{tag}>"


def calc(id: str, text: str, *inside: str) -> str:
    return element(
        "scriptTask", id, "".join(inside) + f"<bpmn:script>{text}</bpmn:script>",
        scriptFormat="ravand",
    )  # fmt: skip


@bpmn("data.object")
def test_a_data_object_of_a_subprocess_is_its_own(play: Play) -> None:
    inside = '<bpmn:dataObject id="d_sum" name="total" ravand:value="= 10"/>'
    inside += start("in") + script("add", "total = total + 1\nseen = total") + end("out")
    inside += chain("in", "add", "out")
    play.deploy(
        process(
            '<bpmn:dataObject id="d_total" name="total" ravand:value="= 1"/>'
            '<bpmn:property id="p1" name="list" ravand:value="= [1, 2]"/>'
            '<bpmn:dataObject id="plain"/>',
            start(),
            element("subProcess", "sub", inside),
            script("after", "total = total + 100"),
            end(),
            chain("start", "sub", "after", "end"),
        )
    )
    root, given = play.start(), play.start(total=5)

    assert play.trace(root) == ["start", "in", "add", "out", "sub", "after", "end"]
    own = {"list": [1, 2], "plain": None, "seen": 11}
    assert play.instance(root).variables == {"total": 101, **own}
    assert play.instance(given).variables == {"total": 105, **own}


@bpmn("data.association")
def test_associations_bring_values_in_and_out(play: Play) -> None:
    spec = (
        '<bpmn:ioSpecification><bpmn:dataInput id="i1" name="price"/>'
        '<bpmn:dataOutput id="o1" name="gross"/></bpmn:ioSpecification>'
    )
    moves = io("in", "order_ref", "i1", "= order.price") + io("out", "o1", "result")
    play.deploy(
        process(
            '<bpmn:dataObject id="order_1"/><bpmn:dataObject id="result"/>'
            '<bpmn:dataObjectReference id="order_ref" name="order" dataObjectRef="order_1"/>',
            start(),
            calc("calc", "gross = price * 2", spec, moves),
            end(),
            chain("start", "calc", "end"),
        )
    )

    root = play.start(order={"price": 21})

    assert play.trace(root) == ["start", "calc", "end"]
    variables = play.instance(root).variables
    assert (variables["result"], variables["order"]) == (42, {"price": 21})
    assert "price" not in variables  # it was the activity's own


@bpmn("data.association")
def test_assignments_work_and_a_data_store_stays_drawing(play: Play) -> None:
    assign = (
        "<bpmn:dataOutputAssociation><bpmn:targetRef>done</bpmn:targetRef><bpmn:assignment>"
        "<bpmn:from>= n + 1</bpmn:from><bpmn:to>done</bpmn:to></bpmn:assignment>"
        "</bpmn:dataOutputAssociation>"
    )
    store = io("out", "", "store")
    performer = '<ravand:performer position="reception.clerk"/>'
    play.deploy(
        process(
            '<bpmn:dataObject id="done"/><bpmn:dataStoreReference id="store" name="Archive"/>',
            start(),
            element("userTask", "work", assign + store, performer),
            end(),
            chain("start", "work", "end"),
        )
    )
    root = play.start(n=1)

    play.complete(root, "work")

    assert play.trace(root) == ["start", "work", "end"]
    assert play.instance(root).variables == {"n": 1, "done": 2}


def test_a_property_of_a_repeated_subprocess_belongs_to_each_run(play: Play) -> None:
    many = (
        '<bpmn:multiInstanceLoopCharacteristics ravand:collection="= [1, 2]" ravand:element="n" '
        'ravand:output="all" ravand:outputElement="= mine"/>'
    )
    inside = '<bpmn:property id="mine" ravand:value="= n * 10"/>' + start("in")
    inside += user("wait") + script("add", "mine = mine + n") + end("out")
    inside += chain("in", "wait", "add", "out") + many
    play.deploy(
        process(start(), element("subProcess", "sub", inside), end(), chain("start", "sub", "end"))
    )
    root = play.start()

    play.complete(root, "wait")
    play.complete(root, "wait")

    assert play.instance(root).variables == {"all": [11, 22]}
