"""Random block-structured processes, stepped side by side: ours, stored and loaded around every
step, and stock SpiffWorkflow in memory. Where the stock engine is right, both offer the same work.

Left out is what stock SpiffWorkflow gets wrong: joins inside loops, and data that one branch
changes and another reads (`docs/adr/0003`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node, ProcessModel
from engine.bpmn.reader import read
from engine.evaluate import Evaluator, Scope
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import Token
from engine.xml import parse
from kernel.types import JsonObject
from tests.engine.drawing import chain, element, end, flow, process, script, start, user

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MODELS = 400
Block = tuple[str, str]


class Random:
    """Grows a process; `variables` decide its choices, counters its loops."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.count = 0
        self.variables: JsonObject = {}

    def draw(self, mark: str) -> str:
        """The document; `mark` stands before every condition (ours begin with `= `)."""
        parts: list[str] = []
        first, last = self._scope(parts, 4, in_loop=False, mark=mark)
        assert first == "start0"
        assert last
        return process(*parts)

    def _id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count - 1}"

    def _scope(self, parts: list[str], depth: int, *, in_loop: bool, mark: str) -> Block:
        first = self._id("start")
        begin, finish = self._block(parts, depth, in_loop, mark)
        last = self._id("end")
        parts += [start(first), end(last), flow(first, begin), flow(finish, last)]
        return first, last

    def _block(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        shapes = ["work", "count"]
        if depth:
            shapes = ["work", "count", "row", "row", "choice", "loop", "sub"]
            shapes += [] if in_loop else ["fork", "fork"]
        shape = self.chance.choice(shapes)
        made: Callable[[list[str], int, bool, str], Block] = getattr(self, f"_{shape}")
        return made(parts, depth, in_loop, mark)

    def _work(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        key = self._id("work")
        parts.append(user(key))
        return key, key

    def _count(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        key = self._id("count")
        self.variables[f"n_{key}"] = 0
        parts.append(script(key, f"n_{key} = n_{key} + 1"))
        return key, key

    def _row(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        first = self._block(parts, depth - 1, in_loop, mark)
        second = self._block(parts, depth - 1, in_loop, mark)
        parts.append(flow(first[1], second[0]))
        return first[0], second[1]

    def _fork(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        split, join = self._id("fork"), self._id("join")
        parts += [element("parallelGateway", split), element("parallelGateway", join)]
        for _ in range(self.chance.randint(2, 3)):
            begin, finish = self._block(parts, depth - 1, in_loop, mark)
            parts += [flow(split, begin), flow(finish, join)]
        return split, join

    def _choice(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        split, join = self._id("choice"), self._id("merge")
        self.variables[f"d_{split}"] = self.chance.randint(0, 3)
        ways = [self._block(parts, depth - 1, in_loop, mark) for _ in range(3)]
        default = f"{split}__{ways[-1][0]}"
        parts.append(element("exclusiveGateway", split, default=default))
        parts.append(element("exclusiveGateway", join))
        for number, (begin, finish) in enumerate(ways):
            condition = f"{mark}d_{split} &lt;= {number}" if number < 2 else ""
            parts += [flow(split, begin, condition), flow(finish, join)]
        return split, join

    def _loop(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        entry, way, counter = self._id("again"), self._id("way"), self._id("round")
        rounds = self.chance.randint(1, 3)
        begin, finish = self._block(parts, depth - 1, True, mark)
        out = self._id("out")
        self.variables |= {f"n_{counter}": 0, f"n_{out}": 0}
        parts += [
            element("exclusiveGateway", entry),
            element("exclusiveGateway", way, default=f"{way}__{out}"),
            script(counter, f"n_{counter} = n_{counter} + 1"),
            script(out, f"n_{counter} = 0"),
            chain(entry, begin),
            chain(finish, counter, way),
            flow(way, entry, f"{mark}n_{counter} &lt; {rounds}"),
            flow(way, out),
        ]
        return entry, out

    def _sub(self, parts: list[str], depth: int, in_loop: bool, mark: str) -> Block:
        key = self._id("sub")
        inside: list[str] = []
        self._scope(inside, depth - 1, in_loop=in_loop, mark=mark)
        parts.append(element("subProcess", key, "".join(inside)))
        return key, key


class Ours:
    """Our run-time in memory; between any two steps the case is stored and loaded."""

    def __init__(self, document: str, variables: JsonObject) -> None:
        self.variables = dict(variables)
        self.open: dict[UUID, str] = {}
        self.model: ProcessModel = read(parse(document.encode(), "p.bpmn"), "p.bpmn").models[0]
        self.graph = ProcessGraph(self.model)
        self.case = Case(self.graph, self, self.variables, NOW)  # type: ignore[arg-type]
        self.case.begin(self.model.starts[0].id)
        self._go()

    def _go(self) -> None:
        self.case.run()
        if not self.case.has_ended:
            blob = codec.dump(self.case)
            self.case = codec.load(blob, self.graph, self, self.variables, NOW)  # type: ignore[arg-type]

    def work(self) -> list[str]:
        return sorted(self.open.values())

    def complete(self, name: str) -> None:
        chosen = next(key for key, one in self.open.items() if one == name)
        del self.open[chosen]
        self.case.finish(self.case.live[chosen])
        self._go()

    def evaluator(self, token: Token) -> Evaluator:
        return Evaluator(Scope({}, token.local, self.variables), {})

    def condition(self, token: Token, expression: str) -> bool:
        return self.evaluator(token).condition(expression)

    def script(self, token: Token, node: Node) -> None:
        assert node.script
        self.variables.update(self.evaluator(token).script(node.script.text))

    def open_work(self, token: Token) -> None:
        self.open[token.id] = token.node.id

    def incident(self, token: Token, fault: Exception) -> None:
        raise AssertionError(f"{token.node.id}: {fault}")

    def mark(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


class Stock:
    """Stock SpiffWorkflow: its own parser, its own script engine, in memory."""

    def __init__(self, document: str, variables: JsonObject) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(document.encode())
        spec = parser.get_spec("p")
        self.workflow = BpmnWorkflow(spec, parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(variables)
        self.workflow.do_engine_steps()

    def _ready(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def work(self) -> list[str]:
        return sorted(task.task_spec.name for task in self._ready())

    def complete(self, name: str) -> None:
        next(task for task in self._ready() if task.task_spec.name == name).run()
        self.workflow.do_engine_steps()

    @property
    def has_ended(self) -> bool:
        return bool(self.workflow.is_completed())


def side_by_side(seed: int) -> int:
    """Play one random process in both; the steps that people did."""
    drawn = Random(seed)
    document = drawn.draw("= ")
    ours, stock = Ours(document, drawn.variables), Stock(Random(seed).draw(""), drawn.variables)
    order, steps = random.Random(seed), 0
    while not ours.case.has_ended:
        assert ours.work() == stock.work(), f"model {seed}, after {steps} steps"
        name = order.choice(ours.work())
        ours.complete(name)
        stock.complete(name)
        steps += 1
    assert stock.work() == []
    assert stock.has_ended, f"model {seed}"
    if "parallelGateway" not in document:
        data = stock.workflow.last_task.data
        assert {name: data[name] for name in drawn.variables} == ours.variables
    return steps


@pytest.mark.parametrize("batch", range(4))
def test_both_offer_the_same_work_at_every_step(batch: int) -> None:
    size = MODELS // 4
    steps = sum(side_by_side(seed) for seed in range(batch * size, (batch + 1) * size))

    assert steps > size  # the models are not all empty
