"""Random block-structured processes: storing and loading between steps changes nothing, every
process ends, and a join is never early.

The tokens run in memory with effects that only note what was asked for.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.bpmn.model import Flow, Node, NodeKind, ProcessModel
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import Token
from kernel.types import JsonObject

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Noted:
    """Effects that remember the steps offered; conditions come from a seeded chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.offered: list[str] = []
        self.stopped: list[str] = []

    def condition(self, token: Token, expression: str) -> bool:
        return self.chance.random() < float(expression)

    def open_work(self, token: Token) -> None:
        self.offered.append(token.node.id)

    def incident(self, token: Token, fault: Exception) -> None:
        self.stopped.append(f"{token.node.id}: {fault}")

    def mark(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


class Builder:
    """Grows a process of sequences, choices, forks, loops and subprocesses."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []

    def model(self) -> ProcessModel:
        self._scope(None, 3)
        incoming: dict[str, list[str]] = {}
        outgoing: dict[str, list[str]] = {}
        for flow in self.flows:
            outgoing.setdefault(flow.source, []).append(flow.id)
            incoming.setdefault(flow.target, []).append(flow.id)
        wired = {
            key: Node(
                key,
                node.kind,
                parent=node.parent,
                incoming=tuple(incoming.get(key, ())),
                outgoing=tuple(outgoing.get(key, ())),
                default=outgoing.get(key, [""])[-1] if node.kind is NodeKind.EXCLUSIVE else None,
            )
            for key, node in self.nodes.items()
        }
        return ProcessModel("p", nodes=wired, flows={flow.id: flow for flow in self.flows})

    def _scope(self, parent: str | None, depth: int) -> None:
        first, last = self._add(NodeKind.START, parent), self._add(NodeKind.END, parent)
        begin, finish = self._block(parent, depth)
        self._flow(first, begin)
        self._flow(finish, last)

    def _add(self, kind: NodeKind, parent: str | None) -> str:
        key = f"{kind.value}{len(self.nodes)}"
        self.nodes[key] = Node(key, kind, parent=parent)
        return key

    def _flow(self, source: str, target: str, condition: str | None = None) -> None:
        self.flows.append(Flow(f"f{len(self.flows)}", source, target, condition=condition))

    def _block(self, parent: str | None, depth: int) -> tuple[str, str]:
        shapes = ["task"] if depth == 0 else ["task", "seq", "fork", "choice", "loop", "sub"]
        made: tuple[str, str] = getattr(self, f"_{self.chance.choice(shapes)}")(parent, depth)
        return made

    def _task(self, parent: str | None, depth: int) -> tuple[str, str]:
        key = self._add(NodeKind.USER_TASK, parent)
        return key, key

    def _seq(self, parent: str | None, depth: int) -> tuple[str, str]:
        first, second = self._block(parent, depth - 1), self._block(parent, depth - 1)
        self._flow(first[1], second[0])
        return first[0], second[1]

    def _gates(self, kind: NodeKind, parent: str | None, depth: int) -> tuple[str, str]:
        split, join = self._add(kind, parent), self._add(kind, parent)
        for _ in range(self.chance.randint(2, 3)):
            begin, finish = self._block(parent, depth - 1)
            self._flow(split, begin, "0.4" if kind is NodeKind.EXCLUSIVE else None)
            self._flow(finish, join)
        return split, join

    def _fork(self, parent: str | None, depth: int) -> tuple[str, str]:
        return self._gates(NodeKind.PARALLEL, parent, depth)

    def _choice(self, parent: str | None, depth: int) -> tuple[str, str]:
        return self._gates(NodeKind.EXCLUSIVE, parent, depth)

    def _loop(self, parent: str | None, depth: int) -> tuple[str, str]:
        again, way = self._add(NodeKind.EXCLUSIVE, parent), self._add(NodeKind.EXCLUSIVE, parent)
        begin, finish = self._block(parent, depth - 1)
        out = self._add(NodeKind.TASK, parent)
        self._flow(again, begin)
        self._flow(finish, way)
        self._flow(way, again, "0.5")
        self._flow(way, out)
        return again, out

    def _sub(self, parent: str | None, depth: int) -> tuple[str, str]:
        key = self._add(NodeKind.SUBPROCESS, parent)
        self._scope(key, depth - 1)
        return key, key


def play(model: ProcessModel, seed: int, *, store: bool) -> list[str]:
    """Complete open steps in a random order until the end; the steps in that order."""
    noted, order = Noted(seed), random.Random(seed)
    graph, variables = ProcessGraph(model), dict[str, Any]()
    case = Case(graph, noted, variables, NOW)  # type: ignore[arg-type]
    case.begin(model.starts[0].id)
    case.run()
    done: list[str] = []
    while not case.has_ended and len(done) < 400:
        if store:
            case = again(case, graph, noted, variables)
        waiting = sorted(open_steps(case), key=lambda token: (token.node.id, token.since))
        token = order.choice(waiting)
        done.append(token.node.id)
        case.finish(token)
        case.run()
    assert noted.stopped == []
    assert case.has_ended or len(done) == 400
    assert sorted(done) == sorted(noted.offered) or not case.has_ended
    return done


def again(case: Case, graph: ProcessGraph, noted: Noted, variables: JsonObject) -> Case:
    """The case stored and loaded."""
    return codec.load(codec.dump(case), graph, noted, variables, NOW)  # type: ignore[arg-type]


def open_steps(case: Case) -> Iterator[Token]:
    return (t for t in case.live.values() if t.node.kind is NodeKind.USER_TASK)


@pytest.mark.parametrize("batch", range(8))
def test_a_random_process_runs_to_its_end_the_same_with_and_without_storing(batch: int) -> None:
    for seed in range(batch * 50, batch * 50 + 50):
        model = Builder(seed).model()

        assert play(model, seed, store=True) == play(model, seed, store=False), seed


def test_a_step_costs_the_same_after_two_thousand_rounds() -> None:
    nodes = {
        "s": Node("s", NodeKind.START, outgoing=("a",)),
        "g": Node("g", NodeKind.EXCLUSIVE, incoming=("a", "d"), outgoing=("b",)),
        "u": Node("u", NodeKind.USER_TASK, incoming=("b",), outgoing=("c",)),
        "w": Node("w", NodeKind.EXCLUSIVE, incoming=("c",), outgoing=("d", "e"), default="e"),
        "x": Node("x", NodeKind.END, incoming=("e",)),
    }
    wired = (("a", "s", "g"), ("b", "g", "u"), ("c", "u", "w"), ("d", "w", "g"), ("e", "w", "x"))
    flows = {i: Flow(i, s, t, condition="2" if i == "d" else None) for i, s, t in wired}
    graph, noted = ProcessGraph(ProcessModel("p", nodes=nodes, flows=flows)), Noted(0)
    case = Case(graph, noted, {}, NOW)  # type: ignore[arg-type]
    case.begin("s")
    case.run()

    for _ in range(2000):
        case.finish(next(open_steps(case)))
        case.run()
        case = again(case, graph, noted, {})

    assert len(codec.dump(case)) < 100
    assert len(case.live) == 1
