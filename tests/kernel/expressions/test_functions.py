"""Every function does what its documentation shows, and the documentation shows every one."""

from pathlib import Path

import pytest

from kernel.expressions import ExpressionError, compile
from kernel.expressions.functions import BUILTINS, FAMILIES, Builtin
from kernel.expressions.reference import function_tables

EXAMPLES = [
    pytest.param(shown, value, id=shown)
    for family in FAMILIES.values()
    for builtin in family
    for shown, value in builtin.examples
]


@pytest.mark.parametrize(("shown", "value"), EXAMPLES)
def test_an_example_of_the_documentation_holds(shown, value):
    found, expected = compile(f"= {shown}").evaluate({}), compile(f"= {value}").evaluate({})
    assert found == expected
    assert type(found) is type(expected)


EACH = {builtin.names[0]: builtin for builtin in BUILTINS.values()}


@pytest.mark.parametrize("builtin", EACH.values(), ids=EACH)
def test_every_function_has_an_example_and_refuses_strange_values(builtin: Builtin):
    assert builtin.examples
    strange = [None, True, -1, 10**33, "x", "", [None, [1]], {"a": []}]
    count = max(1, len(builtin.parameters))
    for value in strange:
        for given in range(1, count + 1):
            names = ", ".join(["v"] * given)
            try:
                compile(f"= {builtin.names[0]}({names})").evaluate({"v": value})
            except ExpressionError:
                continue


def test_the_reference_page_holds_the_tables_of_today():
    page = Path("docs/reference/expressions.md").read_text(encoding="utf-8")
    assert function_tables() in page
