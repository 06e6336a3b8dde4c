"""An instance as it stood while a user step was open: what an operator can go back to.

Kept when the step is completed, so it costs one row: the state and the variables as they were
loaded. The newest few of an instance are kept; one too large to be kept has none.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.live import Live
    from engine.store import Store

KEEP = 50  # of one instance
LARGEST = 100_000  # bytes of variables as JSON
PLAIN = 1_000  # bytes of variables that are not worth compressing


def keep(store: Store, live: Live, submission: JsonObject) -> None:
    """Keep the instance as it was loaded, before a person's answers change it."""
    text = orjson.dumps(live.variables)
    if live.case.asleep is not None or len(text) > LARGEST:
        return
    number = live.case.facts.get("kept", 0)
    live.case.facts["kept"] = number + 1
    row = {
        "instance_id": live.id,
        "slot": number % KEEP,
        "submission_id": submission["id"],
        "item_id": submission["item_id"],
        "definition_id": live.definition.id,
        "element_id": submission["element_id"],
        "at": live.now,
        "state": live.row["state"],
        "variables": _packed(text),
    }
    store.keep_snapshot(row, again=number >= KEEP)


def variables_of(snapshot: JsonObject) -> JsonObject:
    """The variables that a snapshot holds."""
    data: bytes = snapshot["variables"]
    found: JsonObject = orjson.loads(data if data[:1] == b"{" else zlib.decompress(data))
    return found


def rewritten(data: bytes, change: Callable[[JsonObject], JsonObject]) -> bytes:
    """A snapshot's variables, changed; the same bytes when nothing is."""
    before = variables_of({"variables": data})
    after = change(before)
    return data if after == before else _packed(orjson.dumps(after))


def _packed(text: bytes) -> bytes:
    return text if len(text) <= PLAIN else zlib.compress(text, 1)
