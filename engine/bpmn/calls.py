"""What a call activity calls, and which version of it."""

from __future__ import annotations

from typing import Any

from engine.bpmn.source import Element, Source, attribute, reference
from engine.bpmn.vocabulary import RAVAND
from kernel.expressions import is_expression


def read_call(source: Source, element: Element) -> dict[str, Any]:
    """The fields of a call activity: a key, or an expression that gives one, and its binding."""
    written = attribute(element, "calledElement")
    key = written if is_expression(written) else reference(element, "calledElement")
    binding = attribute(element, f"{{{RAVAND}}}binding", "latest")
    version = attribute(element, f"{{{RAVAND}}}version")
    if version.isdigit() != (binding == "version"):
        source.report(
            "bpmn.bad-value",
            element,
            word="callActivity",
            attribute="version",
            value=version,
            choices='ravand:binding="version" ravand:version="3"',
        )
    pinned = int(version) if version.isdigit() and len(version) < 10 else None
    return {"called": key or None, "called_binding": binding, "called_version": pinned}
