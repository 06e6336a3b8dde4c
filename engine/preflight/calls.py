"""Rules about processes that call processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from engine.bpmn.model import NodeKind
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem
from kernel.expressions import is_expression

MAX_DEPTH: Final = 8


@rules.register("called")
def called_processes_exist(upload: Upload) -> Iterator[Problem]:
    """A call activity names a process of the bundle or a deployed one."""
    brought = {model.key for model in upload.models}
    known = brought | upload.catalogue.processes.keys()
    for model, node in upload.every():
        if node.kind is not NodeKind.CALL:
            continue
        if not node.called:
            yield about(model, node, "call.missing")
        elif is_expression(node.called):
            continue  # looked up when it is called
        elif node.called not in (brought if node.called_binding == "deployment" else known):
            yield about(model, node, "reference.process", key=node.called)


@rules.register("call-depth")
def calls_come_to_an_end(upload: Upload) -> Iterator[Problem]:
    """No process calls itself, directly or through others, and no chain is deeper than 8."""
    calls: dict[str, frozenset[str]] = dict(upload.catalogue.processes)
    calls.update({model.key: model.called for model in upload.models})
    deepest: dict[str, int] = {}
    for model in upload.models:
        circle = _way_back(model.key, calls)
        if circle:
            yield about(model, None, "call.cycle", path=" → ".join(circle))
        elif _depth(model.key, calls, deepest) > MAX_DEPTH:
            yield about(model, None, "call.too-deep", limit=MAX_DEPTH)


def _way_back(key: str, calls: Mapping[str, frozenset[str]]) -> list[str]:
    """The shortest chain of calls from a process to itself, empty when there is none."""
    came_from: dict[str, str] = {}
    queue = [key]
    while queue:
        caller = queue.pop(0)
        for called in sorted(calls.get(caller, ())):
            if called == key:
                path = [key, caller]
                while path[-1] != key:
                    path.append(came_from[path[-1]])
                return path[::-1] if caller != key else [key, key]
            if called not in came_from:
                came_from[called] = caller
                queue.append(called)
    return []


def _depth(
    key: str,
    calls: Mapping[str, frozenset[str]],
    known: dict[str, int],
    above: frozenset[str] = frozenset(),
) -> int:
    """How many processes stand below each other, this one included; circles end the count."""
    if key in known:
        return known[key]
    if key in above or len(above) > MAX_DEPTH:
        return 1
    inside = above | {key}
    below = [_depth(called, calls, known, inside) for called in sorted(calls.get(key, ()))]
    depth = 1 + max(below, default=0)
    if not above:
        known[key] = depth
    return depth
