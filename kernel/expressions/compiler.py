"""The syntax tree to closures. Each takes the `Run` and gives a value; none is a Python code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kernel.expressions import nodes
from kernel.expressions.closures import (
    all_or_any,
    both,
    builtin_call,
    collect,
    contains,
    counted,
    either,
    equals_constant,
    foreign_call,
    items_of,
    local_name,
    orders_constant,
    picked,
    quantify,
    rounds_of,
    row_name,
    truth,
    variable,
)
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import BUILTINS
from kernel.expressions.members import member_of
from kernel.expressions.nodes import Node
from kernel.expressions.operators import (
    ARITHMETICS,
    NUMBERS,
    equal,
    negative,
    ordered,
)
from kernel.expressions.run import PLAIN, Run, Step, admit

ITEM: Final = "item"


class NotLiteral:
    """Stands for an argument that is computed."""

    def __repr__(self) -> str:
        return "…"


COMPUTED: Final = NotLiteral()


@dataclass(frozen=True, slots=True)
class CallInfo:
    """One call in the text. An argument that is not a literal is `COMPUTED`."""

    name: str
    arguments: tuple[Any, ...]
    position: int


class Compiler:
    """Compiles one tree; afterwards `names`, `calls` and `slots` describe it."""

    def __init__(self, overrides: frozenset[str] = frozenset()) -> None:
        self.overrides = overrides  # built-in names that the caller gives at run time instead
        self.names: dict[str, int] = {}  # free name -> first position
        self.calls: list[CallInfo] = []
        self.slots = 0
        self.scopes: list[tuple[str, int]] = []  # (loop variable, slot), innermost last
        self.rows: list[int] = []  # slots of the items of the filters around

    def compile(self, node: Node) -> Step:
        """The closure of `node`."""
        return _COMPILERS[type(node)](self, node)

    # Names

    def literal(self, node: nodes.Literal) -> Step:
        value = node.value
        return lambda run: value

    def name(self, node: nodes.Name) -> Step:
        for known, slot in reversed(self.scopes):
            if known == node.name:
                return local_name(slot)
        if self.rows:
            return row_name(node, tuple(reversed(self.rows)))
        self.names.setdefault(node.name, node.at)
        return variable(node.name, node.at)

    def slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    # Paths

    def member(self, node: nodes.Member) -> Step:
        of, name, at = self.compile(node.of), node.name, node.at

        def step(run: Run) -> Any:
            value = of(run)
            if type(value) is dict:
                found = value.get(name)
                return found if type(found) in PLAIN else admit(found, at)
            return None if value is None else member_of(run, value, name, at)

        return step

    def index(self, node: nodes.Index) -> Step:
        of, key, at, first = self.compile(node.of), self.compile(node.index), node.at, node.first
        return lambda run: admit(picked(of(run), key(run), first, at), at)

    def filter(self, node: nodes.Filter) -> Step:
        of, at = self.compile(node.of), node.at
        slot, size = self.slot(), node.condition.size
        self.scopes.append((ITEM, slot))
        self.rows.append(slot)
        condition = self.compile(node.condition)
        self.rows.pop()
        self.scopes.pop()

        def step(run: Run) -> Any:
            kept = []
            for item in items_of(run, of(run), at):
                run.charge(size, at)
                run.frame[slot] = item
                if truth(condition(run), at):
                    kept.append(item)
            return run.new_list(kept, at)

        return step

    # Truth

    def negation(self, node: nodes.Not) -> Step:
        of, at = self.compile(node.of), node.at
        return lambda run: not truth(of(run), at)

    def empty(self, node: nodes.Empty) -> Step:
        of = self.compile(node.of)

        def step(run: Run) -> bool:
            value = of(run)
            return value is None or (type(value) in (str, list, dict) and not value)

        return step

    def logic(self, node: nodes.Logic) -> Step:
        steps = [self.compile(operand) for operand in node.operands]
        at, decisive = node.at, node.operator == "or"
        if len(steps) == 2:
            return (either if decisive else both)(steps[0], steps[1], at)
        return all_or_any(tuple(steps), at, decisive)

    def compare(self, node: nodes.Compare) -> Step:
        left, right, at = self.compile(node.left), self.compile(node.right), node.at
        constant = isinstance(node.right, nodes.Literal)
        value = node.right.value if isinstance(node.right, nodes.Literal) else None
        if node.operator in ("=", "!="):
            wanted = node.operator == "="
            if constant and type(value) in (str, bool, type(None)):
                return equals_constant(left, value, at, wanted)
            return lambda run: equal(run, left(run), right(run), at) is wanted
        if constant and type(value) in NUMBERS:
            return orders_constant(left, node.operator, value, at)
        sign = node.operator
        return lambda run: ordered(run, sign, left(run), right(run), at)

    def membership(self, node: nodes.In) -> Step:
        value, at = self.compile(node.value), node.at
        tests = tuple(self.test(test) for test in node.tests)

        def step(run: Run) -> bool:
            subject = value(run)
            return any(test(run, subject, at) for test in tests)

        return step

    def test(self, node: Node) -> Callable[[Run, Any, int], bool]:
        if isinstance(node, nodes.Range):
            return self.range_test(node)
        step = self.compile(node)

        def test(run: Run, subject: Any, at: int) -> bool:
            found = step(run)
            if type(found) is not list:
                return equal(run, subject, found, at, strict=False)
            return contains(run, found, subject, at)

        return test

    def range_test(self, node: nodes.Range) -> Callable[[Run, Any, int], bool]:
        low = self.compile(node.low) if node.low else None
        high = self.compile(node.high) if node.high else None
        above, below = (">=" if node.closed_low else ">"), ("<=" if node.closed_high else "<")

        def test(run: Run, subject: Any, at: int) -> bool:
            if low is not None and not ordered(run, above, subject, low(run), at):
                return False
            return high is None or ordered(run, below, subject, high(run), at)

        return test

    # Arithmetic

    def negate(self, node: nodes.Negate) -> Step:
        of, at = self.compile(node.of), node.at
        return lambda run: negative(of(run), at)

    def arithmetic(self, node: nodes.Arithmetic) -> Step:
        first = self.compile(node.first)
        rest = tuple((ARITHMETICS[sign], self.compile(of), at) for sign, of, at in node.rest)
        if len(rest) == 1:
            [(operation, second, at)] = rest
            return lambda run: operation(run, first(run), second(run), at)

        def step(run: Run) -> Any:
            value = first(run)
            for operation, operand, at in rest:
                value = operation(run, value, operand(run), at)
            return value

        return step

    # Choice, containers, loops

    def conditional(self, node: nodes.Conditional) -> Step:
        condition, at = self.compile(node.condition), node.condition.at
        then, otherwise = self.compile(node.then), self.compile(node.otherwise)

        def step(run: Run) -> Any:
            return then(run) if truth(condition(run), at) else otherwise(run)

        return step

    def list_of(self, node: nodes.ListOf) -> Step:
        steps, at = tuple(self.compile(item) for item in node.items), node.at
        return lambda run: run.new_list([step(run) for step in steps], at)

    def context_of(self, node: nodes.ContextOf) -> Step:
        entries, at = tuple((key, self.compile(value)) for key, value in node.entries), node.at

        def step(run: Run) -> Any:
            run.allocate(64 + 32 * len(entries), at)
            return {key: value(run) for key, value in entries}

        return step

    def range(self, node: nodes.Range) -> Step:
        if node.low is None or node.high is None:
            raise ExpressionError(node.at, "expression.unexpected", found="..")
        low, high, at = self.compile(node.low), self.compile(node.high), node.at
        return lambda run: counted(run, low(run), high(run), at)

    def loop(self, node: nodes.Loop) -> Step:
        sources: list[tuple[int, Step]] = []
        for name, source in node.variables:
            step = self.compile(source)
            slot = self.slot()
            self.scopes.append((name, slot))
            sources.append((slot, step))
        body = self.compile(node.body)
        del self.scopes[-len(sources) :]
        rounds = rounds_of(tuple(sources), node.size, node.at)
        if node.kind == "for":
            return collect(rounds, body, node.at)
        return quantify(rounds, body, node.at, node.kind == "some")

    # Calls

    def call(self, node: nodes.Call) -> Step:
        literals = tuple(
            argument.value if isinstance(argument, nodes.Literal) else COMPUTED
            for argument in node.arguments
        )
        self.calls.append(CallInfo(node.name, literals, node.at))
        arguments = tuple(self.compile(argument) for argument in node.arguments)
        builtin = BUILTINS.get(node.name)
        if builtin is None or node.name in self.overrides:
            return foreign_call(node.name, arguments, node.at)
        builtin.check_count(len(arguments), node.at)
        return builtin_call(builtin, arguments, node.at)


_COMPILERS: Final[dict[type[Node], Callable[[Compiler, Any], Step]]] = {
    nodes.Literal: Compiler.literal,
    nodes.Name: Compiler.name,
    nodes.Member: Compiler.member,
    nodes.Index: Compiler.index,
    nodes.Filter: Compiler.filter,
    nodes.Negate: Compiler.negate,
    nodes.Not: Compiler.negation,
    nodes.Empty: Compiler.empty,
    nodes.Logic: Compiler.logic,
    nodes.Compare: Compiler.compare,
    nodes.Arithmetic: Compiler.arithmetic,
    nodes.Range: Compiler.range,
    nodes.In: Compiler.membership,
    nodes.Conditional: Compiler.conditional,
    nodes.ListOf: Compiler.list_of,
    nodes.ContextOf: Compiler.context_of,
    nodes.Loop: Compiler.loop,
    nodes.Call: Compiler.call,
}
