"""An instance's tokens as one small blob, and back.

Only what is live is kept: history stands in its own rows, variables in their own column, and the
specification is found by the definition, never stored. A token names its element by id, so that
moving an instance to another version is a lookup.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgpack
from SpiffWorkflow.util.task import TaskState

from engine.spiff.case import Case
from engine.spiff.effects import Effects
from engine.spiff.faults import Fault
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import Token
from kernel.types import JsonObject

FORMAT = 1


def dump(case: Case) -> bytes:
    """The blob of a case at rest.

    Raises: Fault when a token is still ready: a running case is never stored.
    """
    tokens = [_pack(token) for token in case.live.values()]
    blob: bytes = msgpack.packb((FORMAT, case.facts, tokens))
    return blob


def _pack(token: Token) -> tuple[Any, ...]:
    if token._state == TaskState.READY:
        raise Fault("engine.not-at-rest", token.node.id)
    return (
        token.id.bytes,
        token.node.id,
        token._state,
        token.scope.bytes if token.scope else None,
        token.owner.bytes if token.owner != token.scope and token.owner else None,
        token.listener,
        token.since.timestamp(),
        token.internal_data or None,
        token.local,
    )


def load(
    blob: bytes, graph: ProcessGraph, effects: Effects, variables: JsonObject, now: datetime
) -> Case:
    """The case that a blob describes.

    Raises: KeyError when a token stands on an element that the graph does not have.
    """
    _, facts, tokens = msgpack.unpackb(blob, strict_map_key=False)
    case = Case(graph, effects, variables, now)
    case.facts = facts
    for packed in tokens:
        _unpack(case, packed)
    return case


def _unpack(case: Case, packed: list[Any]) -> None:
    raw_id, element_id, state, scope, owner, listener, since, internal, local = packed
    token = Token.__new__(Token)  # the library's constructor would announce it to a parent
    token.id = UUID(bytes=raw_id)
    token.workflow = case
    token.task_spec = case.spec.element(element_id)
    token.scope = UUID(bytes=scope) if scope else None
    token.owner = UUID(bytes=owner) if owner else token.scope
    token.listener = listener
    token.since = datetime.fromtimestamp(since, UTC)
    token.internal_data = internal or {}
    token.local = local
    token.data = case.variables
    token.triggered = False
    token.thread_id = 0
    token._parent = None
    token._children = []
    token._state = state
    token.last_state_change = since
    case.tasks[token.id] = token
    case.entered(token)
