"""What one token of a stored state has to itself, without bringing the instance to life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgpack

from engine.spiff.token import counters
from kernel.types import JsonObject

Fetch = Callable[[list[int]], dict[int, bytes]]
_SCOPE, _OWNER, _INTERNAL, _OWN = 3, 4, 7, 8  # places in a packed token


def own_values(blob: bytes, token_id: UUID, fetch: Fetch) -> JsonObject:
    """The values that a token sees besides the instance's variables, the innermost first; nothing
    when it is not there.

    Args:
        fetch: reads the parts in which the bodies of large activities sleep.
    """
    if not blob:
        return {}
    _, _facts, tokens, *rest = msgpack.unpackb(blob, strict_map_key=False)
    found = {packed[0]: packed for packed in tokens}
    raw = token_id.bytes
    if raw not in found and rest and rest[0]:
        found |= _sleeping(rest[0][1], raw, fetch)
    seen: JsonObject = {}
    for packed in reversed(_around(found, raw)):
        internal = packed[_INTERNAL] or {}
        if repeat := internal.get("repeat"):
            seen |= counters(repeat)
        seen |= {**(packed[_OWN] or {}), **internal.get("said", {})}
    return seen


def _around(tokens: dict[bytes, Any], raw: bytes) -> list[Any]:
    """A token and those around it, outwards."""
    chain = []
    packed = tokens.get(raw)
    while packed is not None:
        chain.append(packed)
        body = "body" in (packed[_INTERNAL] or {})
        outside = (packed[_OWNER] or packed[_SCOPE]) if body else packed[_SCOPE]
        packed = tokens.get(outside) if outside else None
    return chain


def _sleeping(parts: list[Any], raw: bytes, fetch: Fetch) -> dict[bytes, Any]:
    """The tokens of the sleeping body in which a token is."""
    likely = [number for number, _host, _count, low, high in parts if low <= raw <= high]
    for data in fetch(likely).values() if likely else ():
        for unit in msgpack.unpackb(data):
            if raw in unit:
                return {one[0]: one for one in msgpack.unpackb(unit, strict_map_key=False)}
    return {}
