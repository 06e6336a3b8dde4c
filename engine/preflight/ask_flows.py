"""What to propose where the way of a token is not said: flows, starts, dead ends."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Flow, Node, NodeKind, ProcessModel
from engine.mending.edits import Edit, Extend, PutChild, Remove, SetAttribute
from engine.preflight.judging import condition, name
from engine.preflight.naming import answer_key, free, slug, style_of
from engine.preflight.questions import About, Choice, makers

_CHOOSING = (NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE, NodeKind.COMPLEX)
_MOST = 40  # of elements to choose among


@makers.register("flow.no-condition")
def flow_without_condition(about: About) -> Iterator[Choice]:
    """Its label becomes a button of the step before the gateway, or it is the default."""
    flow, model = about.element, about.model
    if not isinstance(flow, Flow) or model is None:
        return
    choices = [
        *_as_outcome(model, flow),
        _as_default(flow),
        _with_condition(model, flow),
        Choice("remove-flow", lambda _: (Remove(flow.id),)),
    ]
    if model.nodes[flow.source].default:
        choices = [one for one in choices if one.key != "default"]
    elif choices[0].key == "outcome" and not flow.name and flow is undecided(model, flow)[-1]:
        choices.insert(0, choices.pop(1))
    elif choices[0].key == "default" and flow is not undecided(model, flow)[-1]:
        choices.append(choices.pop(0))
    yield from choices


def undecided(model: ProcessModel, flow: Flow) -> list[Flow]:
    """The flows beside it (itself too) that have neither condition nor default."""
    gateway = model.nodes[flow.source]
    return [f for f in model.outgoing(gateway.id) if not f.condition and f.id != gateway.default]


def _as_default(flow: Flow) -> Choice:
    return Choice("default", lambda _: (SetAttribute(flow.source, "default", flow.id),))


def _with_condition(model: ProcessModel, flow: Flow) -> Choice:
    said = slug(flow.name) or flow.name or flow.target
    variable = free(slug(flow.source) or "way", model.nodes.keys() - {flow.source})
    proposed = f'= {variable} = "{said}"'.replace("\n", " ")
    return Choice("condition", lambda text: (_condition(flow, text),), proposed, judge=condition)


def _condition(flow: Flow, text: str) -> PutChild:
    return PutChild(
        flow.id, "conditionExpression", text.strip(), instead_of=("conditionExpression",)
    )


def _as_outcome(model: ProcessModel, flow: Flow) -> Iterator[Choice]:
    """Only for a step that is asked right before the gateway."""
    task = asker(model, model.nodes[flow.source])
    target = model.nodes[flow.target]
    label = " ".join((flow.name or target.name or target.id).split())
    if task is None:
        return
    known = {text: one.key for one in task.outcomes for text in (one.key, one.fa, one.en)}
    key = known.get(label) or known.get(answer_key(label) or "")
    if task.outcomes and key is None:
        return
    edits: tuple[Edit, ...] = ()
    if key is None:
        key = _key_of(model, flow, label)
        english = flow.name_en or (label if label.isascii() else key.replace("_", " ").capitalize())
        words = {"key": key, "fa": label, "en": english, "style": style_of(key)}
        edits = (Extend(task.id, "outcome", words),)
    named = f"outcomes.{task.id}" if task.id.isidentifier() else f'outcomes["{task.id}"]'
    edits = (*edits, _condition(flow, f'= {named} = "{key}"'))
    facts = {"task": task.name or task.id, "label": label}
    yield Choice("outcome", lambda _: edits, facts=dict(facts))


def _key_of(model: ProcessModel, flow: Flow, label: str) -> str:
    """A key that no other flow of the gateway gets."""
    taken: set[str] = set()
    for other in model.outgoing(flow.source):
        text = other.name or model.nodes[other.target].name or other.target
        wanted = label if other.id == flow.id else text
        key = free(answer_key(wanted) or slug(wanted) or "way", taken)
        if other.id == flow.id:
            return key
        taken.add(key)
    return free("way", taken)


def asker(model: ProcessModel, gateway: Node) -> Node | None:
    """The one user task whose completion leads straight to the gateway, whatever machines do
    between; None when a choice or another step may stand between them."""
    found: set[str] = set()
    seen: set[str] = {gateway.id}
    queue = [gateway.id]
    while queue:
        for flow_id in model.nodes[queue.pop()].incoming:
            before = model.nodes[model.flows[flow_id].source]
            if before.kind is NodeKind.USER_TASK and before.repeat is None:
                found.add(before.id)
            elif before.id in seen:
                continue
            elif (before.kind in _CHOOSING and len(before.outgoing) > 1) or not before.incoming:
                return None
            else:
                seen.add(before.id)
                queue.append(before.id)
    return model.nodes[found.pop()] if len(found) == 1 else None


@makers.register("bpmn.dangling-flow")
def dangling_flow(about: About) -> Iterator[Choice]:
    """It joins nothing: take it away."""
    flow = about.problem.element_id
    if flow:
        yield Choice("remove-flow", lambda _: (Remove(flow),))


@makers.register("flow.no-start")
def nowhere_to_start(about: About) -> Iterator[Choice]:
    """Everything has something before it: somebody says where it begins."""
    model = about.model
    if model is None:
        return
    tops = [node for node in model.children(None) if node.kind is not NodeKind.BOUNDARY]
    tops.sort(key=lambda node: node.kind is not NodeKind.USER_TASK)
    taken = model.nodes.keys() | model.flows.keys()

    def edits(text: str) -> tuple[Edit, ...]:
        start = free("start", taken)
        flow = {"id": free(f"{start}_to_{text}", taken), "sourceRef": start, "targetRef": text}
        return (
            PutChild(model.key, "startEvent", attributes={"id": start}),
            PutChild(model.key, "sequenceFlow", attributes=flow),
        )

    options = tuple(node.id for node in tops[:_MOST])
    if options:
        yield Choice("start-at", edits, options[0], options)


@makers.register("name.missing")
def step_without_name(about: About) -> Iterator[Choice]:
    """People read the name in their inbox."""
    node = about.element
    if not isinstance(node, Node):
        return
    proposed = node.id.replace("_", " ").strip().capitalize()
    yield Choice(
        "name", lambda text: (SetAttribute(node.id, "name", text.strip()),), proposed, judge=name
    )
    yield Choice("leave", lambda _: ())
