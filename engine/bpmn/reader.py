"""A BPMN document becomes process models; what is wrong with it becomes problems.

Reading never stops at a problem: a designer wants the whole list at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from engine.bpmn import dialects
from engine.bpmn.associations import join_handlers
from engine.bpmn.data import read_data
from engine.bpmn.lanes import read_lanes
from engine.bpmn.model import SCOPES, Flow, Node, ProcessModel
from engine.bpmn.nodes import KINDS, read_node
from engine.bpmn.normalise import normalise
from engine.bpmn.pools import connect
from engine.bpmn.source import (
    Element,
    Source,
    attribute,
    child,
    children,
    english,
    flag,
    line_of,
    local,
    namespace,
    reference,
    text_of,
)
from engine.bpmn.standard import HARMLESS, READ, REFUSED, TOLD, check_standard
from engine.bpmn.strictness import check_vocabulary
from engine.bpmn.vocabulary import BPMN
from engine.bpmn.work import read_attachments
from engine.problems import Problem
from kernel.types import JsonObject

MAX_NODES: Final = 2_000
MAX_DEPTH: Final = 12

_KNOWN = READ | HARMLESS.keys() | TOLD | REFUSED  # the last two say so themselves


@dataclass(frozen=True)
class Reading:
    """What one file says, and what is wrong with how it says it.

    `forms` were made from another tool's words in the file, or from the files `used`.
    """

    models: tuple[ProcessModel, ...]
    problems: tuple[Problem, ...]
    forms: Mapping[str, JsonObject] = field(default_factory=dict)
    used: frozenset[str] = frozenset()


def read(root: Element, file: str = "", files: Mapping[str, bytes] | None = None) -> Reading:
    """The processes of a document that `engine.xml.parse` gave, whichever dialect it is in.

    Args:
        files: the bundle's, for forms in another tool's format. The models do not depend on
            them, so that a stored diagram is read alike without them.
    """
    source = Source(root, file)
    _check_ids(source)
    translation = dialects.translate(source, files or {})
    check_vocabulary(source)
    check_standard(source)
    processes = [one for one in children(root, "process") if list(_nodes_below(one))]
    readable = [one for one in processes if one.get("id") and _small_enough(source, one)]
    models = tuple(_read_process(source, one) for one in readable)
    models = connect(source, models)
    return Reading(models, tuple(source.problems), translation.forms, translation.used)


def _read_process(source: Source, process: Element) -> ProcessModel:
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    _read_scope(source, process, None, nodes, flows)
    lanes = read_lanes(source, process, nodes)
    _connect(source, nodes, flows)
    join_handlers(source, process, nodes)
    model = ProcessModel(
        key=attribute(process, "id"),
        name=attribute(process, "name"),
        name_en=english(process),
        documentation=text_of(child(process, "documentation")),
        executable=flag(process, "isExecutable", True),
        nodes=nodes,
        flows=flows,
        lanes=lanes,
        attachments=read_attachments(process),
        data=read_data(source, process),
        has_diagram=any(node.bounds for node in nodes.values()),
        file=source.file,
        line=line_of(process),
    )
    model, notes = normalise(model)
    source.problems += notes
    return model


def _read_scope(
    source: Source,
    scope: Element,
    parent: str | None,
    nodes: dict[str, Node],
    flows: dict[str, Flow],
) -> None:
    """Nodes and flows of a process or subprocess, those inside included. What has no id, or
    another's, was reported already and is left out, so that every parent is one node."""
    for element in children(scope):
        tag, own = local(element), attribute(element, "id")
        known = tag in KINDS or tag == "sequenceFlow"
        if known and (not own or own in nodes or own in flows):
            continue
        if tag in KINDS:
            node = read_node(source, element, parent)
            nodes[node.id] = node
            if node.kind in SCOPES:
                _read_scope(source, element, node.id, nodes, flows)
        elif tag == "sequenceFlow":
            flow = _read_flow(element, parent, source.file)
            flows[flow.id] = flow
        elif tag not in _KNOWN:
            source.report("bpmn.unknown-element", element, tag=tag)


def _read_flow(element: Element, parent: str | None, file: str) -> Flow:
    condition = child(element, "conditionExpression")
    return Flow(
        id=attribute(element, "id"),
        source=reference(element, "sourceRef"),
        target=reference(element, "targetRef"),
        name=attribute(element, "name"),
        name_en=english(element),
        condition=text_of(condition) or None,
        condition_language=None if condition is None else attribute(condition, "language") or None,
        parent=parent,
        line=line_of(element),
    )


def _connect(source: Source, nodes: dict[str, Node], flows: dict[str, Flow]) -> None:
    """Give every node its flows, by the flows' own ends: `incoming` in the file may lie."""
    arriving: dict[str, list[str]] = {}
    leaving: dict[str, list[str]] = {}
    for flow in list(flows.values()):
        ends = nodes.get(flow.source), nodes.get(flow.target)
        if ends[0] is None or ends[1] is None:
            _report_flow(source, flow, "bpmn.dangling-flow")
            del flows[flow.id]
            continue
        if ends[0].parent != ends[1].parent:
            _report_flow(source, flow, "bpmn.flow-crosses-scope")
        leaving.setdefault(flow.source, []).append(flow.id)
        arriving.setdefault(flow.target, []).append(flow.id)
    for node in list(nodes.values()):
        nodes[node.id] = replace(
            node,
            incoming=tuple(arriving.get(node.id, ())),
            outgoing=tuple(leaving.get(node.id, ())),
        )


def _report_flow(source: Source, flow: Flow, code: str) -> None:
    facts: dict[str, str | int] = {"source": flow.source or "?", "target": flow.target or "?"}
    source.problems.append(Problem(code, flow.id, flow.name, source.file, flow.line, facts))


def _small_enough(source: Source, process: Element) -> bool:
    """Whether the process stays within the bounds that keep every later step quick."""
    drawn = Counter(local(one) for one in process.iter(f"{{{BPMN}}}*"))
    count = max(sum(drawn[tag] for tag in KINDS), drawn["lane"], drawn["sequenceFlow"] // 4)
    if count > MAX_NODES:
        source.report("flow.too-many-nodes", process, count=count, limit=MAX_NODES)
    deep = count <= MAX_NODES and _too_deep(source, process)
    return count <= MAX_NODES and not deep


def _too_deep(source: Source, process: Element) -> bool:
    """Whether subprocesses stand in each other deeper than anybody can follow."""
    depth = {process: 0}
    for element in process.iter(*(f"{{{BPMN}}}{kind.value}" for kind in SCOPES)):
        above = element.getparent()
        depth[element] = depth.get(above, 0) + 1 if above is not None else 1
        if depth[element] > MAX_DEPTH:
            source.report("flow.too-deep", element, limit=MAX_DEPTH)
            return True
    return False


def _nodes_below(process: Element) -> Iterator[Element]:
    return (one for one in children(process) if local(one) in KINDS)


def _check_ids(source: Source) -> None:
    """Every id once in the document; every node and flow has one that expressions can name."""
    ours = [one for one in source.root.iter() if namespace(one) not in dialects.SPACES]
    counted = Counter(attribute(one, "id") for one in ours if one.get("id"))
    for element in ours:
        own = attribute(element, "id")
        if counted[own] > 1 and own:
            source.report("bpmn.duplicate-id", element, id=own)
            counted[own] = 0  # said once
        tag = local(element)
        if (tag in KINDS or tag in ("sequenceFlow", "process")) and not _good_id(own):
            code = "bpmn.bad-id" if own else "bpmn.missing-id"
            source.report(code, element, id=own[:60], tag=tag)


def _good_id(text: str) -> bool:
    plain = text.replace("-", "_").replace(".", "_")
    return 0 < len(text) <= 200 and plain.isidentifier()
