"""Rules about times: what is written can be read, and nothing ticks too fast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from engine.bpmn.model import Node, NodeKind, ProcessModel, TimerSpec
from engine.bpmn.reminders import is_duration
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem
from engine.settings import settings
from kernel import clock, cron
from kernel.expressions import is_expression

MIN_SECONDS: Final = 10
_CYCLE = re.compile(r"R(?P<times>\d{0,5})/(?:(?P<start>[^/P][^/]*)/)?(?P<every>P[^/]+)")
_PARTS = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SECONDS: Final = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)


@rules.register("timers")
def timers_can_be_read(upload: Upload) -> Iterator[Problem]:
    """A literal time is ISO 8601; a repeating one comes at most every ten seconds."""
    for model, node in upload.every():
        if node.event.timer:
            yield from _timer(model, node, node.event.timer)
            if node.event.timer.catchup != "once" and not _repeats(node, node.event.timer):
                yield about(model, node, "timer.catchup")
        ttl = node.event.correlation.ttl if node.event.correlation else None
        if ttl and not is_expression(ttl) and not is_duration(ttl):
            yield about(model, node, "timer.invalid", text=ttl[:60], example="PT1H")
        times = (node.deadline.duration, node.deadline.follow_up) if node.deadline else ()
        for limit in times:
            yield from _limit(model, node, limit)


def _repeats(node: Node, timer: TimerSpec) -> bool:
    """Whether a timer comes again and again: a cycle that nothing ends when it fires first."""
    if timer.kind != "cycle" or node.kind not in (NodeKind.START, NodeKind.BOUNDARY):
        return False
    return not node.interrupting or (node.kind is NodeKind.START and node.parent is None)


def _limit(model: ProcessModel, node: Node, limit: str) -> Iterator[Problem]:
    """The time limit or the follow-up date of a task."""
    if not limit or is_expression(limit):
        return
    if not is_duration(limit):
        yield about(model, node, "timer.invalid", text=limit[:60], example="PT4H")
    elif seconds(limit) <= 0:
        yield about(model, node, "timer.too-fast", limit=MIN_SECONDS)


def _timer(model: ProcessModel, node: Node, timer: TimerSpec) -> Iterator[Problem]:
    text = timer.text
    if is_expression(text):
        return
    if timer.kind == "date" and not _is_instant(text):
        yield about(
            model, node, "timer.invalid", text=text[:60], example="2026-11-22T08:00:00+03:30"
        )
    elif timer.kind == "duration" and not is_duration(text):
        yield about(model, node, "timer.invalid", text=text[:60], example="PT24H")
    elif timer.kind == "cycle" and cron.is_cron(text):
        yield from _cron(model, node, text)
    elif timer.kind == "cycle":
        match = _CYCLE.fullmatch(text)
        if match is None or not is_duration(match["every"]):
            yield about(model, node, "timer.invalid", text=text[:60], example="R3/PT24H")
        elif seconds(match["every"]) < MIN_SECONDS:
            yield about(model, node, "timer.too-fast", limit=MIN_SECONDS)


def _cron(model: ProcessModel, node: Node, text: str) -> Iterator[Problem]:
    try:
        first = cron.next_after(text, clock.now(), settings().zone)
        gap = cron.shortest_gap(text, clock.now(), settings().zone)
    except cron.CronInvalid as bad:
        example = "0 0 8 ? * SAT" if bad.ambiguous else "0 8 * * 6"
        code = "timer.day-of-week" if bad.ambiguous else "timer.invalid"
        yield about(model, node, code, text=text[:60], example=example)
        return
    if first is None:
        yield about(model, node, "timer.invalid", text=text[:60], example="0 8 * * 6")
    if gap < MIN_SECONDS:
        yield about(model, node, "timer.too-fast", limit=MIN_SECONDS)


def seconds(duration: str) -> float:
    """About how long an ISO duration is; months count 30 days."""
    match = _PARTS.fullmatch(duration)
    if match is None:
        return 0.0
    given = zip(match.groups(), _SECONDS, strict=True)
    return sum(float(part) * unit for part, unit in given if part)


def _is_instant(text: str) -> bool:
    for read in (datetime.fromisoformat, date.fromisoformat):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False
