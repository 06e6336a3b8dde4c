"""The syntax tree to closures. Each takes the `Run` and gives a value; none is a Python code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kernel.expressions import nodes
from kernel.expressions.calls import builtin_call, definition, foreign_call
from kernel.expressions.cells import UnaryTest, asks, meets, tests_of, unknown_of_null
from kernel.expressions.closures import (
    all_or_any,
    both,
    collect,
    collect_partial,
    contains,
    either,
    equals_constant,
    inside,
    items_of,
    known_truth,
    local_name,
    orders_constant,
    picked,
    picked_or_kept,
    quantify,
    rounds_of,
    row_name,
    span_of,
    variable,
)
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import BUILTINS
from kernel.expressions.kinds import is_kind
from kernel.expressions.members import member_of
from kernel.expressions.nodes import Node
from kernel.expressions.operators import (
    ARITHMETICS,
    NUMBERS,
    equal,
    negative,
    ordered,
)
from kernel.expressions.run import PLAIN, Run, Step, admit, truth
from kernel.expressions.values import Span

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
        self.used: set[int] = set()  # slots that a name reads

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
                self.used.add(slot)
                rows = tuple(row for row in reversed(self.rows) if row > slot)
                return row_name(node, rows, local_name(slot)) if rows else local_name(slot)
        if self.rows:
            rows = tuple(reversed(self.rows))
            return row_name(node, rows, variable(node.name, node.at))
        self.names.setdefault(node.name, node.at)
        return variable(node.name, node.at)

    def slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def bind(self, name: str) -> int:
        """A new slot that `name` means from here on."""
        slot = self.slot()
        self.scopes.append((name, slot))
        return slot

    def unbind(self, count: int) -> None:
        """Forget the newest names."""
        if count:
            del self.scopes[-count:]

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
        if isinstance(node.index, nodes.Name):
            return picked_or_kept(of, key, node.index.name, first, at)
        return lambda run: admit(picked(of(run), key(run), first, at), at)

    def filter(self, node: nodes.Filter) -> Step:
        of, at = self.compile(node.of), node.at
        slot, size = self.bind(ITEM), node.condition.size
        self.rows.append(slot)
        condition = self.compile(node.condition)
        self.rows.pop()
        self.unbind(1)

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

        def step(run: Run) -> bool | None:
            value = of(run)
            return not value if known_truth(value, at) is not None else None

        return step

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
            if type(found) is Span:
                return inside(run, subject, found, at)
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

    def unary_tests(self, node: nodes.UnaryTests) -> Step:
        subject = self.bind("?")
        self.scopes.append(("cellInput", subject))  # what other tools call it in JUEL
        tests = tuple(self.unary_test(test, subject) for test in node.tests)
        self.unbind(2)
        return tests_of(subject, tests, node)

    def unary_test(self, node: Node, subject: int) -> UnaryTest:
        if isinstance(node, nodes.Range):
            return unknown_of_null(self.range_test(node))
        self.used.discard(subject)
        step = self.compile(node)
        if subject in self.used:
            return asks(step)
        return meets(step, literal=isinstance(node, nodes.Literal))

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
        at = node.at
        entries: list[tuple[str, Step, int]] = []
        for key, value in node.entries:
            step_of_entry = self.compile(value)  # it sees the entries before it
            entries.append((key, step_of_entry, self.bind(key)))
        self.unbind(len(entries))

        def step(run: Run) -> Any:
            run.allocate(64 + 32 * len(entries), at)
            context = {}
            for key, value, slot in entries:
                context[key] = run.frame[slot] = value(run)
            return context

        return step

    def range(self, node: nodes.Range) -> Step:
        low = self.compile(node.low) if node.low else None
        high = self.compile(node.high) if node.high else None
        return span_of(node, low, high)

    def definition(self, node: nodes.Definition) -> Step:
        slots = tuple(self.bind(name) for name in node.parameters)
        body = self.compile(node.body)
        self.unbind(len(slots))
        return definition(slots, body, node.body.size)

    def instance_of(self, node: nodes.InstanceOf) -> Step:
        of, kind = self.compile(node.of), node.kind
        return lambda run: is_kind(of(run), kind)

    def loop(self, node: nodes.Loop) -> Step:
        sources: list[tuple[int, Step]] = []
        for name, source in node.variables:
            step = self.compile(source)
            sources.append((self.bind(name), step))
        partial = self.bind("partial") if node.kind == "for" else -1
        body = self.compile(node.body)
        self.unbind(len(sources) + (partial >= 0))
        rounds = rounds_of(tuple(sources), node.size, node.at)
        if partial in self.used:
            return collect_partial(rounds, body, node.at, partial)
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
        builtin = BUILTINS.get(node.name)
        if builtin is None or node.name in self.overrides:
            if node.names:
                raise ExpressionError(node.at, "expression.no-such-parameter", name=node.names[0])
            arguments = tuple(self.compile(argument) for argument in node.arguments)
            return foreign_call(node.name, arguments, node.at)
        given = node.arguments
        if node.names:
            given = builtin.in_order(dict(zip(node.names, given, strict=False)), node.at)
        arguments = tuple(self.compile(argument) for argument in given)
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
    nodes.Definition: Compiler.definition,
    nodes.InstanceOf: Compiler.instance_of,
    nodes.UnaryTests: Compiler.unary_tests,
}
