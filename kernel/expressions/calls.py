"""The closures of calls: the language's own functions, the caller's, and definitions."""

from typing import Any

from kernel.errors import AppError
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import Builtin
from kernel.expressions.run import Lambda, Run, Step, admit


def definition(slots: tuple[int, ...], body: Step, cost: int) -> Step:
    """A function definition as a value; each call of it costs `cost` steps."""
    return lambda run: Lambda(run, slots, body, cost)


def builtin_call(builtin: Builtin, arguments: tuple[Step, ...], at: int) -> Step:
    """A call of the language's own function."""

    def step(run: Run) -> Any:
        return builtin.call(run, [argument(run) for argument in arguments], at)

    return step


def foreign_call(name: str, arguments: tuple[Step, ...], at: int) -> Step:
    """A function that the caller gives; whatever it raises as a refusal becomes our error."""

    def step(run: Run) -> Any:
        function = run.functions.get(name)
        if function is None:
            raise ExpressionError(at, "expression.unknown-function", name=name[:80])
        run.charge(1, at)
        values = [argument(run) for argument in arguments]
        try:
            return admit(function(*values), at)
        except ExpressionError:
            raise
        except AppError as refusal:
            raise ExpressionError(
                at, "expression.call-refused", name=name[:80], reason=refusal.sentence()
            ) from refusal
        except (TypeError, ValueError, LookupError, ArithmeticError):
            raise ExpressionError(at, "expression.function-refused", name=name[:80]) from None

    return step
