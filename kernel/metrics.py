"""What is counted while work is done; `/metrics` shows it, `docs/reference/metrics.md` lists it.

With `PROMETHEUS_MULTIPROC_DIR` set, all processes of a machine count into one folder.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # series that nobody reads
registry = CollectorRegistry()

REQUESTS = Counter(
    "ravand_requests", "Answered requests.", ("endpoint", "status"), registry=registry
)
REQUEST_SECONDS = Histogram(
    "ravand_request_seconds",
    "Time to the answer.",
    ("endpoint",),
    buckets=(0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=registry,
)
STEPS = Counter("ravand_steps", "Steps of cases that were completed.", registry=registry)
TIMER_LATENESS = Histogram(
    "ravand_timer_lateness_seconds",
    "How long after its instant a timer was taken up.",
    buckets=(0.5, 1, 2, 5, 15, 60, 300),
    registry=registry,
)
DELIVERIES = Counter(
    "ravand_deliveries_settled",
    "Deliveries that left our hands, or never will.",
    ("channel", "state"),
    registry=registry,
)
