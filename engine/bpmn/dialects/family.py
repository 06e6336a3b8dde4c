"""What Camunda 7, Flowable and Activiti share: they grew from one engine and write JUEL."""

from __future__ import annotations

import re
from typing import Final

from engine.bpmn.dialects import scripts, steps, texts, work
from engine.bpmn.dialects.fields import Field, Sketch, choices, numbers
from engine.bpmn.dialects.sheet import Sheet
from engine.bpmn.pools import BUSINESS_KEY
from engine.bpmn.source import Element, attribute, child, children, local, text_of
from engine.bpmn.vocabulary import RAVAND
from kernel.types import JsonObject

_OWNER: Final = re.compile(r"(user|group)\(([^()]*)\)")
_CODE: Final = ("class", "delegateExpression")
_TYPES: Final[dict[str, JsonObject]] = {
    "string": {"type": "string"},
    "long": {"type": "integer"},
    "integer": {"type": "integer"},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}


# -- people --------------------------------------------------------------------------------


def people(sheet: Sheet) -> None:
    """Assignee, candidates, due and follow-up dates and priority of a user task."""
    users, groups = sheet.take("candidateUsers"), sheet.take("candidateGroups")
    assignee = sheet.take("assignee")
    if not (users or groups or assignee):
        users, groups = owners(sheet.element)
    work.performer(sheet, assignee, users, groups)
    dates = sheet.take("dueDate"), sheet.take("followUpDate")
    work.deadline(sheet, *dates, sheet.take("priority"))


def owners(element: Element) -> tuple[str, str]:
    """The users and groups of `humanPerformer` and `potentialOwner`: `user(a), group(b)`, a bare
    name being a user of the first and a group of the second."""
    found: dict[str, list[str]] = {"user": [], "group": []}
    for tag, usual in (("humanPerformer", "user"), ("potentialOwner", "group")):
        for one in children(element, tag):
            for name in texts.listed(text_of(child(one, "resourceAssignmentExpression"))):
                kind = _OWNER.fullmatch(name)
                found[kind[1] if kind else usual].append(kind[2].strip() if kind else name)
    return ",".join(found["user"]), ",".join(found["group"])


def initiator(sheet: Sheet) -> None:
    """The variable that holds who started the case: the user name."""
    name = sheet.take("initiator")
    if name:
        sheet.desk.initiators.add(name)
        if steps.starts_a_case(sheet):
            sheet.add("out", target=name, expression=f"= {texts.STARTER}")


def form_key(sheet: Sheet) -> None:
    """The form of a user task or start event by its key."""
    key = sheet.take("formKey")
    if not key or sheet.own("form"):
        return
    if key.startswith(("embedded:", "app:")) or key.endswith((".html", ".htm")) or "{" in key:
        sheet.refuse("dialect.form-kind", "formKey", key)
        return
    name = key.rpartition(":")[2].rpartition("/")[2]
    sheet.add("form", key=name.removesuffix(".form").removesuffix(".json"))


def field_of(sheet: Sheet, element: Element, label: str, first: str) -> Field | None:
    """One field of a generated form; None for a type that a form cannot ask."""
    kind = attribute(element, "type", "string")
    key = attribute(element, "id")
    options = choices(
        [(attribute(v, "id"), attribute(v, "name")) for v in sheet.inside(element, "value")]
    )
    schema = {"type": "string", "oneOf": options} if options else _TYPES.get(kind)
    if schema is None or (kind == "enum" and not options):
        return None
    made = Field(key=key, label=label or key, schema=dict(schema))
    if first:
        _set_default(made, first)
    return made


def _set_default(made: Field, first: str) -> None:
    if "{" in first:
        text = texts.juel(first)
        made.initial = f"= {texts.inner(text)}" if text.startswith("$") else text
    elif made.schema["type"] == "boolean":
        made.schema["default"] = first == "true"
    elif made.schema["type"] in ("integer", "number"):
        made.schema.update(numbers({"default": first}, "default"))
    elif "oneOf" not in made.schema or first in [o["const"] for o in made.schema["oneOf"]]:
        made.schema["default"] = first


def show_generated(sheet: Sheet, sketch: Sketch) -> None:
    """Show a form made of form fields, unless the step names one."""
    if (sketch.fields or sketch.refused) and not sheet.own("form"):
        work.generated(sheet, sheet.id, lambda: sketch)


def title(sheet: Sheet) -> str:
    """What a form made from an element is called."""
    return attribute(sheet.element, "name") or sheet.id


# -- machines ------------------------------------------------------------------------------


def program(sheet: Sheet, result: str) -> bool:
    """Program code behind a step: a class, a bean, an expression. True when it was dealt with."""
    for word in _CODE:
        if sheet.peek(word):
            sheet.refuse("dialect.code", word, sheet.take(word))
            return True
    text = sheet.take("expression")
    if not text:
        return False
    if not steps.computed(sheet, texts.juel(text), result):
        sheet.refuse("dialect.code", "expression", text)
    return True


def script(sheet: Sheet, result: str) -> None:
    """A script task."""
    if sheet.peek("resource"):
        sheet.refuse("dialect.code", "resource", sheet.take("resource"))
        return
    language = attribute(sheet.element, "scriptFormat")
    if language.lower() == scripts.OURS:
        return
    steps.value_script(sheet, language, text_of(child(sheet.element, "script")), result)


# -- repetition, calls, times, conditions, messages ------------------------------------------


def repeat(sheet: Sheet) -> None:
    """A multi-instance activity's list; these engines count its runs from 0."""
    sheet.element.set(f"{{{RAVAND}}}counter", "0")
    collection = sheet.take("collection")
    steps.repeat(sheet, texts.juel(collection), sheet.take("elementVariable"))
    for tag in ("loopCardinality", "completionCondition"):
        found = child(sheet.element, tag)
        if found is not None and "{" in text_of(found):
            steps.rewrite(found, texts.juel(text_of(found)))


def passed(sheet: Sheet, direction: str, every: str, target: str) -> None:
    """`in` and `out` of a call activity: one variable, an expression, or all of them."""
    for one in sheet.taken(direction):
        names = ("source", "sourceExpression", "target", "variables", "businessKey", "local")
        given = sheet.fields(one, *names)
        if given["local"] == "true":
            sheet.refuse("dialect.no-equivalent", f"{direction} local", "true", one)
        if given["businessKey"]:
            sheet.name(f"{direction} businessKey", given["businessKey"], "key", one)
        elif given["variables"] == every:
            sheet.add(direction, source="*")
        elif given["sourceExpression"]:
            text = texts.juel(given["sourceExpression"])
            sheet.add(direction, target=given["target"], expression=text)
        elif given["source"]:
            steps.hand(sheet, direction, given["target"] or target, given["source"])


def times(sheet: Sheet) -> None:
    """A timer whose text mixes words and expressions (`R3/PT${hours}H`)."""
    for one in children(sheet.element):
        text = text_of(one)
        if local(one).startswith("time") and "{" in text:
            steps.rewrite(one, texts.juel(text))


def condition(sheet: Sheet) -> None:
    """A flow's condition, or a conditional event's."""
    for tag in ("conditionExpression", "condition"):
        found = child(sheet.element, tag)
        text = text_of(found)
        if found is not None and "{" in text:
            steps.rewrite(found, texts.juel(text))


def messages(sheet: Sheet) -> None:
    """A message that a case waits for finds it by the business key, unless the diagram says
    otherwise."""
    if steps.waits_for_message(sheet) and not sheet.own("correlation"):
        steps.correlation(sheet, BUSINESS_KEY)
        sheet.report("dialect.business-key", message=steps.message_of(sheet) or "?")
