"""Lanes, and what their performer means for the tasks in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.model import Lane, Node, NodeKind
from engine.bpmn.source import Element, Source, attribute, child, children, english, text_of
from engine.bpmn.work import read_performer

_PEOPLE = (NodeKind.USER_TASK, NodeKind.MANUAL_TASK)


def read_lanes(source: Source, process: Element, nodes: dict[str, Node]) -> tuple[Lane, ...]:
    """The lanes from outer to inner. Nodes learn their lane; tasks without a performer
    get that of the innermost lane which has one."""
    found = []
    for element in _lane_elements(process):
        lane = Lane(
            id=attribute(element, "id"),
            name=attribute(element, "name"),
            name_en=english(element),
            performer=read_performer(element),
            nodes=tuple(text_of(one) for one in children(element, "flowNodeRef")),
        )
        found.append(lane)
        for inside in _everything_in(lane, nodes):
            nodes[inside] = replace(nodes[inside], lane=lane.id)
    _hand_down(found, nodes)
    return tuple(found)


def _lane_elements(holder: Element, tag: str = "laneSet") -> Iterator[Element]:
    lane_set = child(holder, tag)
    if lane_set is None:
        return
    for lane in children(lane_set, "lane"):
        yield lane
        yield from _lane_elements(lane, "childLaneSet")


def _everything_in(lane: Lane, nodes: dict[str, Node]) -> Iterator[str]:
    """The nodes a lane names, and what stands in the subprocesses among them."""
    named = set(lane.nodes)
    for node in nodes.values():
        scope: Node | None = node
        while scope is not None:
            if scope.id in named:
                yield node.id
                break
            scope = nodes.get(scope.parent) if scope.parent else None


def _hand_down(lanes: list[Lane], nodes: dict[str, Node]) -> None:
    given = {node.id: node.performer for node in nodes.values()}
    for lane in lanes:
        if lane.performer is None:
            continue
        for inside in _everything_in(lane, nodes):
            if nodes[inside].kind in _PEOPLE and given[inside] is None:
                nodes[inside] = replace(nodes[inside], performer=lane.performer)
