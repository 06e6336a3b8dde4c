"""One day in the product: two cases with people, machines, timers, a text, a message, a call.

Played over HTTP by a clerk; what became of it is told without ids, so that it can be compared.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from engine import verifying
from engine.tables import HistoryEvent, Incident, ProcessInstance
from kernel import db
from kernel.uow import read_only
from notifiers.tables import Delivery
from tests.matrix.cells import Cell
from tests.running import RemoteVisitor
from tests.web.test_staff_pages import address, at, hidden

Passing = Callable[..., None]
CLERK = "reception.clerk"
MOBILE = "09121234567"


def play(cell: Cell, pass_time: Passing | None = None) -> None:
    """From the start of both cases to their ends, and the text to its phone.

    Args:
        pass_time: how the clock goes on; else as it should, once machines did what is due.
    """
    pass_time = pass_time or steadily
    clerk = cell.visitor(CLERK)
    begin(clerk, "q")
    begin(clerk, "p")
    complete(clerk)  # `ask`
    pass_time(cell, hours=1)  # `pause` is over
    clerk = cell.visitor(CLERK)
    cell.wait(lambda: "item-form" in clerk.get("/inbox/next"), "`sign` is open")
    sign = clerk.page
    pass_time(cell, minutes=10)
    cell.wait(lambda: cell.sms.calls("sms/status"), "the provider was asked what became of it")
    pass_time(cell, minutes=110)  # `late`
    cell.wait(lambda: "noted" in elements(), "the reminder beside `sign` went by")
    clerk = cell.visitor(CLERK)
    clerk.page = sign
    complete(clerk)  # as the page of two hours ago asked
    cell.wait(lambda: {"completed"} == statuses(), "both cases have ended")
    cell.wait(cell.idle, "nothing is left to do")


def steadily(cell: Cell, **parts: int) -> None:
    """Machines do what is due before it is later."""
    cell.wait(cell.idle, "machines did what was theirs")
    cell.clock.move(**parts)


def begin(clerk: RemoteVisitor, key: str) -> None:
    page = clerk.get(f"/start?process={key}")
    clerk.post(f"/start/{key}", {"request_id": str(uuid4()), "start_event": at(page)})


def complete(clerk: RemoteVisitor) -> None:
    """Send the page's item, twice, as an impatient finger does."""
    found = re.search(r'name="outcome" value="([^"]*)"', clerk.page)
    sent = {"outcome": found[1] if found else "", **hidden(clerk.page)}
    item = address(clerk.page)
    for _ in range(2):
        clerk.post(item, sent)


def elements() -> set[str]:
    with read_only() as session:
        return {one for one in session.scalars(select(HistoryEvent.element_id)) if one}


def statuses() -> set[str]:
    with read_only() as session:
        return set(session.scalars(select(ProcessInstance.status)))


def told(cell: Cell) -> dict[str, Any]:
    """All that is to be alike; `wrong` is what may never be."""
    with read_only() as session:
        facts: dict[str, Any] = {
            "cases": sorted(
                [one.number, one.definition_key, one.status, one.end_event, one.variables]
                for one in session.scalars(select(ProcessInstance))
            ),
            "history": sorted(
                [row.at.isoformat(), row.kind, row.element_id or "", row.person or ""]
                for row in session.scalars(select(HistoryEvent))
            ),
            "deliveries": [
                [one.channel, one.state, one.address, one.text]
                for one in session.scalars(select(Delivery))
            ],
            "wrong": [f"{one.code} {one.facts}" for one in verifying.verify(session)]
            + [one.message for one in session.scalars(select(Incident))],
        }
    facts["texts"] = [[one.receptor, one.message] for one in cell.sms.messages]
    facts["calls"] = len(cell.sms.calls("sms/send"))
    facts["digest"] = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    facts["database"] = "sqlite" if db.database().is_sqlite else "postgres"
    return facts
