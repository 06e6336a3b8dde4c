"""A process that does one thing to an installation and may be killed on the way.

`python -m tests.faults.victim '{"folder": …, "sms": …, "now": …, "act": "drain"}'`
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import engine
from kernel import clock, jobs
from kernel.clock import MovableClock
from kernel.uow import unit_of_work
from people.actors import actor_at
from tests.product.fixtures import configuration
from web.cli.connect import connect


def main(order: dict[str, Any]) -> None:
    """Carry out the order."""
    clock.use(MovableClock(datetime.fromisoformat(order["now"])))
    connect(configuration(Path(order["folder"]), kavenegar_url=order["sms"]))
    if order["act"] == "drain":
        jobs.run_until_idle()
        return
    with unit_of_work() as uow:
        engine.complete(
            uow,
            UUID(order["item"]),
            order["answers"],
            outcome=order.get("outcome"),
            by=actor_at(uow.session, order["by"]),
            revision=order["revision"],
            request_id=UUID(order["request"]),
        )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
