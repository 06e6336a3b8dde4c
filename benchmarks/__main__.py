"""`make bench`: run every scenario, print the table, write build/bench.json."""

import json
import sys
import time
from pathlib import Path

from benchmarks import (
    engine_durable,
    engine_steps,
    expressions,
    inbox,
    preflight,
    restart,
    submission_http,
    throughput_http,
    timers,
    two_task_http,
)
from benchmarks.probes import probes
from benchmarks.result import table

SCENARIOS = (
    expressions,
    preflight,
    engine_steps,
    engine_durable,
    submission_http,
    throughput_http,
    two_task_http,
    inbox,
    timers,
    restart,
)
OUTPUT = Path(__file__).parent.parent / "build" / "bench.json"


def main() -> int:
    """0 when every figure is on the good side of its bar.

    A scenario that fails ends the run; what was found before is printed and written all the same.
    """
    results = probes()
    try:
        for scenario in SCENARIOS:
            began = time.monotonic()
            print(f"… {scenario.__name__}", file=sys.stderr, flush=True)
            results += scenario.run()
            print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    finally:
        print(table(results))
        OUTPUT.parent.mkdir(parents=True, exist_ok=True)
        rows = [one.row() for one in results]
        OUTPUT.write_text(json.dumps(rows, indent=1, ensure_ascii=False))
    return 0 if all(one.holds for one in results) else 1


if __name__ == "__main__":
    sys.exit(main())
