# mypy: allow-subclassing-any
"""A process as SpiffWorkflow's specification graph, made once from the typed model, then frozen."""

from __future__ import annotations

from functools import cached_property

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn.model import EventKind, Node, NodeKind, ProcessModel
from engine.bpmn.walk import successors
from engine.spiff import adhoc, complex, elements, events, gateways, rules, transactions
from engine.spiff.elements import Element

CLASSES: dict[NodeKind, type[Element]] = {
    NodeKind.START: events.Start,
    NodeKind.END: events.End,
    NodeKind.CATCH: events.Catch,
    NodeKind.THROW: events.Throw,
    NodeKind.BOUNDARY: events.Boundary,
    NodeKind.TASK: elements.PassThrough,
    NodeKind.USER_TASK: elements.UserTask,
    NodeKind.MANUAL_TASK: elements.ManualTask,
    NodeKind.SERVICE_TASK: elements.MachineTask,
    NodeKind.SEND_TASK: elements.MachineTask,
    NodeKind.RULE_TASK: rules.RuleTask,
    NodeKind.RECEIVE_TASK: elements.ReceiveTask,
    NodeKind.SCRIPT_TASK: elements.ScriptTask,
    NodeKind.CALL: elements.CallActivity,
    NodeKind.SUBPROCESS: elements.SubProcess,
    NodeKind.TRANSACTION: transactions.Transaction,
    NodeKind.ADHOC: adhoc.AdHocSubProcess,
    NodeKind.EXCLUSIVE: gateways.Exclusive,
    NodeKind.PARALLEL: gateways.Parallel,
    NodeKind.INCLUSIVE: gateways.Inclusive,
    NodeKind.COMPLEX: complex.Complex,
    NodeKind.EVENT_GATEWAY: gateways.EventGateway,
}


class ProcessGraph(BpmnProcessSpec):
    """Every element of a process, those inside of subprocesses too (ids are unique in BPMN)."""

    def __init__(self, model: ProcessModel) -> None:
        super().__init__(name=model.key, description=model.name, filename=model.file)
        self.model = model
        self._ways: dict[str, dict[str, frozenset[str]]] = {}
        for node in model.nodes.values():
            if node.kind in CLASSES:
                CLASSES[node.kind](self, node)
        for flow in model.flows.values():
            self.task_specs[flow.source].connect(self.task_specs[flow.target])

    def element(self, element_id: str) -> Element:
        """The specification of an element.

        Raises: KeyError for an id that this version of the process does not have.
        """
        found: Element = self.task_specs[element_id]
        return found

    def handlers(self, scope: str | None) -> list[Node]:
        """The start events of the event subprocesses that listen in a scope."""
        return [n for n in self._woken(scope) if n.event.kind is not EventKind.COMPENSATION]

    def _woken(self, scope: str | None) -> list[Node]:
        model = self.model
        holders = (node for node in model.children(scope) if node.triggered_by_event)
        return [n for h in holders for n in model.children(h.id) if n.kind is NodeKind.START]

    def compensation_boundary(self, activity: str) -> Node | None:
        """The boundary event that leads to an activity's compensation handler."""
        return next((n for n in self.model.boundaries(activity) if n.handler), None)

    def compensation_start(self, subprocess: str) -> Node | None:
        """The start of the event subprocess that compensates a completed subprocess."""
        inside = self._woken(subprocess)
        return next((n for n in inside if n.event.kind is EventKind.COMPENSATION), None)

    @cached_property
    def compensable(self) -> frozenset[str]:
        """The activities worth remembering: with a handler, or with such activities inside."""
        found: set[str] = set()
        for node in self.model.nodes.values():
            undone = node.handler is not None and node.attached_to is not None
            wakes = node.kind is NodeKind.START and node.event.kind is EventKind.COMPENSATION
            first = node.attached_to if undone else None
            if wakes and node.parent is not None:
                first = self.model.nodes[node.parent].parent
            while first is not None and first not in found:
                found.add(first)
                first = self.model.nodes[first].parent
        return frozenset(n for n in found if not self.model.nodes[n].for_compensation)

    def ways_to(self, join: str) -> dict[str, frozenset[str]]:
        """For each node the flows into a join by which a token on it can arrive there, on ways
        that do not lead through the join itself."""
        if join not in self._ways:
            before = self._before()
            found: dict[str, set[str]] = {}
            for flow in self.model.nodes[join].incoming:
                queue = [self.model.flows[flow].source]
                while queue:
                    node = queue.pop()
                    if node != join and flow not in found.setdefault(node, set()):
                        found[node].add(flow)
                        queue += before.get(node, ())
            self._ways[join] = {node: frozenset(flows) for node, flows in found.items()}
        return self._ways[join]

    def _before(self) -> dict[str, list[str]]:
        before: dict[str, list[str]] = {}
        for node in self.model.nodes.values():
            for following in successors(self.model, node):
                before.setdefault(following, []).append(node.id)
        return before
