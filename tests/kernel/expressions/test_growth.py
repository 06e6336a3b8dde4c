"""Evaluating for ever keeps nothing: what an expression made is gone when it is answered."""

import gc
import tracemalloc
from contextlib import suppress

import pytest

from kernel.expressions import ExpressionError, compile, compile_condition, compile_template

VARIABLES = {"amount": 1200, "status": "ok", "items": list(range(200)), "name": "سارا"}
TEXTS = (
    '= amount > 1000 and status = "ok"',
    "= for i in items return {value: i * 2, text: string(i)}",
    "= sum(items[item > 100]) / count(items)",
    '= string join(for i in items return string(i), ",")',
    "= sort(items, function(a, b) a > b)",
    '= matches(name, "[a-z]+") or contains(name, "س")',
    '= date("2026-11-22") + duration("P1M")',
    "= 1 / (amount - 1200)",
    "${amount > 1000 && status == 'ok' ? items[3] : empty name}",
)
SLACK = 32_768  # bytes: interpreter's own caches, not one list of a thousand evaluations


def evaluate(text: str) -> None:
    with suppress(ExpressionError):
        compile(text).evaluate(VARIABLES)


@pytest.mark.parametrize("text", TEXTS)
def test_a_thousand_evaluations_leave_no_memory_behind(text: str) -> None:
    for _ in range(50):
        evaluate(text)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    for _ in range(1000):
        evaluate(text)

    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < SLACK


def test_what_is_compiled_is_remembered_within_bounds() -> None:
    for number in range(4_200):
        compile_condition(f"amount > {number}")

    info = compile_condition.cache_info()
    assert info.currsize == info.maxsize == 4096
    assert all(one.cache_info().maxsize for one in (compile, compile_template))
