"""Multi-instance and standard loop markers of an activity."""

from __future__ import annotations

from engine.bpmn.model import Repeat
from engine.bpmn.source import Element, Source, attribute, child, children, flag, local, text_of
from engine.bpmn.vocabulary import RAVAND

_THROWS = ("noneBehaviorEventRef", "oneBehaviorEventRef")


def read_repeat(source: Source, element: Element) -> Repeat | None:
    """How often the activity runs, and what comes of it; None when it runs once."""
    loop = child(element, "standardLoopCharacteristics")
    if loop is not None:
        return _loop(source, loop)
    several = child(element, "multiInstanceLoopCharacteristics")
    return None if several is None else _several(source, several)


def _loop(source: Source, loop: Element) -> Repeat:
    maximum = attribute(loop, "loopMaximum")
    if maximum and not maximum.isdigit():
        source.report(
            "bpmn.bad-value",
            loop,
            word="standardLoopCharacteristics",
            attribute="loopMaximum",
            value=maximum,
            choices="3",
        )
    return Repeat(
        kind="loop",
        until=text_of(child(loop, "loopCondition")) or None,
        test_before=flag(loop, "testBefore", False),
        maximum=int(maximum) if maximum.isdigit() else None,
    )


def _several(source: Source, several: Element) -> Repeat:
    _check_behavior(source, several)
    gives = _item(several, "outputDataItem")
    value = attribute(several, f"{{{RAVAND}}}outputElement") or (f"= {gives}" if gives else "")
    return Repeat(
        kind="sequential" if flag(several, "isSequential", False) else "parallel",
        cardinality=text_of(child(several, "loopCardinality")) or None,
        collection=attribute(several, f"{{{RAVAND}}}collection")
        or source.variable(text_of(child(several, "loopDataInputRef")))
        or None,
        element=attribute(several, f"{{{RAVAND}}}element")
        or _item(several, "inputDataItem")
        or None,
        until=text_of(child(several, "completionCondition")) or None,
        output=attribute(several, f"{{{RAVAND}}}output")
        or source.variable(text_of(child(several, "loopDataOutputRef")))
        or None,
        output_value=value or None,
        output_item=gives or None,
        first=0 if attribute(several, f"{{{RAVAND}}}counter") == "0" else 1,
    )


def _item(several: Element, tag: str) -> str:
    """The variable of a run's own item."""
    item = child(several, tag)
    return "" if item is None else attribute(item, "name") or attribute(item, "id")


def _check_behavior(source: Source, several: Element) -> None:
    """Events thrown as runs end are refused: a completion condition says the same."""
    behavior = attribute(several, "behavior", "All")
    thrown = [one for one in children(several) if local(one) == "complexBehaviorDefinition"]
    named = [name for name in _THROWS if several.get(name) is not None]
    if behavior != "All" or thrown or named:
        source.report("support.repeat-behavior", several, behavior=behavior)
