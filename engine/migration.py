"""Moving a running instance to another version of its process: what goes where, and whether.

Only the places where tokens stand must have a place in the other version, with the subprocesses
around them; the rest of the diagram may differ as it likes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node, NodeKind, ProcessModel
from engine.spiff.case import Case
from engine.spiff.token import Token
from kernel.types import JsonObject

IdMap = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """A place where tokens stand, and where they go.

    Attributes:
        problem: why they cannot: `missing`, `kind`, `scope`, `repeat`, `event` or `flow`.
        choices: the elements of the other version that they could go to.
    """

    element_id: str
    name: str
    name_en: str
    count: int
    target: str
    problem: str
    choices: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Plan:
    """What a move would do to one instance."""

    from_version: int
    to_version: int
    steps: tuple[Step, ...]
    armed: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether every token has a place."""
        return not any(step.problem for step in self.steps)


class Route:
    """The way from one model to another, by equal ids where nothing else is said."""

    def __init__(self, before: ProcessModel, after: ProcessModel, chosen: IdMap) -> None:
        self.before, self.after, self.chosen = before, after, chosen

    def target(self, element_id: str) -> str:
        """Where the tokens of an element go."""
        return self.chosen.get(element_id) or element_id

    def node(self, element_id: str) -> Node | None:
        """The node they go to, if there is one."""
        return self.after.nodes.get(self.target(element_id))

    def flow(self, flow_id: str) -> str | None:
        """The flow by which a token that waits at a join came."""
        before = self.before.flows.get(flow_id)
        if flow_id in self.after.flows or before is None:
            return flow_id
        source, target = self.target(before.source), self.target(before.target)
        fitting = (f for f in self.after.flows.values() if (f.source, f.target) == (source, target))
        return next((flow.id for flow in fitting), None)

    def problem(self, token: Token) -> str:
        """Why a token cannot move; nothing when it can."""
        node, there = token.node, self.node(token.node.id)
        if there is None:
            return "missing"
        if problem := self._differs(node, there):
            return problem
        via = token.internal_data.get("via")
        if token.task_spec.is_join and self.flow(via or "") not in there.incoming:
            return "flow"
        return ""

    def _differs(self, node: Node, there: Node) -> str:
        if there.kind is not node.kind or (there.connector is None) != (node.connector is None):
            return "kind"
        if there.parent != (self.target(node.parent) if node.parent else None):
            return "scope"
        if (there.repeat and there.repeat.kind) != (node.repeat and node.repeat.kind):
            return "repeat"
        return "event" if there.event.kind is not node.event.kind else ""

    def hears(self, token: Token) -> bool:
        """Whether a listening token has a place beside the same host."""
        node, there = token.node, self.node(token.node.id)
        if there is None or self._differs(node, there):
            return False
        host = self.target(node.attached_to) if node.attached_to else None
        return there.attached_to == host

    def choices(self, node: Node) -> tuple[tuple[str, str, str], ...]:
        """The elements that a token of this node could stand on."""
        return tuple(
            (one.id, one.name or one.id, one.name_en)
            for one in self.after.nodes.values()
            if not self._differs(node, one)
        )

    def new_listeners(self, before: list[Node], after: list[Node]) -> list[Node]:
        """Those of the other version that no listener of this one stands for."""
        known = {self.target(node.id) for node in before}
        return [node for node in after if node.id not in known]


def plan(case: Case, route: Route, versions: tuple[int, int]) -> Plan:
    """What a move would do; every token of the case must be awake."""
    standing = [token for token in case.live.values() if not token.listener]
    counts = Counter(token.node.id for token in standing)
    problems: dict[str, str] = {}
    for token in standing:
        problems[token.node.id] = problems.get(token.node.id) or route.problem(token)
    steps = [_step(route, key, counts[key], problem) for key, problem in problems.items()]
    dropped = [t.node.id for t in case.live.values() if t.listener and not route.hears(t)]
    armed = [node.id for _, node in to_arm(case, route)] if not any(problems.values()) else []
    return Plan(*versions, tuple(steps), tuple(armed), tuple(dropped))


def _step(route: Route, element_id: str, count: int, problem: str) -> Step:
    node = route.before.nodes[element_id]
    target = route.target(element_id)
    choices = route.choices(node)
    return Step(element_id, node.name or node.id, node.name_en, count, target, problem, choices)


def to_arm(case: Case, route: Route) -> list[tuple[Token | None, Node]]:
    """The boundary events and event subprocesses that are new beside what is active."""
    found: list[tuple[Token | None, Node]] = []
    hosts: list[Token | None] = [None, *(t for t in case.live.values() if not t.listener)]
    for host in hosts:
        fresh = _handlers(route, host)
        if host is not None and _is_armed(host):
            before = list(route.before.boundaries(host.node.id))
            after = list(route.after.boundaries(route.target(host.node.id)))
            fresh += [n for n in route.new_listeners(before, after) if not n.handler]
        found += [(host, node) for node in fresh]
    return found


def _is_armed(host: Token) -> bool:
    return host._state == TaskState.STARTED and host.task_spec.waits and not host.is_body


def _handlers(route: Route, host: Token | None) -> list[Node]:
    if host is not None and host.node.kind not in (NodeKind.SUBPROCESS, NodeKind.TRANSACTION):
        return []
    scope = host.node.id if host is not None else None
    there = route.target(scope) if scope is not None else None
    return route.new_listeners(_starts(route.before, scope), _starts(route.after, there))


def _starts(model: ProcessModel, scope: str | None) -> list[Node]:
    holders = [node for node in model.children(scope) if node.triggered_by_event]
    return [n for h in holders for n in model.children(h.id) if n.kind is NodeKind.START]


def move(case: Case, route: Route) -> list[Token]:
    """Put every token on its place in the other version; the listeners that have none."""
    fresh = to_arm(case, route)
    tokens = list(case.live.values())
    silent = [token for token in tokens if token.listener and not route.hears(token)]
    case.forget_all()
    for token in tokens:
        if token not in silent:
            _place(case, route, token)
    for host, node in fresh:
        scope = (host.scope if node.attached_to else host.id) if host is not None else None
        case.watch(node.id, host, scope)
    case.facts["by"] = {route.target(k): v for k, v in case.facts.get("by", {}).items()}
    case.facts["visits"] = {route.target(k): v for k, v in case.facts.get("visits", {}).items()}
    _rename_done(route, case.facts)
    return silent


def _rename_done(route: Route, keeper: JsonObject) -> None:
    """What a scope remembers for compensation: `[number, element, values, what was inside]`."""
    if "done" in keeper:
        keeper["done"] = _renamed(route, keeper["done"])


def _renamed(route: Route, done: list[list[Any]]) -> list[list[Any]]:
    return [
        [number, route.target(element), own, _renamed(route, inside) if inside else inside]
        for number, element, own, inside in done
        if route.node(element) is not None
    ]


def _place(case: Case, route: Route, token: Token) -> None:
    token.task_spec = case.spec.element(route.target(token.node.id))
    data = token.internal_data
    if "via" in data:
        data["via"] = route.flow(data["via"]) or data["via"]
    for name in ("entry", "chosen"):
        if name in data:
            data[name] = route.target(data[name])
    _rename_done(route, data)
    case.entered(token)
