"""One small total metered language: the only way in which designers' text is evaluated.

FEEL (`= amount > 1000 and status = "ok"`) and JUEL (`${amount > 1000 && status == 'ok'}`) are
two surfaces of one syntax tree, compiled to closures. `docs/reference/expressions.md` is the
contract with designers.
"""

from kernel.expressions.api import (
    Expression,
    UnaryTests,
    compile,
    compile_condition,
    compile_feel,
    is_expression,
)
from kernel.expressions.compiler import COMPUTED, CallInfo
from kernel.expressions.errors import ExpressionError
from kernel.expressions.run import Run
from kernel.expressions.scripts import Assignments, compile_script
from kernel.expressions.templates import Template, compile_template
from kernel.expressions.values import Months, Span, Value, from_json, to_json

__all__ = [
    "COMPUTED",
    "Assignments",
    "CallInfo",
    "Expression",
    "ExpressionError",
    "Months",
    "Run",
    "Span",
    "Template",
    "UnaryTests",
    "Value",
    "compile",
    "compile_condition",
    "compile_feel",
    "compile_script",
    "compile_template",
    "from_json",
    "is_expression",
    "to_json",
]
