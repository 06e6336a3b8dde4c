"""Decision tables: which rules hold, and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.dmn.errors import DecisionError, failed
from engine.dmn.kinds import Kind, fitted
from engine.dmn.model import ONE_HIT, Table
from engine.dmn.session import Found, Scope, Session
from kernel.expressions import Expression, ExpressionError, Run, UnaryTests, to_json

Functions = Mapping[str, Callable[..., Any]]
Row = dict[str, Any]


@dataclass(frozen=True)
class InputColumn:
    """A compiled column of questions."""

    label: str
    expression: Expression
    kind: Kind
    values: UnaryTests | None
    variable: str | None


@dataclass(frozen=True)
class OutputColumn:
    """A compiled column of answers; `ranks` are the output values in their order."""

    name: str
    kind: Kind
    values: UnaryTests | None
    ranks: tuple[Any, ...]
    default: Expression | None


@dataclass(frozen=True)
class Line:
    """A compiled rule: the columns whose cell asks something, and the answers."""

    number: int
    tests: tuple[tuple[int, UnaryTests], ...]
    answers: tuple[Expression | None, ...]


@dataclass(frozen=True)
class CompiledTable:
    """A table of the decision (or business knowledge model) `decision`."""

    decision: str
    table: Table
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    lines: tuple[Line, ...]

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        """The table's value: of one output the value itself, of several a context; a list of
        them where several rules may hold.

        Raises: DecisionError.
        """
        return self.value_of(self.rows(session, scope, functions))

    def value_of(self, rows: list[Row]) -> Any:
        """What the rows are as one value."""
        if self.table.aggregation:
            return rows[0][self.outputs[0].name]
        values = [self._value(row) for row in rows]
        if self.table.hit in ONE_HIT:
            return values[0] if values else None
        return values

    def rows(self, session: Session, scope: Scope, functions: Functions) -> list[Row]:
        """The answers of the rules that count, each by output."""
        local = dict(scope)
        with session.run(local, functions) as run:
            subjects = [self._subject(run, column) for column in self.inputs]
            for column, subject in zip(self.inputs, subjects, strict=True):
                if column.variable:
                    local[column.variable] = subject
            hits = self._hits(run, subjects)
            rows = [self._row(run, line) for line in hits]
            numbers = [line.number for line in hits]
            if not rows and self.table.aggregation is None:
                rows, numbers = self._defaults(run), []
            rows, numbers = self._chosen(rows, numbers)
        session.found.append(Found(self.decision, tuple(numbers)))
        if self.table.aggregation:
            return [{self.outputs[0].name: self._aggregated(rows)}]
        return rows

    def _value(self, row: Row) -> Any:
        return row if len(self.outputs) > 1 else row[self.outputs[0].name]

    # Questions

    def _subject(self, run: Run, column: InputColumn) -> Any:
        try:
            value = column.expression.run(run)
            value = fitted(value, column.kind, run, lambda kind: self._unfit(column.label, kind))
            if value is not None and column.values and not column.values.met_by(run, value):
                raise DecisionError(
                    "decision.input-value",
                    decision=self.decision,
                    text=column.values.text,
                    column=column.label,
                )
        except ExpressionError as error:
            raise failed(
                self.decision, error, column.expression.text, column=column.label
            ) from error
        return value

    def _unfit(self, column: str, kind: str) -> DecisionError:
        return DecisionError(
            "decision.wrong-type", decision=self.decision, column=column, kind=kind
        )

    def _hits(self, run: Run, subjects: list[Any]) -> list[Line]:
        hits: list[Line] = []
        hit = self.table.hit
        for line in self.lines:
            if self._holds(run, line, subjects):
                hits.append(line)
                if hit == "FIRST":
                    break
        if hit == "UNIQUE" and len(hits) > 1:
            raise DecisionError(
                "decision.not-unique",
                decision=self.decision,
                rules=", ".join(str(line.number) for line in hits),
            )
        return hits

    def _holds(self, run: Run, line: Line, subjects: list[Any]) -> bool:
        for place, test in line.tests:
            try:
                if not test.met_by(run, subjects[place]):
                    return False
            except ExpressionError as error:
                column = self.inputs[place].label
                raise failed(
                    self.decision, error, test.text, rule=line.number, column=column
                ) from error
        return True

    # Answers

    def _row(self, run: Run, line: Line) -> Row:
        return {
            column.name: self._answer(run, line.number, column, answer)
            for column, answer in zip(self.outputs, line.answers, strict=True)
        }

    def _answer(
        self, run: Run, number: int, column: OutputColumn, answer: Expression | None
    ) -> Any:
        if answer is None:
            return None
        try:
            value = answer.run(run)
            value = fitted(value, column.kind, run, lambda kind: self._unfit(column.name, kind))
            if value is not None and column.values and not column.values.met_by(run, value):
                raise DecisionError(
                    "decision.output-value",
                    decision=self.decision,
                    text=answer.text,
                    rule=number,
                    column=column.name,
                )
        except ExpressionError as error:
            raise failed(
                self.decision, error, answer.text, rule=number, column=column.name
            ) from error
        return value

    def _defaults(self, run: Run) -> list[Row]:
        if not any(column.default for column in self.outputs):
            return []
        return [{c.name: self._answer(run, 0, c, c.default) for c in self.outputs}]

    # Hit policies

    def _chosen(self, rows: list[Row], numbers: list[int]) -> tuple[list[Row], list[int]]:
        hit = self.table.hit
        if hit == "ANY" and rows:
            told = [to_json(row) for row in rows]
            if any(one != told[0] for one in told):
                raise DecisionError(
                    "decision.not-any",
                    decision=self.decision,
                    rules=", ".join(str(number) for number in numbers),
                )
            return rows[:1], numbers
        if hit in ("PRIORITY", "OUTPUT ORDER") and len(rows) > 1:
            order = sorted(range(len(rows)), key=lambda place: self._rank(rows[place]))
            order = order[:1] if hit == "PRIORITY" else order
            return [rows[place] for place in order], [numbers[place] for place in order]
        return rows, numbers

    def _rank(self, row: Row) -> tuple[int, ...]:
        """Where the answers stand in their columns' output values; the first column first."""
        ranks = []
        for column in self.outputs:
            if column.ranks:
                value = row[column.name]
                found = [p for p, rank in enumerate(column.ranks) if rank == value]
                ranks.append(found[0] if found else len(column.ranks))
        return tuple(ranks)

    def _aggregated(self, rows: list[Row]) -> Any:
        name = self.outputs[0].name
        values = [row[name] for row in rows]
        if self.table.aggregation == "COUNT":
            return len(values)
        numbers = [value for value in values if type(value) in (int, Decimal)]
        if len(numbers) != len(values):
            raise DecisionError("decision.not-numbers", decision=self.decision, column=name)
        if not numbers:
            return None
        if self.table.aggregation == "SUM":
            return sum(numbers)
        return min(numbers) if self.table.aggregation == "MIN" else max(numbers)
