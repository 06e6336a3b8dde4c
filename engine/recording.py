"""Writing what changed in one case, or in many at once: each kind of change is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from engine import family, signals
from engine.errors import StateLimit
from engine.ledger import Ledger
from engine.live import MAX_VARIABLES, Live
from engine.spiff import codec
from engine.store import INSTANCE, PART, Store
from kernel.errors import Conflict
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.advance import Tree


def record(trees: Sequence[Tree]) -> None:
    """Write what changed in some trees of one unit of work.

    Raises: StateLimit before anything is written; Conflict
    """
    if not trees:
        return
    uow, store = trees[0].uow, trees[0].store
    lives = [live for tree in trees for live in tree.touched]
    for live in lives:
        _pack(live)
    store.insert(INSTANCE, [live.row for live in lives if live.is_new])
    changed = [live for live in lives if not live.is_new]
    saved = store.save_instances([_saved(live.row) for live in changed])
    if saved not in (len(changed), -1):
        raise Conflict(what="instance")
    for live in lives:
        _save_parts(store, live)
    for tree in trees:
        signals.spread(tree)
    _merged(trees).write(uow, store)
    for tree in trees:
        if tree.cancelled:
            _end_cancelled(tree)


def _merged(trees: Sequence[Tree]) -> Ledger:
    """What all of them ask for: activations are of one tree only, so none meets another's."""
    if len(trees) == 1:
        return trees[0].ledger
    return Ledger([op for tree in trees for op in tree.ledger.ops])


def _pack(live: Live) -> None:
    if len(orjson.dumps(live.variables)) > MAX_VARIABLES:
        raise StateLimit(number=live.row["number"], limit=MAX_VARIABLES)
    live.row["subject"] = live.subject
    live.row["variables"] = live.variables
    if live.closed:
        end = live.row["end_event"] or live.case.end_event
        live.row |= {"state": b"", "active": [], "end_event": end}
    else:
        live.row |= {"state": codec.dump(live.case), "active": live.active()}
    live.row["revision"] += 1


def _save_parts(store: Store, live: Live) -> None:
    dormitory = live.case.asleep
    if dormitory is not None and live.closed:
        store.drop(PART.c.instance_id, [live.id])
    elif dormitory is not None:
        store.save_parts(live.id, dormitory.changes())


def _end_cancelled(tree: Tree) -> None:
    """End the subtrees below interrupted call activities."""
    tree.ledger.ops.clear()  # written with the others'
    any_live = next(iter(tree.lives.values()))
    rows = tree.store.running_tree(any_live.root_id)
    doomed = family.subtree(rows, set(tree.cancelled))
    family.end_instances(tree, doomed, "cancelled", None)


def _saved(row: JsonObject) -> JsonObject:
    names = ("status", "state", "revision", "variables", "active", "subject")
    ends = ("ended_at", "ended_by_id", "ended_by", "end_event", "end_reason")
    values = {name: row[name] for name in names + ends}
    return {"b_id": row["id"], "b_revision": row["revision"] - 1, **values}
