"""From the text of a diagram to typed models."""

from engine.bpmn.model import Assign, EventKind, NodeKind, Performer
from tests.engine.bpmn.drawing import (
    END,
    MESSAGE,
    START,
    document,
    extended,
    flow,
    line,
    model,
    reading,
    task,
)


def test_a_step_carries_its_form_performer_limit_and_outcomes():
    step = task(
        ravand='<ravand:form key="offer"/><ravand:form key="note" binding="latest"/>'
        '<ravand:performer unit="finance" mode="every" exclude="first second"/>'
        '<ravand:deadline duration="PT4H" reminders="-P1D>assignee 100%>head@inbox,sms"/>'
        '<ravand:outcome key="yes" fa="آری" en="Yes" style="primary"/>'
        '<ravand:outcome key="no" fa="نه" requires="reason"/>'
        '<ravand:label en="Work"/>'
    )

    node = model(line(step)).nodes["work"]

    assert [(form.key, form.binding) for form in node.forms] == [
        ("offer", "deployment"),
        ("note", "latest"),
    ]
    assert node.performer == Performer("unit", "finance", "every", ("first", "second"))
    assert node.deadline is not None
    assert node.deadline.clock == "working"
    assert [(r.offset, r.percent, r.channels) for r in node.deadline.reminders] == [
        ("-P1D", None, ("inbox",)),
        (None, 100, ("inbox", "sms")),
    ]
    assert [(o.key, o.fa, o.en, o.requires) for o in node.outcomes] == [
        ("yes", "آری", "Yes", None),
        ("no", "نه", "no", "reason"),
    ]
    assert (node.label("fa"), node.label("en")) == ("گام work", "Work")


def test_the_default_reminders_are_written_out():
    step = task(ravand='<ravand:deadline duration="P1D"/><ravand:performer role="staff"/>')

    deadline = model(line(step)).nodes["work"].deadline

    assert deadline is not None
    assert [(r.percent or r.offset, r.target) for r in deadline.reminders] == [
        (75, "assignee"),
        (100, "head"),
        ("+P1D", "above"),
        ("+P2D", "above"),
        ("+P3D", "above"),
    ]


def test_a_lane_hands_its_performer_to_the_tasks_that_name_nobody():
    lanes = (
        '<laneSet id="lanes"><lane id="outer" name="مالی"><extensionElements>'
        '<ravand:performer unit="finance"/></extensionElements>'
        "<flowNodeRef>work</flowNodeRef><flowNodeRef>other</flowNodeRef>"
        '<childLaneSet id="inner_lanes"><lane id="inner"><extensionElements>'
        '<ravand:performer position="finance.head"/></extensionElements>'
        "<flowNodeRef>other</flowNodeRef></lane></childLaneSet></lane></laneSet>"
    )
    own = '<ravand:performer position="chief"/>'

    read = model(lanes + line(task("work", ""), task("other", ""), task("third", own)))

    assert read.nodes["work"].performer == Performer("unit", "finance")
    assert read.nodes["other"].performer == Performer("position", "finance.head")
    assert read.nodes["third"].performer == Performer("position", "chief")
    assert (read.nodes["work"].lane, read.nodes["other"].lane) == ("outer", "inner")


def test_events_know_their_message_key_and_time():
    catch = extended(
        "boundaryEvent",
        '<messageEventDefinition messageRef="m"/>',
        '<ravand:correlation key="= mobile" match="1"/>',
        id="reply",
        attachedToRef="work",
        cancelActivity="false",
    )
    late = (
        '<boundaryEvent id="late" attachedToRef="work"><timerEventDefinition '
        'ravand:clock="working"><timeDuration xsi:type="tFormalExpression">PT24H</timeDuration>'
        "</timerEventDefinition></boundaryEvent>"
    )
    flows = flow("reply", "end") + flow("late", "end")

    read = model(line(task()) + catch + late + flows, shared=MESSAGE)

    reply, late_node = read.nodes["reply"], read.nodes["late"]
    assert (reply.event.kind, reply.event.name) == (EventKind.MESSAGE, "Reply")
    assert reply.event.correlation is not None
    assert (reply.event.correlation.key, reply.event.correlation.match) == ("= mobile", "1")
    assert (reply.interrupting, late_node.interrupting) == (False, True)
    assert late_node.event.timer is not None
    assert (late_node.event.timer.text, late_node.event.timer.clock) == ("PT24H", "working")
    assert [node.id for node in read.boundaries("work")] == ["reply", "late"]


def test_errors_and_escalations_are_known_by_their_codes():
    shared = '<error id="e1" errorCode="BAD"/><escalation id="x1" escalationCode="MANY"/>'
    inside = (
        line(task())
        + '<boundaryEvent id="bad" attachedToRef="work"><errorEventDefinition errorRef="e1"/>'
        '</boundaryEvent><endEvent id="many"><escalationEventDefinition escalationRef="x1"/>'
        "</endEvent>" + flow("bad", "many")
    )

    read = model(inside, shared=shared)

    assert read.nodes["bad"].event.code == "BAD"
    assert read.nodes["many"].event.code == "MANY"


def test_mappings_of_connectors_and_calls_are_read():
    service = extended(
        "serviceTask",
        ravand='<ravand:connector type="identity.check"><ravand:in target="code" source="melli"/>'
        '<ravand:out source="valid" target="ok"/></ravand:connector>',
        id="check",
    )
    call = extended(
        "callActivity",
        ravand='<ravand:in source="*"/><ravand:out expression="= a + 1" target="b"/>',
        id="call",
        calledElement="other",
    )

    read = model(line(service, call))

    check, called = read.nodes["check"], read.nodes["call"]
    assert check.connector is not None
    assert check.inputs == (Assign("code", "melli"),)
    assert check.outputs == (Assign("ok", "valid"),)
    assert called.called == "other"
    assert called.inputs[0].everything
    assert called.outputs == (Assign("b", None, "= a + 1"),)


def test_a_subprocess_keeps_its_insides_apart():
    inside = (
        '<subProcess id="sub"><startEvent id="s2"/><userTask id="deep"/><endEvent id="e2"/>'
        + flow("s2", "deep")
        + flow("deep", "e2")
        + "</subProcess>"
    )

    read = model(line(inside))

    assert read.nodes["deep"].parent == "sub"
    assert [node.id for node in read.starts] == ["start"]
    assert [step.node.id for step in read.steps()] == ["deep"]


def test_repetition_knows_its_list():
    repeat = (
        '<multiInstanceLoopCharacteristics isSequential="true" ravand:collection="= people" '
        'ravand:element="one"><completionCondition>done</completionCondition>'
        "</multiInstanceLoopCharacteristics>"
    )

    node = model(line(task(inside=repeat))).nodes["work"]

    assert node.repeat is not None
    assert (node.repeat.kind, node.repeat.collection, node.repeat.element, node.repeat.until) == (
        "sequential",
        "= people",
        "one",
        "done",
    )


def test_steps_stand_in_the_order_in_which_people_meet_them():
    inside = (
        task("last")
        + task("second")
        + START
        + task("first")
        + END
        + flow("start", "first")
        + flow("first", "second")
        + flow("second", "last")
        + flow("last", "end")
    )

    steps = model(inside).steps()

    assert [(step.number, step.node.id) for step in steps] == [
        (1, "first"),
        (2, "second"),
        (3, "last"),
    ]


def test_a_shape_gives_the_element_its_place():
    read = model(line(task()))

    bounds = read.nodes["start"].bounds
    assert bounds is not None
    assert (bounds.x, bounds.width) == (10, 36)
    assert read.has_diagram


def test_a_file_of_several_processes_gives_several_models():
    other = '<process id="q"><startEvent id="q_start"/></process>'

    read = reading(document(line(task()), shared=other))

    assert [one.key for one in read.models] == ["q", "p"]


def test_standard_owners_are_read_as_expressions():
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>"
        '= position("chief")</formalExpression></resourceAssignmentExpression></potentialOwner>'
    )

    node = model(line(task(ravand="", inside=owner))).nodes["work"]

    assert node.performer == Performer("expression", '= position("chief")')
    assert node.kind is NodeKind.USER_TASK
