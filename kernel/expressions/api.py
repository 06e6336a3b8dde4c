"""Compile once, evaluate often."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.expressions import limits, nodes
from kernel.expressions.cells import constants_of
from kernel.expressions.compiler import CallInfo, Compiler
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import BUILTINS, PHRASES
from kernel.expressions.parser import Parser
from kernel.expressions.quick import Quick, quick_of
from kernel.expressions.run import TEHRAN, Functions, Run, Step, detach, truth
from kernel.expressions.show import plain
from kernel.expressions.surfaces import juel_pieces
from kernel.expressions.values import Value
from kernel.expressions.words import Phrases, phrases_of

_GAP: Final = re.compile(r"(?<!\\)[$#]\{")
_FEEL: Final = re.compile(r"\s*=(?!=)")
_NOTHING: Final[Functions] = {}


class Expression:
    """A compiled expression; immutable, shared between threads.

    Attributes: `text` as written; `names`, the free variable names in order of appearance;
    `calls`, every call with its literal arguments; `foreign`, the names of called functions
    that the language does not have and the caller must give.
    """

    __slots__ = (
        "_slots",
        "_step",
        "calls",
        "constants",
        "foreign",
        "is_text",
        "names",
        "quick",
        "text",
    )

    def __init__(
        self, text: str, step: Step, names: tuple[str, ...], calls: tuple[CallInfo, ...], slots: int
    ) -> None:
        self.text = text
        self.names = names
        self.calls = calls
        self.foreign = tuple(dict.fromkeys(c.name for c in calls if c.name not in BUILTINS))
        self.is_text = False  # a text around gaps
        self.quick: Quick | None = None  # of a plain condition
        self.constants: tuple[Value, ...] | None = None  # of a cell, what it accepts
        self._step = step
        self._slots = slots

    def evaluate(
        self,
        variables: Mapping[str, Any],
        *,
        functions: Functions = _NOTHING,
        zone: ZoneInfo = TEHRAN,
    ) -> Value:
        """The value for these variables; a missing one is null.

        `today`, `now` and the like are variables that the caller gives. Lists and contexts in
        the answer are copies. `zone` is the clock on which instants have a day.

        Raises: ExpressionError, and nothing else.
        """
        if self.quick is not None:
            answer = self.quick(variables.get)
            if answer is not None:
                return answer
        return self.run(Run(variables, functions, zone, self._slots))

    def run(self, run: Run) -> Value:
        """The value, on a meter that the caller shares between several expressions."""
        if len(run.frame) < self._slots:
            run.frame = [None] * self._slots
        try:
            value: Value = self._step(run)
            if type(value) is list or type(value) is dict:
                value = detach(run, value, 0)
            return value
        except ExpressionError as error:
            error.text = error.text or self.text
            raise
        except (RecursionError, MemoryError):
            raise ExpressionError(0, "expression.too-deep", self.text, limit=limits.DEPTH) from None

    def test(self, variables: Mapping[str, Any], *, functions: Functions = _NOTHING) -> bool:
        """Like `evaluate`, for a condition: anything but true and false is an error."""
        return truth_of(self, self.evaluate(variables, functions=functions))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def truth_of(expression: Expression, value: Value) -> bool:
    """The value as a condition's answer."""
    try:
        return truth(value, 0)
    except ExpressionError as error:
        error.text = expression.text
        raise


def is_expression(text: str) -> bool:
    """True when the text says that it is one: `= …`, `${…}`, `#{…}`, or a text around such gaps."""
    return bool(_FEEL.match(text) or _GAP.search(text))


@lru_cache(maxsize=8192)
def compile(text: str) -> Expression:
    """Read `= feel`, `${juel}`, `#{juel}` or a bare expression. Cached by the text.

    Raises: ExpressionError with the position of what cannot be read.
    """
    return _compiled(text)


@lru_cache(maxsize=4096)
def compile_condition(text: str) -> Expression:
    """Like `compile`; evaluating gives true or false, or raises."""
    inner = compile(text)
    if inner.is_text:
        raise ExpressionError(0, "expression.text-as-condition", text)
    step = inner._step
    made = Expression(text, lambda run: truth(step(run), 0), inner.names, inner.calls, inner._slots)
    made.quick = inner.quick
    return made


def compile_part(
    source: str, start: int, end: int, overrides: frozenset[str] = frozenset()
) -> Expression:
    """Compile `source[start:end]`, a part of a script or a template, in FEEL's surface."""
    return _build(source, start, end, juel=False, overrides=overrides)


def _compiled(text: str) -> Expression:
    bounded_source(text)
    feel = _FEEL.match(text)
    if feel or not _GAP.search(text):
        return _build(text, feel.end() if feel else 0, len(text), juel=False)
    pieces = juel_pieces(text)
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return _build(text, *pieces[0], juel=True)
    return mixed(text, [p if isinstance(p, str) else _build(text, *p, juel=True) for p in pieces])


def mixed(text: str, parts: list[str | Expression]) -> Expression:
    """JUEL inside a text, `Hello ${name}`: the text with the values in it, null as nothing."""
    gaps = [part for part in parts if isinstance(part, Expression)]

    def step(run: Run) -> str:
        shown = [p if isinstance(p, str) else _shown(run, p) for p in parts]
        return run.new_text("".join(shown), 0)

    names = tuple(dict.fromkeys(name for gap in gaps for name in gap.names))
    calls = tuple(call for gap in gaps for call in gap.calls)
    made = Expression(text, step, names, calls, max((gap._slots for gap in gaps), default=0))
    made.is_text = True
    return made


def _shown(run: Run, part: Expression) -> str:
    value = part._step(run)
    return "" if value is None else run.new_text(plain(run, value, 0), 0)


def compile_feel(
    text: str,
    known: frozenset[str] = frozenset(),
    functions: frozenset[str] = frozenset(),
    *,
    juel: bool = False,
) -> Expression:
    """An expression of a decision model, where names of several words are `known`.

    `functions` are the model's own; they come before built-in ones of the same name.
    """
    bounded_source(text)
    start, end = _inside(text, juel)
    names = phrases_of(known | functions)
    return _build(text, start, end, juel=juel, overrides=functions, known=names)


def _inside(text: str, juel: bool) -> tuple[int, int]:
    """Where the expression stands: JUEL may be written with or without `${…}`."""
    if juel and _GAP.search(text):
        pieces = juel_pieces(text)
        if len(pieces) == 1 and not isinstance(pieces[0], str):
            return pieces[0]
    return 0, len(text)


class UnaryTests:
    """A compiled cell of a decision table; `names` and `calls` as in Expression.

    `constants`: what it accepts, when that is values and ranges written out; empty for all.
    """

    __slots__ = ("_slots", "_step", "calls", "constants", "foreign", "names", "text")

    def __init__(
        self,
        text: str,
        known: frozenset[str] = frozenset(),
        functions: frozenset[str] = frozenset(),
        *,
        juel: bool = False,
    ) -> None:
        bounded_source(text)
        start, end = _inside(text, juel)
        names = phrases_of(known | functions)
        inner = _build(text, start, end, juel=juel, overrides=functions, known=names, cell=True)
        self.constants = inner.constants
        self.text, self.names, self.calls = text, inner.names, inner.calls
        self.foreign, self._step, self._slots = inner.foreign, inner._step, inner._slots

    def met_by(self, run: Run, subject: Value) -> bool:
        """True when the subject passes; the run's meter is shared by a whole table.

        Raises: ExpressionError.
        """
        if len(run.frame) < self._slots:
            run.frame = [None] * self._slots
        run.charge(1, 0)
        run.frame[0] = subject
        try:
            return self._step(run) is True
        except ExpressionError as error:
            error.text = error.text or self.text
            raise
        except (RecursionError, MemoryError):
            raise ExpressionError(0, "expression.too-deep", self.text, limit=limits.DEPTH) from None


def bounded_source(text: str) -> None:
    """Refuse a text that is too long before anything looks at it."""
    if len(text) > limits.SOURCE:
        raise ExpressionError(0, "expression.too-long", text[:200], limit=limits.SOURCE)


def _build(
    text: str,
    start: int,
    end: int,
    *,
    juel: bool,
    overrides: frozenset[str] = frozenset(),
    known: Phrases | None = None,
    cell: bool = False,
) -> Expression:
    try:
        parser = Parser(text, start, end, juel=juel, phrases=PHRASES, known=known, cell=cell)
        tree = parser.unary_tests() if cell else parser.whole()
        compiler = Compiler(overrides)
        step = compiler.compile(tree)
        made = Expression(text, step, tuple(compiler.names), tuple(compiler.calls), compiler.slots)
        made.quick = quick_of(tree)
        if isinstance(tree, nodes.UnaryTests):
            made.constants = constants_of(tree)
        return made
    except ExpressionError as error:
        error.text = error.text or text
        raise
    except RecursionError:
        raise ExpressionError(start, "expression.too-deep", text, limit=limits.DEPTH) from None
