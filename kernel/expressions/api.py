"""Compile once, evaluate often."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.expressions import limits
from kernel.expressions.closures import truth
from kernel.expressions.compiler import CallInfo, Compiler
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import BUILTINS, PHRASES
from kernel.expressions.parser import Parser
from kernel.expressions.run import TEHRAN, Functions, Run, Step, detach
from kernel.expressions.values import Value

_JUEL: Final = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_FEEL: Final = re.compile(r"\s*=(?!=)")
_NOTHING: Final[Functions] = {}


class Expression:
    """A compiled expression; immutable, shared between threads.

    Attributes: `text` as written; `names`, the free variable names in order of appearance;
    `calls`, every call with its literal arguments; `foreign`, the names of called functions
    that the language does not have and the caller must give.
    """

    __slots__ = ("_slots", "_step", "calls", "foreign", "names", "text")

    def __init__(
        self, text: str, step: Step, names: tuple[str, ...], calls: tuple[CallInfo, ...], slots: int
    ) -> None:
        self.text = text
        self.names = names
        self.calls = calls
        self.foreign = tuple(dict.fromkeys(c.name for c in calls if c.name not in BUILTINS))
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
    """True when the text says that it is one: `= …`, `${…}` or `#{…}`."""
    return bool(_FEEL.match(text) or _JUEL.fullmatch(text))


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
    step = inner._step
    return Expression(text, lambda run: truth(step(run), 0), inner.names, inner.calls, inner._slots)


def compile_part(
    source: str, start: int, end: int, overrides: frozenset[str] = frozenset()
) -> Expression:
    """Compile `source[start:end]`, a part of a script or a template, in FEEL's surface."""
    return _build(source, start, end, juel=False, overrides=overrides)


def _compiled(text: str) -> Expression:
    if len(text) > limits.SOURCE:
        raise ExpressionError(0, "expression.too-long", text[:200], limit=limits.SOURCE)
    juel = _JUEL.fullmatch(text)
    if juel:
        return _build(text, juel.start(1), juel.end(1), juel=True)
    feel = _FEEL.match(text)
    return _build(text, feel.end() if feel else 0, len(text), juel=False)


def _build(
    text: str, start: int, end: int, *, juel: bool, overrides: frozenset[str] = frozenset()
) -> Expression:
    try:
        tree = Parser(text, start, end, juel=juel, phrases=PHRASES).whole()
        compiler = Compiler(overrides)
        step = compiler.compile(tree)
        return Expression(text, step, tuple(compiler.names), tuple(compiler.calls), compiler.slots)
    except ExpressionError as error:
        error.text = error.text or text
        raise
    except RecursionError:
        raise ExpressionError(start, "expression.too-deep", text, limit=limits.DEPTH) from None
