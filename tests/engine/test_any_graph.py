"""Random graphs that nobody would draw: whatever preflight lets through waits, ends or is an
incident, raises nothing, and is stored as it is loaded.

The tokens run in memory. What they ask for outside is answered by chance, and sometimes fails.
"""

import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.details import AdHoc, Connector, EventSpec, Performer, Repeat, TimerSpec
from engine.bpmn.model import EventKind, Flow, Node, NodeKind, ProcessModel
from engine.bundle import Bundle
from engine.preflight.catalogue import Catalogue
from engine.preflight.load_rules import everything
from engine.preflight.upload import Upload, rules
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.faults import BpmnError, Fault
from engine.spiff.graph import ProcessGraph
from engine.spiff.throwing import raise_in
from engine.spiff.token import Token

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CROWD, STEPS = 60, 150  # graphs that breed are left at that
CLERK = Performer("position", "reception.clerk")
TIMER = EventSpec(EventKind.TIMER, timer=TimerSpec("duration", "PT1H"))
SOUND = (  # the rules that judge how a drawing runs, not what its words mean
    "beginning", "links", "event-gateway", "boundaries", "interrupting", "handlers", "events",
    "compensation-handlers", "compensation-throws", "compensation-at-the-top", "transactions",
    "activation", "dead-end", "elements",
)  # fmt: skip
TASKS = (
    NodeKind.TASK, NodeKind.USER_TASK, NodeKind.USER_TASK, NodeKind.SERVICE_TASK,
    NodeKind.RECEIVE_TASK, NodeKind.CALL, NodeKind.MANUAL_TASK,
)  # fmt: skip
GATES = (NodeKind.EXCLUSIVE, NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.COMPLEX)
SCOPED = (NodeKind.SUBPROCESS, NodeKind.TRANSACTION, NodeKind.ADHOC)
CAUGHT = ("message", "timer", "signal", "conditional", "error", "escalation")


class Chance:
    """Effects that answer by chance, and fail now and then."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.acts = 0

    def _may_fail(self) -> None:
        if self.chance.random() < 0.03:
            raise Fault("engine.expression", "by chance")

    def condition(self, token: Token, expression: str) -> bool:
        self._may_fail()
        if token.node.event.kind is EventKind.CONDITIONAL:  # it depends on what was done
            return random.Random(f"{self.acts} {token.node.id}").random() < 0.5
        return self.chance.random() < 0.5

    def items_of(self, token: Token, repeat: Repeat) -> tuple[int, None]:
        self._may_fail()
        return self.chance.randint(0, 3), None

    def value(self, token: Token, expression: str) -> list[str]:
        return []

    def listen(self, token: Token, event: EventSpec) -> None:
        self._may_fail()

    def open_work(self, token: Token) -> None:
        self._may_fail()

    def hand_out(self, token: Token) -> None:
        self._may_fail()

    def rearm(self, token: Token) -> datetime | None:
        return NOW if self.chance.random() < 0.5 else None

    def declared(self, *_: Any) -> dict[str, Any]:
        return {}

    hand_in = declared

    def throw(self, token: Token, event: EventSpec) -> None:
        self._may_fail()
        if event.kind is EventKind.SIGNAL:
            token.workflow.hear(event.name or "", {})

    def uncaught_error(self, *_: Any) -> bool:
        return False

    def mark(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


class Scribble:
    """Draws nodes of every kind, and flows between any of one scope."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.nodes: dict[str, dict[str, Any]] = {}
        self.flows: list[Flow] = []

    def model(self) -> ProcessModel:
        self._scope(None, 2, around=())
        into: dict[str, list[str]] = {}
        out: dict[str, list[str]] = {}
        for flow in self.flows:
            out.setdefault(flow.source, []).append(flow.id)
            into.setdefault(flow.target, []).append(flow.id)
        made = {}
        for key, facts in self.nodes.items():
            ways = tuple(out.get(key, ()))
            facts |= {"incoming": tuple(into.get(key, ())), "outgoing": ways}
            if facts["kind"] in (NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE, NodeKind.COMPLEX) and ways:
                facts["default"] = ways[-1]
            made[key] = Node(key, **facts)
        return ProcessModel("p", nodes=made, flows={flow.id: flow for flow in self.flows})

    def _add(self, kind: NodeKind, parent: str | None, **facts: Any) -> str:
        key = f"{kind.value}{len(self.nodes)}"
        self.nodes[key] = {"kind": kind, "parent": parent, **facts}
        return key

    def _flow(self, source: str, target: str) -> None:
        chosen = self.nodes[source]["kind"] in GATES and self.chance.random() < 0.7
        key = f"f{len(self.flows)}"
        self.flows.append(Flow(key, source, target, condition="?" if chosen else None))

    def _event(self, *names: str) -> EventSpec:
        kind = EventKind(self.chance.choice(names))
        if kind is EventKind.TIMER:
            return TIMER
        code = self.chance.choice(("A", "B"))
        return EventSpec(kind, name=code, code=code, condition="?")

    def _scope(self, parent: str | None, depth: int, around: tuple[NodeKind, ...]) -> None:
        loose = bool(around) and around[-1] is NodeKind.ADHOC
        first = None if loose else self._add(NodeKind.START, parent)
        middle = [self._one(parent, depth, around) for _ in range(self.chance.randint(2, 5))]
        middle += [self._thrown(parent) for _ in range(self.chance.randint(0, 1))]
        hosts = [one for one in middle if self.nodes[one]["kind"] in (*TASKS, *SCOPED)]
        events = [self._boundary(parent, host) for host in hosts if self._carries(host)]
        flowing = [one for one in events if one is not None]
        ends = [] if loose else [self._end(parent, around) for _ in range(2)]
        if loose:
            middle_flows = [*pairwise(middle[1:]), *((one, middle[-1]) for one in flowing)]
        else:
            targets = [*middle, *ends]
            middle_flows = [(first or "", self.chance.choice(middle))]
            middle_flows += [(one, self.chance.choice(targets)) for one in (*middle, *flowing)]
            splits = [one for one in middle if self.chance.random() < 0.5]
            middle_flows += [(one, self.chance.choice(targets)) for one in splits]
        for source, target in dict.fromkeys(middle_flows):
            self._flow(source, target)
        if depth and not loose and self.chance.random() < 0.5:
            self._handler(parent, depth, around)

    def _carries(self, host: str) -> bool:
        return self.nodes[host]["kind"] is NodeKind.TRANSACTION or self.chance.random() < 0.5

    def _one(self, parent: str | None, depth: int, around: tuple[NodeKind, ...]) -> str:
        roll = self.chance.random()
        loose = bool(around) and around[-1] is NodeKind.ADHOC
        if roll < 0.3 and depth:
            kind = self.chance.choice(SCOPED)
            facts: dict[str, Any] = {"repeat": self._repeat()}
            if kind is NodeKind.ADHOC:
                facts["adhoc"] = AdHoc(
                    sequential=self.chance.random() < 0.3,
                    until=self.chance.choice((None, "?")),
                    cancel_rest=self.chance.random() < 0.5,
                    start=self.chance.choice(("all", "none")),
                )
            key = self._add(kind, parent, **facts)
            self._scope(key, depth - 1, (*around, kind))
            return key
        if roll < 0.55 and not loose:
            return self._add(self.chance.choice(GATES), parent, activation="?")
        if roll < 0.65 and not loose:
            event = self._event("message", "timer", "signal", "conditional")
            return self._add(NodeKind.CATCH, parent, event=event)
        kind = self.chance.choice(TASKS)
        machine = Connector("log") if kind is NodeKind.SERVICE_TASK else None
        return self._add(kind, parent, connector=machine, performer=CLERK, repeat=self._repeat())

    def _repeat(self) -> Repeat | None:
        if self.chance.random() < 0.75:
            return None
        kind = self.chance.choice(("parallel", "sequential", "loop"))
        until = self.chance.choice((None, "?"))
        return Repeat(kind, cardinality="?", until=until, maximum=3, test_before=True)

    def _thrown(self, parent: str | None) -> str:
        event = self._event("none", "signal", "escalation", "compensation", "message")
        return self._add(NodeKind.THROW, parent, event=event)

    def _end(self, parent: str | None, around: tuple[NodeKind, ...]) -> str:
        names = ["none", "none", "terminate", "error", "escalation", "signal", "compensation"]
        if NodeKind.TRANSACTION in around:
            names += ["cancel", "cancel"]
        return self._add(NodeKind.END, parent, event=self._event(*names))

    def _boundary(self, parent: str | None, host: str) -> str | None:
        kind = self.nodes[host]["kind"]
        if kind is NodeKind.TRANSACTION:
            event = EventSpec(EventKind.CANCEL)
            return self._add(NodeKind.BOUNDARY, parent, event=event, attached_to=host)
        if self.chance.random() < 0.4:
            work = self.chance.choice((NodeKind.TASK, NodeKind.USER_TASK))
            handler = self._add(work, parent, for_compensation=True, performer=CLERK)
            event = EventSpec(EventKind.COMPENSATION)
            self._add(NodeKind.BOUNDARY, parent, event=event, attached_to=host, handler=handler)
            return None
        event = self._event(*CAUGHT)
        stops = event.kind is EventKind.ERROR or self.chance.random() < 0.5
        facts = {"event": event, "attached_to": host, "interrupting": stops}
        return self._add(NodeKind.BOUNDARY, parent, **facts)

    def _handler(self, parent: str | None, depth: int, around: tuple[NodeKind, ...]) -> None:
        key = self._add(NodeKind.SUBPROCESS, parent, triggered_by_event=True)
        self._scope(key, depth - 1, (*around, NodeKind.SUBPROCESS))
        start = next(one for one, facts in self.nodes.items() if facts["parent"] == key)
        event = self._event(*CAUGHT, *(["compensation"] if parent else []))
        self.nodes[start]["event"] = event
        self.nodes[start]["interrupting"] = (
            event.kind in (EventKind.ERROR, EventKind.COMPENSATION) or self.chance.random() < 0.5
        )


def accepted(model: ProcessModel) -> bool:
    upload = Upload(Bundle({}), (model,), Catalogue())
    return not any(True for name in SOUND for one in rules[name](upload))


def play(model: ProcessModel, seed: int) -> None:
    """Do whatever can be done, in a random order, storing and loading around every act."""
    everything()
    chance, effects, variables = random.Random(seed), Chance(seed), dict[str, Any]()
    graph = ProcessGraph(model)
    case = Case(graph, effects, variables, NOW)  # type: ignore[arg-type]
    case.begin(model.starts[0].id)
    run(case)
    for _ in range(25):
        check(case)
        if case.has_ended or len(case.live) > CROWD:
            break
        blob = codec.dump(case)
        case = codec.load(blob, graph, effects, variables, NOW)  # type: ignore[arg-type]
        assert codec.dump(case) == blob
        can = [token for token in case.live.values() if moves(case, token)]
        effects.acts += 1
        act(case, chance.choice(can), chance)
        run(case)


def run(case: Case) -> None:
    case.allowance = STEPS
    case.run()


def act(case: Case, token: Token, chance: random.Random) -> None:
    if token._state == TaskState.ERROR:
        case.retry(token)
    elif token.node.adhoc and token.internal_data.get("adhoc"):
        known = [one.id for one in case.spec.model.children(token.node.id)]
        begun = next((one for one in known if token.task_spec.may_start(token, one)), None)
        if begun is None or chance.random() < 0.3:
            token.task_spec.close(token)
        else:
            case.spawn(begun, scope=token.id)
    elif token.node.kind is NodeKind.SERVICE_TASK and chance.random() < 0.4:
        raise_in(token, BpmnError(chance.choice(("A", "B"))))
    else:
        case.trigger(token)


def moves(case: Case, token: Token) -> bool:
    """Whether somebody outside can move a token: what it waits for is real."""
    if token._state == TaskState.ERROR:
        return True
    if token.listener:
        return token.node.event.kind not in (
            EventKind.ERROR,
            EventKind.ESCALATION,
            EventKind.CANCEL,
        )
    return bool(token._state == TaskState.STARTED and token.task_spec.hopes(token))


def check(case: Case) -> None:
    """Nothing is ready, nothing is left over, and every token leads to something that can move."""
    assert not any(token._state == TaskState.READY for token in case.live.values())
    if case.has_ended:
        assert not case.live
        return
    flowing = [token for token in case.live.values() if not token.listener]
    assert flowing
    assert any(moves(case, token) for token in flowing)
    owners = {token.owner for token in flowing}
    for token in case.live.values():
        assert token.scope is None or token.scope in case.live
        assert token.owner is None or token.owner in case.live
        holds = token.task_spec.is_join or moves(case, token) or token.listener
        assert holds or token.id in owners, token.node.id


@pytest.mark.parametrize("batch", range(5))
def test_any_graph_that_is_accepted_waits_ends_or_says_what_is_wrong(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.spiff.case.MAX_TOKENS", STEPS)  # graphs that breed soon stop
    tried = 0
    for seed in range(batch * 60, batch * 60 + 60):
        model = Scribble(seed).model()
        if accepted(model):
            tried += 1
            try:
                play(model, seed)
            except Exception as error:
                raise AssertionError(f"seed {seed}") from error
    assert tried > 20
