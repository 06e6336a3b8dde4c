"""What several dialects say about machine steps, repetition, calls and events, in our words."""

from __future__ import annotations

from engine.bpmn.details import EXTERNAL_TYPE
from engine.bpmn.dialects import scripts, texts
from engine.bpmn.dialects.sheet import Sheet
from engine.bpmn.source import Element, attribute, child, extensions, text_of
from engine.bpmn.vocabulary import RAVAND
from kernel.expressions import ExpressionError, compile, is_expression


def external(
    sheet: Sheet,
    topic: str,
    inputs: list[tuple[str, str]],
    outputs: list[tuple[str, str]],
    *,
    every_output: bool = True,
    retries: str = "",
) -> None:
    """A step for external workers: they see every variable, and what they answer becomes
    variables (with `every_output` also what no output names). Events that hand their message
    to a worker are read as send tasks."""
    if sheet.tag in ("intermediateThrowEvent", "endEvent"):
        sheet.retag("sendTask")
        for definition in list(sheet.element):
            if str(definition.tag).endswith("EventDefinition"):
                sheet.element.remove(definition)
    elif sheet.tag not in ("serviceTask", "sendTask"):
        sheet.retag("serviceTask")
    made = sheet.add("connector", type=EXTERNAL_TYPE, topic=topic, retries=retries)
    sheet.add("in", made, source="*")
    for target, text in inputs:
        sheet.add("in", made, target=target, expression=text)
    if every_output:
        sheet.add("out", made, source="*")
    for target, text in outputs:
        sheet.add("out", made, target=target, expression=text)


def assign(sheet: Sheet, direction: str, pairs: list[tuple[str, str]]) -> None:
    """Values handed in or back, by name and our text."""
    for target, text in pairs:
        sheet.add(direction, target=target, expression=text)


def hand(sheet: Sheet, direction: str, target: str, source: str) -> None:
    """One variable handed in or back under another name; that of a name which is the engine's
    own here is read as the other tool means it."""
    if source == texts.RESERVED:
        sheet.add(direction, target=target, expression=f"= {texts.STARTER}")
    else:
        sheet.add(direction, target=target, source=source)


def hold(sheet: Sheet, pairs: list[tuple[str, str]]) -> None:
    """Values that an activity has to itself while it lasts, beside what it hands in elsewhere."""
    for number, (name, text) in enumerate(pairs):
        made = sheet.standard("property", sheet.element)
        made.set("id", f"{sheet.id}.value.{number}")
        made.set("name", name)
        made.set(f"{{{RAVAND}}}value", text if is_expression(text) else f"= {texts.quoted(text)}")


def value_script(sheet: Sheet, language: str, text: str, result: str) -> None:
    """A script task's text in our language, or the refusal of it."""
    try:
        lines = scripts.lines(language, text, result)
    except scripts.Unreadable as part:
        sheet.report("dialect.script", language=language or "?", part=" ".join(str(part).split()))
        lines = ""
    set_script(sheet, lines)


def set_script(sheet: Sheet, lines: str) -> None:
    """Replace a script task's script."""
    sheet.element.set("scriptFormat", scripts.OURS)
    found = child(sheet.element, "script")
    if found is None:
        found = sheet.standard("script", sheet.element)
    found.text = lines


def computed(sheet: Sheet, text: str, result: str) -> bool:
    """A service task that only computes an expression is a script; False when our language
    cannot read it, as when it calls program code."""
    try:
        compile(text)
    except ExpressionError:
        return False
    if not result:
        return False
    sheet.retag("scriptTask")
    body = texts.feel_inner(text) if text.lstrip()[0] == "=" else texts.inner(text)
    value_script(sheet, "feel" if text.lstrip()[0] == "=" else "juel", f"${{{body}}}", result)
    return True


def repeat(sheet: Sheet, collection: str, element: str) -> None:
    """The list of a multi-instance activity and the name of its item."""
    for name, value in (("collection", collection), ("element", element)):
        if value:
            sheet.element.set(f"{{{RAVAND}}}{name}", value)


def outputs(sheet: Sheet, collection: str, item: str) -> None:
    """Where a multi-instance activity gathers what its runs gave."""
    if not collection:
        return
    sheet.element.set(f"{{{RAVAND}}}output", collection)
    if item:
        sheet.element.set(f"{{{RAVAND}}}outputElement", item)


def call(sheet: Sheet, key: str, binding: str, version: str) -> None:
    """Which process is called, and which version of it."""
    if key:
        sheet.element.set("calledElement", key)
    called = attribute(sheet.element, "calledElement")
    if "{" in called:
        sheet.element.set("calledElement", texts.juel(called))
    if binding == "versionTag":
        sheet.refuse("dialect.no-equivalent", "calledElementBinding", binding)
    elif binding and binding != "latest":
        sheet.element.set(f"{{{RAVAND}}}binding", binding)
    if version and binding == "version":
        sheet.element.set(f"{{{RAVAND}}}version", version)


def decision(sheet: Sheet, key: str, *, binding: str, version: str, result: str, map: str) -> None:
    """The decision of a business rule task."""
    if "{" in key or key.startswith("="):
        sheet.refuse("dialect.no-equivalent", "decisionRef", key)
    if binding == "versionTag":
        sheet.refuse("dialect.no-equivalent", "decisionRefBinding", binding)
        binding = ""
    binding = "" if binding == "latest" else binding
    version = version if binding == "version" else ""
    sheet.add("decision", key=key, binding=binding, version=version, result=result, map=map)


def correlation(sheet: Sheet, key: str) -> None:
    """The key of a waiting message event or receive task, unless it has one."""
    if next(extensions(sheet.element, "correlation"), None) is None:
        sheet.add("correlation", key=key)


def starts_a_case(sheet: Sheet) -> bool:
    """Whether it is a start event at the top of its process."""
    holder = sheet.element.getparent()
    return sheet.tag == "startEvent" and holder is not None and _is(holder, "process")


def waits_for_message(sheet: Sheet) -> bool:
    """Whether the element waits for a message inside of a case."""
    if sheet.tag == "receiveTask":
        return True
    catches = sheet.tag in ("intermediateCatchEvent", "boundaryEvent", "startEvent")
    return catches and sheet.definition("message") is not None and not starts_a_case(sheet)


def message_of(sheet: Sheet) -> str:
    """The id of the message that an event or task refers to."""
    definition = sheet.definition("message")
    holder = sheet.element if definition is None else definition
    return attribute(holder, "messageRef").rpartition(":")[2]


def rewrite(element: Element | None, text: str) -> None:
    """Give a BPMN element another text."""
    if element is not None and text != text_of(element):
        for inside in list(element):
            element.remove(inside)
        element.text = text


def _is(element: Element, tag: str) -> bool:
    return str(element.tag).endswith(f"}}{tag}")
