"""Work that workers outside fetch by its topic: the row of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.details import EXTERNAL_TYPE
from engine.ledger import Row
from engine.spiff.faults import Fault
from engine.store import EXTERNAL
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.live import Live
    from engine.spiff.token import Token

__all__ = ["EXTERNAL_TYPE", "offer"]

LONGEST = 200  # characters of a topic
MOST_DIGITS = 6  # of a number of tries


def offer(live: Live, token: Token, inputs: JsonObject) -> None:
    """Let workers fetch a step; it waits for as long as none does.

    Raises: Fault when the topic is empty or the number of tries is none.
    """
    node = token.node
    written = node.connector.topic if node.connector else None
    topic = live.evaluator(token.local).text(written or "").strip()
    if not topic or len(topic) > LONGEST:
        raise Fault("engine.external", "the topic is empty or too long", topic=topic[:80])
    row = {
        "id": token.id,
        "instance_id": live.id,
        "root_id": live.root_id,
        "element_id": node.id,
        "definition_key": live.row["definition_key"],
        "number": live.row["number"],
        "topic": topic,
        "inputs": inputs,
        "created_at": live.now,
        "available_at": live.now,
        "retries": _retries(live, token),
        "worker": None,
        "locked_until": None,
        "error": None,
    }
    live.ledger.add(Row(EXTERNAL, row))
    token.internal_data["external"] = True


def _retries(live: Live, token: Token) -> int | None:
    """How often workers may try; None when the diagram leaves it to them.

    Raises: Fault when it is no whole number.
    """
    written = token.node.connector.retries if token.node.connector else None
    if not written:
        return None
    text = live.evaluator(token.local).text(written).strip()
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Fault("engine.external-retries", "not a number of tries", expression=written[:2000])
    return int(text)
