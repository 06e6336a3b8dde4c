"""Which decision a business rule task asks."""

from __future__ import annotations

import re
from typing import Literal, cast

from engine.bpmn.details import DecisionMap
from engine.bpmn.model import DecisionRef
from engine.bpmn.source import Element, Source, attribute, extensions

_NAME = re.compile(r"[^\W\d]\w*")


def read_decision(source: Source, element: Element) -> DecisionRef | None:
    """`ravand:decision` of a business rule task."""
    found = next(extensions(element, "decision"), None)
    if found is None:
        return None
    binding = attribute(found, "binding", "latest") or "latest"
    version = attribute(found, "version")
    if (version.isdigit() and len(version) < 10) != (binding == "version"):
        _refuse(source, found, "version", version, 'binding="version" version="3"')
    result = attribute(found, "result")
    mapped = attribute(found, "map", "singleResult") or "singleResult"
    if (result and not _NAME.fullmatch(result)) or (not result and mapped != "singleResult"):
        _refuse(source, found, "result", result, 'result="discount"')
    return DecisionRef(
        key=attribute(found, "key"),
        binding=cast(Literal["latest", "deployment", "version"], binding),
        version=int(version) if version.isdigit() and len(version) < 10 else None,
        result=result or None,
        map=cast(DecisionMap, mapped),
    )


def _refuse(source: Source, found: Element, name: str, value: str, choices: str) -> None:
    source.report(
        "bpmn.bad-value", found, word="decision", attribute=name, value=value, choices=choices
    )
