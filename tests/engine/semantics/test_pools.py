"""Pools of one drawing: each is a process of its own, joined to the others by messages."""

import pytest
from sqlalchemy import select

import engine
from engine.errors import MessageStartTaken
from engine.tables import ProcessDefinition
from kernel.uow import read_only, unit_of_work
from people.actors import actor_at
from tests.engine.conftest import Play
from tests.engine.drawing import CLERK, SPACES, bundle, chain, element, end, process, start, user
from tests.requirements import bpmn

MESSAGE = "<bpmn:messageEventDefinition/>"
BUYER = (
    start()
    + element("sendTask", "order")
    + element("intermediateCatchEvent", "confirmed", MESSAGE)
    + element("receiveTask", "delivered")
    + end("done")
    + chain("start", "order", "confirmed", "delivered", "done")
)
SUPPLIER = (
    start("ordered", MESSAGE)
    + element("intermediateThrowEvent", "confirm", MESSAGE)
    + user("pack")
    + end("deliver", MESSAGE)
    + chain("ordered", "confirm", "pack", "deliver")
)
FLOWS = {"order": "ordered", "confirm": "confirmed", "deliver": "delivered"}


def two_pools(
    flows: dict[str, str] | None = None,
    head: str = "",
    buyer: str = BUYER,
    supplier: str = SUPPLIER,
    collaboration: str = "",
) -> str:
    lines = "".join(
        f'<bpmn:messageFlow id="flow_{source}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in (FLOWS if flows is None else flows).items()
    )
    return (
        f'<bpmn:definitions {SPACES} id="d" targetNamespace="t">{head}'
        '<bpmn:collaboration id="together">'
        '<bpmn:participant id="pool_1" name="Buyer" processRef="buyer"/>'
        '<bpmn:participant id="pool_2" name="Supplier" processRef="supplier"/>'
        '<bpmn:participant id="pool_3" name="Bank"/>'
        f"{lines}{collaboration}</bpmn:collaboration>"
        f'<bpmn:process id="buyer" isExecutable="true">{buyer}</bpmn:process>'
        f'<bpmn:process id="supplier" isExecutable="true">{supplier}</bpmn:process>'
        "</bpmn:definitions>"
    )


@bpmn("pools")
def test_a_plain_drawing_of_two_pools_runs_end_to_end(play_both: Play) -> None:
    play = play_both
    play.deploy(two_pools())
    one, two = play.start("buyer"), play.start("buyer")
    play.run()
    first, second = play.cases("supplier")

    play.complete(second, "pack")
    play.run()

    assert play.trace(two) == ["start", "order", "confirmed", "delivered", "done"]
    assert play.trace(second) == ["ordered", "confirm", "pack", "deliver"]
    assert play.trace(one) == ["start", "order", "confirmed"]
    assert play.trace(first) == ["ordered", "confirm"]
    assert play.instance(second).business_key == play.instance(two).number


@bpmn("pools")
def test_the_business_key_is_passed_along(play: Play) -> None:
    play.deploy(two_pools())
    with unit_of_work() as uow:
        clerk = actor_at(uow.session, "reception.clerk")
        root = engine.start(uow, "buyer", business_key="order-7", by=clerk).id
    play.run()

    [supplier] = play.cases("supplier")
    assert play.instance(supplier).business_key == "order-7"
    play.complete(supplier, "pack")
    play.run()
    assert play.trace(root) == ["start", "order", "confirmed", "delivered", "done"]


def test_each_pool_is_a_definition_named_as_its_pool(play: Play) -> None:
    play.deploy(two_pools())

    with read_only() as session:
        found = session.execute(select(ProcessDefinition.key, ProcessDefinition.name)).all()
    assert sorted(map(tuple, found)) == [("buyer", "Buyer"), ("supplier", "Supplier")]


@bpmn("pools", "message.key")
def test_bpmns_own_correlation_says_whose_a_message_is(play: Play) -> None:
    head = (
        '<bpmn:message id="M1" name="Order"/><bpmn:message id="M2" name="Confirmation"/>'
        '<bpmn:correlationProperty id="P1" name="number">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="M1">'
        "<bpmn:messagePath>number</bpmn:messagePath>"
        "</bpmn:correlationPropertyRetrievalExpression>"
        '<bpmn:correlationPropertyRetrievalExpression messageRef="M2">'
        "<bpmn:messagePath>order_number</bpmn:messagePath>"
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    key = (
        '<bpmn:correlationKey id="K"><bpmn:correlationPropertyRef>P1'
        "</bpmn:correlationPropertyRef></bpmn:correlationKey>"
    )
    kept = (
        '<bpmn:correlationSubscription correlationKeyRef="K">'
        '<bpmn:correlationPropertyBinding correlationPropertyRef="P1">'
        "<bpmn:dataPath>mine.number</bpmn:dataPath>"
        "</bpmn:correlationPropertyBinding></bpmn:correlationSubscription>"
    )
    buyer = (
        start()
        + element(
            "sendTask",
            "order",
            "",
            '<ravand:in target="number" expression="= mine.number"/>',
            messageRef="M1",
        )
        + element(
            "intermediateCatchEvent",
            "confirmed",
            '<bpmn:messageEventDefinition messageRef="M2"/>',
        )
        + end("done")
        + chain("start", "order", "confirmed", "done")
    )
    supplier = (
        start("ordered", '<bpmn:messageEventDefinition messageRef="M1"/>')
        + user("pack")
        + end(
            "confirm",
            '<bpmn:messageEventDefinition messageRef="M2"/>',
            '<ravand:in target="order_number" source="number"/>',
        )
        + chain("ordered", "pack", "confirm")
    )
    flows = {"order": "ordered", "confirm": "confirmed"}
    play.deploy(two_pools(flows, head, kept + buyer, supplier, key))
    one = play.start("buyer", mine={"number": "A1"})
    two = play.start("buyer", mine={"number": "B2"})
    play.run()
    [first, second] = play.cases("supplier")

    play.complete(second, "pack")
    play.run()

    assert play.instance(second).business_key == "B2"
    assert play.trace(two) == ["start", "order", "confirmed", "done"]
    assert play.trace(one) == ["start", "order"]
    assert play.trace(first) == ["ordered"]


def test_a_black_box_is_told_and_answers_from_outside(play: Play) -> None:
    play.deploy(two_pools({"order": "pool_3", "pool_3": "confirmed", **FLOWS}))
    root = play.start("buyer")
    play.run()

    assert play.trace(root) == ["start", "order", "confirmed"]


def test_a_message_between_pools_carries_what_it_is_told_to(play: Play) -> None:
    order = element("sendTask", "order", "", '<ravand:in target="sum" expression="= 2 * 21"/>')
    play.deploy(two_pools(buyer=BUYER.replace(element("sendTask", "order"), order)))
    play.start("buyer")
    play.run()

    [supplier] = play.cases("supplier")
    assert play.instance(supplier).variables == {"sum": 42}


def test_two_released_processes_never_begin_with_one_message(play: Play) -> None:
    play.deploy(two_pools())

    with pytest.raises(MessageStartTaken) as refusal:
        play.deploy(
            process(
                start("also", '<bpmn:messageEventDefinition messageRef="M"/>'),
                end(),
                chain("also", "end"),
                key="thief",
                head='<bpmn:message id="M" name="flow_order"/>',
            )
        )

    assert refusal.value.facts["other"] == "Supplier"


def test_a_person_who_is_drawn_at_the_end_of_a_message_flow_is_only_drawn(play: Play) -> None:
    buyer = start() + user("write", "", "", CLERK) + end("done") + chain("start", "write", "done")
    flows = {"write": "ordered", "confirm": "pool_1", "deliver": "pool_1"}
    drawn = two_pools(flows, buyer=buyer)
    play.deploy(drawn)
    with unit_of_work(commit=False) as uow:
        notes = engine.verbs.deploy.preflight(uow, bundle(drawn)).problems
    told = [one.element_id for one in notes if one.code == "read.message-flow-drawn"]
    assert told == ["flow_write"]

    root = play.start("buyer")
    play.complete(root, "write")
    play.run()

    assert play.trace(root) == ["start", "write", "done"]
    assert play.cases("supplier") == []
