# mypy: allow-subclassing-any
"""A process as SpiffWorkflow's specification graph, made once from the typed model, then frozen."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn.model import Node, NodeKind, ProcessModel
from engine.bpmn.walk import successors
from engine.spiff import complex, elements, events, gateways
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
    NodeKind.RULE_TASK: elements.MachineTask,
    NodeKind.RECEIVE_TASK: elements.ReceiveTask,
    NodeKind.SCRIPT_TASK: elements.ScriptTask,
    NodeKind.CALL: elements.CallActivity,
    NodeKind.SUBPROCESS: elements.SubProcess,
    NodeKind.TRANSACTION: elements.SubProcess,
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
        self._reach: dict[str, frozenset[str]] = {}
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
        """The start events of the event subprocesses in a scope."""
        model = self.model
        holders = (node for node in model.children(scope) if node.triggered_by_event)
        return [n for h in holders for n in model.children(h.id) if n.kind is NodeKind.START]

    def reaches(self, source: str, target: str) -> bool:
        """Whether a token on `source` can come to `target`."""
        if source not in self._reach:
            seen: set[str] = set()
            queue = [source]
            while queue:
                for following in successors(self.model, self.model.nodes[queue.pop()]):
                    if following not in seen:
                        seen.add(following)
                        queue.append(following)
            self._reach[source] = frozenset(seen)
        return target in self._reach[source]
