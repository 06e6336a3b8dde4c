"""A decision model becomes something that can be evaluated, or a list of what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.dmn.boxed import (
    CompiledContext,
    CompiledFunction,
    CompiledInvocation,
    CompiledItems,
    CompiledLiteral,
    CompiledRelation,
    Step,
)
from engine.dmn.kinds import Kind, Kinds
from engine.dmn.model import (
    Boxed,
    Context,
    DecisionModel,
    Function,
    Invocation,
    Items,
    Literal_,
    Part,
    Relation,
    Table,
    Text,
)
from engine.dmn.tables import CompiledTable, InputColumn, Line, OutputColumn
from engine.problems import Fact, Problem
from kernel.expressions import Expression, ExpressionError, UnaryTests, compile_feel

_ANY: Final = Kind("any")


class Compiler:
    """Compiles the parts of one model; `problems` gathers what cannot be."""

    def __init__(self, model: DecisionModel, functions: frozenset[str]) -> None:
        self.model = model
        self.problems: list[Problem] = []
        self.kinds = Kinds(model)
        self.given = functions  # names of functions that the engine gives
        self.known = frozenset(_names(model))
        self.part: Part = Part("decision", "", "")
        self.callable: frozenset[str] = frozenset()

    def compile(self, part: Part) -> Step | None:
        """The logic of one part; None for input data."""
        self.part = part
        parts = self.model.parts
        self.callable = frozenset(
            parts[id].name for id in part.requires if id in parts and parts[id].kind == "knowledge"
        )
        self.kind(part.type, part.line)
        return self.box(part.body) if part.body is not None else None

    def report(self, code: str, line: int, **facts: Fact) -> None:
        """One thing to mend in this part."""
        told = {"decision": self.part.label or self.part.id, **facts}
        self.problems.append(Problem(code, "", "", self.model.file, line or self.part.line, told))

    def kind(self, name: str | None, line: int) -> Kind:
        """The type of that name."""
        try:
            found = self.kinds.get(name)
        except ExpressionError as error:
            self._bad(Text(error.text, line), error, {})
            return _ANY
        if found is None:
            self.report("dmn.unknown-type", line, name=name or "")
        return found or _ANY

    # Expressions

    def expression(self, text: Text, **place: Fact) -> Expression | None:
        """A compiled expression; None when it is empty or cannot be read."""
        if not text.text:
            return None
        try:
            made = compile_feel(text.text, self.known, self.callable, juel=text.juel)
        except ExpressionError as error:
            self._bad(text, error, place)
            return None
        self._calls(text, made.foreign, place)
        return made

    def tests(self, text: Text | None, **place: Fact) -> UnaryTests | None:
        """Compiled unary tests; None when everything passes."""
        if text is None or text.text in ("", "-"):
            return None
        try:
            made = UnaryTests(text.text, self.known, self.callable, juel=text.juel)
        except ExpressionError as error:
            self._bad(text, error, place)
            return None
        self._calls(text, made.foreign, place)
        return made

    def _calls(self, text: Text, foreign: tuple[str, ...], place: dict[str, Fact]) -> None:
        for name in foreign:
            if name not in self.given and name not in self.callable:
                facts = {"cell": _cell(place), "text": text.text[:120], "function": name[:80]}
                self.report("dmn.unknown-function", text.line, **facts)

    def _bad(self, text: Text, error: ExpressionError, place: dict[str, Fact]) -> None:
        facts: dict[str, Fact] = {name: str(value)[:80] for name, value in error.facts.items()}
        facts |= {"because": error.problem, "position": error.position + 1}
        self.report(
            "dmn.bad-expression", text.line, cell=_cell(place), text=text.text[:120], **facts
        )

    # Boxes

    def box(self, box: Boxed) -> Step:
        """One boxed expression."""
        name = self.part.label or self.part.id
        if isinstance(box, Literal_):
            return CompiledLiteral(name, self.expression(box.text))
        if isinstance(box, Table):
            return self.table(box, name)
        if isinstance(box, Context):
            return self.context(box)
        if isinstance(box, Items):
            return CompiledItems(tuple(self.box(item) for item in box.items))
        if isinstance(box, Relation):
            rows = tuple(tuple(self.box(cell) for cell in row) for row in box.rows)
            return CompiledRelation(box.columns, rows)
        if isinstance(box, Invocation):
            return self.invocation(box, name)
        kinds = tuple((parameter, self.kind(kind, 0)) for parameter, kind in box.parameters)
        return CompiledFunction(name, kinds, self.box(box.body))

    def context(self, box: Context) -> Step:
        """Entries that are functions can be called by those after them."""
        before = self.callable
        entries = []
        for name, inner in box.entries:
            entries.append((name, self.box(inner)))
            if name and isinstance(inner, Function):
                self.callable |= {name}
        self.callable = before
        return CompiledContext(tuple(entries))

    def invocation(self, box: Invocation, name: str) -> Step:
        called = " ".join(box.function.text.split())
        if called not in self.callable:
            facts = {"cell": "", "text": box.function.text[:120], "function": called[:80]}
            self.report("dmn.unknown-function", box.function.line, **facts)
        bound = tuple((parameter, self.box(inner)) for parameter, inner in box.bindings)
        return CompiledInvocation(name, called, bound)

    def table(self, table: Table, name: str) -> CompiledTable:
        inputs = tuple(
            InputColumn(
                column.label,
                self.expression(column.expression, column=column.label) or compile_feel("null"),
                self.kind(column.type, table.line),
                self.tests(column.values, column=column.label),
                column.variable,
            )
            for column in table.inputs
        )
        outputs = tuple(
            OutputColumn(
                column.name,
                self.kind(column.type, table.line),
                self.tests(column.values, column=column.label),
                self._ranks(column.values),
                self.expression(column.default, column=column.label) if column.default else None,
            )
            for column in table.outputs
        )
        return CompiledTable(name, table, inputs, outputs, tuple(self._lines(table)))

    def _lines(self, table: Table) -> Iterator[Line]:
        for rule in table.rules:
            tests = [
                (place, self.tests(cell, rule=rule.number, column=table.inputs[place].label))
                for place, cell in enumerate(rule.tests)
            ]
            asked = tuple((place, test) for place, test in tests if test is not None)
            answers = tuple(
                self.expression(cell, rule=rule.number, column=table.outputs[place].name)
                for place, cell in enumerate(rule.answers)
            )
            yield Line(rule.number, asked, answers)

    def _ranks(self, values: Text | None) -> tuple[Any, ...]:
        """The output values in their order, when they are written out."""
        if values is None:
            return ()
        try:
            return UnaryTests(values.text, self.known, juel=values.juel).constants or ()
        except ExpressionError:
            return ()  # said when its tests were compiled


def _cell(place: dict[str, Fact]) -> str:
    return " / ".join(str(place[name]) for name in ("rule", "column") if name in place)


def _names(model: DecisionModel) -> Iterator[str]:
    """Every name that an expression of the model may use."""
    for part in model.parts.values():
        yield part.name
        yield part.id
        if part.body is not None:
            yield from _names_in(part.body)
    for item in model.types.values():
        yield from item.components


def _names_in(box: Boxed) -> Iterator[str]:
    if isinstance(box, Function):
        yield from (name for name, _ in box.parameters)
        yield from _names_in(box.body)
    elif isinstance(box, Context):
        for name, inner in box.entries:
            if name:
                yield name
            yield from _names_in(inner)
    elif isinstance(box, Relation):
        yield from box.columns
    elif isinstance(box, Table):
        yield from (column.name for column in box.outputs)
