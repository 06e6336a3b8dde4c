"""An instance's tokens as one small blob, and back.

Only what is live is kept: history stands in its own rows, variables in their own column, and the
specification is found by the definition, never stored. A token names its element by id, so that
moving an instance to another version is a lookup.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgpack
from SpiffWorkflow.util.task import TaskState

from engine.spiff import dormitory
from engine.spiff.case import Case
from engine.spiff.dormitory import Fetch
from engine.spiff.effects import Effects
from engine.spiff.faults import Fault
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import Token
from kernel.types import JsonObject

FORMAT = 2


def dump(case: Case) -> bytes:
    """The blob of a case at rest; the bodies of its large activities lie down to sleep.

    Raises: Fault when a token is still ready: a running case is never stored.
    """
    dormitory.settle(case, _pack, _unpack)
    tokens = [_pack(token) for token in case.live.values()]
    parts = case.asleep.header() if case.asleep is not None else None
    blob: bytes = msgpack.packb((FORMAT, case.facts, tokens, parts))
    return blob


def rewritten(blob: bytes, change: Callable[[Any], Any]) -> bytes:
    """The blob with every value that its tokens carry changed; the same when none is."""
    form, facts, tokens, *rest = msgpack.unpackb(blob, strict_map_key=False)
    new: bytes = msgpack.packb((form, change(facts), _all_changed(tokens, change), *rest))
    return (
        blob if msgpack.unpackb(new, strict_map_key=False) == [form, facts, tokens, *rest] else new
    )


def rewritten_part(data: bytes, change: Callable[[Any], Any]) -> bytes:
    """A part of a large instance, changed in the same way."""
    units = msgpack.unpackb(data)
    bodies = [msgpack.unpackb(unit, strict_map_key=False) for unit in units]
    new = [_all_changed(tokens, change) for tokens in bodies]
    if new == bodies:
        return data
    packed: bytes = msgpack.packb([msgpack.packb(tokens) for tokens in new])
    return packed


def _all_changed(tokens: list[list[Any]], change: Callable[[Any], Any]) -> list[list[Any]]:
    """Only what a token carries is said by people: its own data and its own variables."""
    return [[*rest, change(internal), change(own)] for *rest, internal, own in tokens]


def _pack(token: Token) -> tuple[Any, ...]:
    if token._state == TaskState.READY:
        raise Fault("engine.not-at-rest", token.node.id)
    scope, owner = token.scope, token.owner
    return (
        token.id.bytes,
        token.task_spec.name,
        token._state,
        scope.bytes if scope is not None else None,
        owner.bytes if owner is not None and owner != scope else None,
        token.listener,
        token.since.timestamp(),
        token.internal_data or None,
        token.own,
    )


def load(
    blob: bytes,
    graph: ProcessGraph,
    effects: Effects,
    variables: JsonObject,
    now: datetime,
    fetch: Fetch | None = None,
) -> Case:
    """The case that a blob describes.

    Args:
        fetch: reads the parts in which the bodies of large activities sleep.

    Raises: KeyError when a token stands on an element that the graph does not have.
    """
    _, facts, tokens, *rest = msgpack.unpackb(blob, strict_map_key=False)
    case = Case(graph, effects, variables, now)
    case.facts = facts
    for packed in tokens:
        _unpack(case, packed)
    if fetch is not None and rest and rest[0]:
        dormitory.Dormitory(case, fetch, _unpack).read(rest[0])
    return case


def _unpack(case: Case, packed: list[Any]) -> Token:
    raw_id, element_id, state, scope, owner, listener, since, internal, own = packed
    token = Token.__new__(Token)  # the library's constructor would announce it to a parent
    token.id = UUID(bytes=raw_id)
    token.workflow = case
    token.task_spec = case.spec.task_specs[element_id]
    token.scope = UUID(bytes=scope) if scope else None
    token.owner = UUID(bytes=owner) if owner else token.scope
    token.listener = listener
    token.since = datetime.fromtimestamp(since, UTC)
    token.internal_data = internal or {}
    token.own = own
    token.data = case.variables
    token.triggered = False
    token.thread_id = 0
    token._parent = None
    token._children = []
    token._state = state
    token.last_state_change = since
    case.tasks[token.id] = token
    case.entered(token)
    return token
