"""Our run-time in memory, and stock SpiffWorkflow: neither has a database."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node, Repeat
from engine.bpmn.reader import read
from engine.evaluate import Evaluator, Scope
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import Token
from engine.xml import parse
from kernel.types import JsonObject

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@cache
def graph_of(document: str) -> ProcessGraph:
    """Parsed once, as an installation does."""
    return ProcessGraph(read(parse(document.encode(), "p.bpmn"), "p.bpmn").models[0])


class Effects:
    """Expressions are evaluated; what would become rows is only counted."""

    def __init__(self, variables: JsonObject) -> None:
        self.variables = variables
        self.open: list[tuple[str, UUID]] = []

    def evaluator(self, token: Token) -> Evaluator:
        return Evaluator(Scope({}, token.local, self.variables), {})

    def condition(self, token: Token, expression: str) -> bool:
        return self.evaluator(token).condition(expression)

    def script(self, token: Token, node: Node) -> None:
        assert node.script
        self.variables.update(self.evaluator(token).script(node.script.text))

    def items_of(self, token: Token, repeat: Repeat) -> tuple[int, list[Any] | None]:
        people = list(self.variables["people"])
        return len(people), people

    def open_work(self, token: Token) -> None:
        self.open.append((token.node.id, token.id))

    def incident(self, token: Token, fault: Exception) -> None:
        raise AssertionError(f"{token.node.id}: {fault}")

    def mark(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _nothing(*_: object, **__: object) -> None:
    return None


class Ours:
    """An instance that is stored as bytes between any two completions."""

    def __init__(self, document: str, variables: JsonObject) -> None:
        self.graph = graph_of(document)
        self.effects = Effects(variables)
        self.case: Case | None = Case(self.graph, self.effects, variables, NOW)  # type: ignore[arg-type]
        self.case.begin(self.graph.model.starts[0].id)
        self.case.run()
        self.blob = b""
        self.parts: dict[int, bytes] = {}

    def store(self) -> None:
        """Turn it into bytes."""
        assert self.case
        self.blob = codec.dump(self.case)
        self.case = None

    def load(self) -> Case:
        """Make it of its bytes."""
        self.case = codec.load(
            self.blob,
            self.graph,
            self.effects,  # type: ignore[arg-type]
            self.effects.variables,
            NOW,
        )
        return self.case

    def step(self, answers: JsonObject) -> bool:
        """Load, complete the oldest open step, store; False when it has ended."""
        case = self.load()
        self.effects.variables.update(answers)
        _, token_id = self.effects.open.pop(0)
        case.finish(case.live[token_id])
        case.run()
        if case.has_ended:
            return False
        self.store()
        return True


@cache
def _stock_spec(document: str, key: str) -> Any:
    parser = BpmnParser()
    parser.add_bpmn_str(document.encode())
    return parser.get_spec(key)


class Stock:
    """SpiffWorkflow as it ships, never stored."""

    def __init__(self, document: str, key: str, variables: JsonObject) -> None:
        self.workflow = BpmnWorkflow(_stock_spec(document, key))
        self.workflow.task_tree.data.update(variables)
        self.workflow.do_engine_steps()

    def step(self, answers: JsonObject) -> bool:
        """Complete the oldest open step; False when it has ended."""
        task = next(iter(self.workflow.get_tasks(state=TaskState.READY, manual=True)))
        task.data.update(answers)
        task.run()
        self.workflow.do_engine_steps()
        return not self.workflow.is_completed()
