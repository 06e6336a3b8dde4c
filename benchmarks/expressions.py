"""A condition as a gateway asks it: compiled long ago, with the instance's variables.

Beside it the same condition in stock SpiffWorkflow's script environment, in turns.
"""

import statistics
import time

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from benchmarks.result import Result
from engine.evaluate import Evaluator, Scope

CONDITION, STOCK = '= amount > 1000 and status = "ok"', 'amount > 1000 and status == "ok"'
VARIABLES = {"amount": 5000, "status": "ok", **{f"field_{n}": n for n in range(30)}}
GIVEN = {"instance": {}, "initiator": {}, "now": 0, "today": 0, "organisation": {}}
ROUNDS, TIMES = 25, 4_000


def run() -> list[Result]:
    """Medians of rounds, CPU."""
    evaluator = Evaluator(Scope(GIVEN, None, VARIABLES), {})
    environment = PythonScriptEngine().environment
    assert evaluator.condition(CONDITION) is True
    assert environment.evaluate(STOCK, dict(VARIABLES)) is True
    ours, stock = [], []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(TIMES):
            evaluator.condition(CONDITION)
        middle = time.process_time()
        for _ in range(TIMES // 10):
            environment.evaluate(STOCK, dict(VARIABLES))
        end = time.process_time()
        ours.append((middle - begin) / TIMES * 1e6)
        stock.append((end - middle) / (TIMES // 10) * 1e6)
    ratio = statistics.median(a / b for a, b in zip(ours, stock, strict=True))
    return [
        Result("a plain condition, warm", statistics.median(ours), "µs CPU", must=3.0, aim=1.0),
        Result("… / stock SpiffWorkflow's evaluation of it", ratio, "ratio"),
    ]
