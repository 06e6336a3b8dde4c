"""SpiffArena: `spiffworkflow:`. Its conditions and scripts are Python, which is never run here:
what our language can say alike is written anew, the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from engine.bpmn.dialects import json_forms, linked, python, steps, texts, work
from engine.bpmn.dialects.sheet import Sheet
from engine.bpmn.dialects.table import Dialect, named, refused, table, translated
from engine.bpmn.source import Element, attribute, child, children, local, text_of
from engine.bpmn.vocabulary import BPMN, RAVAND
from kernel.expressions import is_expression

_STARTER: Final = "Process Initiator"
_SCHEMA, _UI = "formJsonSchemaFilename", "formUiSchemaFilename"


# -- Python --------------------------------------------------------------------------------


def _ours(sheet: Sheet, text: str, place: str, translate: Callable[[str], str]) -> str:
    """A Python text in our language; refused, and left out, when it cannot be said."""
    if not text or is_expression(text):
        return text
    try:
        return translate(text)
    except python.Untranslatable as part:
        sheet.report("dialect.python", place=place, text=text, part=str(part))
        return ""


def condition(sheet: Sheet) -> None:
    """A flow's condition, or a conditional event's."""
    for tag in ("conditionExpression", "condition"):
        _rewritten(sheet, child(sheet.element, tag), python.expression)


def times(sheet: Sheet) -> None:
    """A timer's text is a Python text, too."""
    for one in children(sheet.element):
        text = text_of(one)
        if local(one).startswith("time") and not text.startswith(("P", "R")):
            _rewritten(sheet, one, python.literal_or_expression)


def _rewritten(sheet: Sheet, found: Element | None, translate: Callable[[str], str]) -> None:
    if found is not None:
        steps.rewrite(found, _ours(sheet, text_of(found), local(found), translate))


def _assignments(sheet: Sheet, word: str) -> list[tuple[str, str]]:
    """What a script before or after a step assigns."""
    found: list[tuple[str, str]] = []
    for one in sheet.taken(word):
        try:
            found += python.assignments(text_of(one))
        except python.Untranslatable as part:
            sheet.report("dialect.python", place=word, text=text_of(one), part=str(part))
    return found


def script(sheet: Sheet) -> None:
    """A script task with what runs before and after it."""
    before, after = _assignments(sheet, "preScript"), _assignments(sheet, "postScript")
    language = attribute(sheet.element, "scriptFormat").lower()
    if language in ("", "python"):
        body = text_of(child(sheet.element, "script"))
        steps.value_script(sheet, "python", body, "")
    found = child(sheet.element, "script")
    lines = [f"{name} = {value}" for name, value in before]
    lines += [text_of(found), *(f"{name} = {value}" for name, value in after)]
    steps.set_script(sheet, "\n".join(line for line in lines if line))


def around(sheet: Sheet) -> None:
    """Scripts before and after a step: what they assign is set when it begins and kept."""
    before, after = _assignments(sheet, "preScript"), _assignments(sheet, "postScript")
    steps.assign(sheet, "in", [(name, f"= {value}") for name, value in before])
    for name, _ in before:
        sheet.add("out", target=name, source=name)
    steps.assign(sheet, "out", [(name, f"= {value}") for name, value in after])


# -- people --------------------------------------------------------------------------------


def lane(sheet: Sheet) -> None:
    """A lane's name is a group; one name means whoever started the process."""
    if sheet.own("performer"):
        return
    name = attribute(sheet.element, "name")
    if name == _STARTER:
        sheet.add("performer", initiator="true")
    elif name:
        sheet.add("performer", expression=work.addresses([("group", name)]))


def people(sheet: Sheet) -> None:
    """A task outside of all lanes is that of whoever started the process."""
    if not sheet.own("performer") and sheet.id not in _in_lanes(sheet):
        sheet.add("performer", initiator="true")


def _in_lanes(sheet: Sheet) -> set[str]:
    """The elements of the process's lanes; those of a subprocess are in its lane."""
    process = next(sheet.element.iterancestors(f"{{{BPMN}}}process"), None)
    if process is None:
        return set()
    drawn = sheet.desk.once(
        f"lanes of {attribute(process, 'id')}",
        lambda: {text_of(one) for one in process.iter(f"{{{BPMN}}}flowNodeRef")},
    )
    holders = {attribute(one, "id") for one in sheet.element.iterancestors()}
    return drawn | ({sheet.id} if drawn & holders else set())


def form(sheet: Sheet) -> None:
    """The form that two files of the bundle describe; its key is the schema file's name."""
    named_files: dict[str, str] = {}
    for holder in sheet.taken("properties"):
        for one in sheet.inside(holder, "property"):
            name, value = attribute(one, "name"), attribute(one, "value")
            if name in (_SCHEMA, _UI):
                named_files[name] = value
            else:
                sheet.name(f"property {name}", value, "remark", one)
    path = named_files.get(_SCHEMA)
    if not path or sheet.own("form"):
        return
    key = form_key(path)
    sheet.add("form", key=key)
    schema = None if key in sheet.desk.forms else _file(sheet, path)
    if schema is not None:
        looks = _file(sheet, named_files.get(_UI, "")) or {}
        title = attribute(sheet.element, "name") or sheet.id
        work.keep(sheet, json_forms.sketch(schema, looks, title), key)


def form_key(path: str) -> str:
    """`review-schema.json` is the form `review`."""
    stem = PurePosixPath(path).stem
    for ending in ("-schema", "_schema", ".schema"):
        stem = stem.removesuffix(ending)
    return stem


def _file(sheet: Sheet, path: str) -> dict[str, object] | None:
    """A file by its name, in whatever folder of the bundle."""
    folder = str(PurePosixPath(sheet.desk.source.file).parent)
    for place in (path, f"{folder}/{path}", f"forms/{path}"):
        found = linked.read(sheet.desk, place.removeprefix("./")) if path else None
        if found is not None:
            return found
    return None


def instructions(sheet: Sheet) -> None:
    """What is shown to whoever does the step."""
    for one in sheet.taken("instructionsForEndUser"):
        if child(sheet.element, "documentation") is None and text_of(one):
            sheet.standard("documentation", sheet.element, text_of(one))


# -- machines, calls, messages ---------------------------------------------------------------


def machine(sheet: Sheet) -> None:
    """An operator of SpiffArena's connector proxy is not here."""
    operator = sheet.one("serviceTaskOperator")
    if operator is not None:
        sheet.refuse("dialect.connector", "serviceTaskOperator", attribute(operator, "id"))
    for word in ("preScript", "postScript"):
        for one in sheet.taken(word):
            sheet.refuse("dialect.no-equivalent", word, text_of(one))


def rule(sheet: Sheet) -> None:
    """A decision; its result is merged into the variables."""
    found = sheet.one("calledDecisionId")
    if found is not None:
        steps.decision(sheet, text_of(found), binding="", version="", result="", map="singleResult")


def call(sheet: Sheet) -> None:
    """A called process gets all data and gives all of it back."""
    sheet.add("in", source="*")
    before, after = _assignments(sheet, "preScript"), _assignments(sheet, "postScript")
    steps.assign(sheet, "in", [(name, f"= {value}") for name, value in before])
    sheet.add("out", source="*")
    steps.assign(sheet, "out", [(name, f"= {value}") for name, value in after])


def repeat(sheet: Sheet) -> None:
    """The list of a multi-instance activity stands in BPMN's own words; counts are Python."""
    for tag in ("loopCardinality", "completionCondition"):
        _rewritten(sheet, child(sheet.element, tag), python.expression)


def loop(sheet: Sheet) -> None:
    """A standard loop's condition."""
    _rewritten(sheet, child(sheet.element, "loopCondition"), python.expression)


def message(sheet: Sheet) -> None:
    """What a message carries, and the variable that takes all of it, for its events."""
    own = attribute(sheet.element, "id")
    for one in sheet.taken("messagePayload"):
        sheet.desk.payloads[own] = text_of(one)
    for one in sheet.taken("messageVariable"):
        sheet.desk.variables[own] = text_of(one)


def retrieval(sheet: Sheet) -> None:
    """Where a correlation property stands in a message: BPMN's `messagePath`, which is Python."""
    path = child(sheet.element, "messagePath")
    path = child(sheet.element, "formalExpression") if path is None else path
    if path is not None:
        path.tag = f"{{{BPMN}}}messagePath"
        text = _ours(sheet, text_of(path), "correlationProperty", python.expression)
        steps.rewrite(path, texts.feel_inner(text))


def joined(parts: list[str]) -> str:
    """Several keys as one."""
    if len(parts) < 2:
        return "".join(parts)
    return "= " + ' + "|" + '.join(f"string({texts.feel_inner(part)})" for part in parts)


def waiting(sheet: Sheet) -> None:
    """A waiting event's own expressions for the key; without them BPMN's own are read."""
    holder = sheet.definition("message")
    own = []
    spaces = (one for e in (holder, sheet.element) if e is not None for one in _extensions(e))
    for one in spaces:
        if local(one) == "processVariableCorrelation":
            inside = next(sheet.inside(one, "expression"), None)
            text = text_of(inside)
            own.append(_ours(sheet, text, "processVariableCorrelation", python.expression))
    sheet.taken("processVariableCorrelation")
    key = joined([one for one in own if one])
    if key and steps.waits_for_message(sheet):
        steps.correlation(sheet, key)
    takes = sheet.element if holder is None else holder
    name = sheet.desk.variables.get(steps.message_of(sheet))
    name = next((text_of(one) for one in _extensions(holder) if _takes_all(one)), name)
    if name and (holder is not None or sheet.tag == "receiveTask"):
        takes.set(f"{{{RAVAND}}}variable", name)


def _takes_all(element: Element) -> bool:
    return local(element) == "messageVariable"


def thrown(sheet: Sheet) -> None:
    """A thrown message carries its payload."""
    own = steps.message_of(sheet)
    holder = sheet.definition("message")
    if not own or (holder is None and sheet.tag != "sendTask"):
        return
    payload = next(
        (text_of(one) for one in _extensions(holder) if local(one) == "messagePayload"),
        sheet.desk.payloads.get(own, ""),
    )
    if payload:
        try:
            steps.assign(sheet, "in", python.entries(payload))
        except python.Untranslatable as part:
            place = "messagePayload"
            sheet.report("dialect.python", place=place, text=payload, part=str(part))


def _extensions(element: Element | None) -> list[Element]:
    holder = None if element is None else child(element, "extensionElements")
    return [] if holder is None else list(holder)


def inside_event(sheet: Sheet) -> None:
    """What stands in a message definition belongs to its event."""
    for word in ("processVariableCorrelation", "messagePayload", "messageVariable"):
        sheet.taken(word)


WORDS: Final = table(
    translated("an expression of ours, where it says the same", "preScript", "postScript"),
    translated("`ravand:form`: the form is made from the two files", "properties"),
    translated("`documentation`", "instructionsForEndUser"),
    translated("`ravand:decision`", "calledDecisionId"),
    translated("`ravand:correlation`", "processVariableCorrelation"),
    translated("`ravand:in` of the event", "messagePayload"),
    translated("`ravand:variable` of the waiting event", "messageVariable"),
    named("remark", "unitTests", "category", "taskMetadataValues"),
    named("remark", "@isOutputSynthetic", "signalButtonLabel"),
    refused("dialect.connector", "a connector of another product", "serviceTaskOperator"),
    refused(
        "dialect.no-equivalent",
        "strangers do a step by a link that is sent to them",
        "allowGuest",
        "guestConfirmation",
        harmless=("false", ""),
    ),
)

DIALECT: Final = Dialect(
    "SpiffArena",
    "spiffworkflow",
    ("http://spiffworkflow.org/bpmn/schema/1.0/core",),
    WORDS,
    {
        "message": (message,),
        "correlationPropertyRetrievalExpression": (retrieval,),
        "lane": (lane,),
        "startEvent": (form, waiting, instructions),
        "userTask": (people, form, instructions, around),
        "manualTask": (people, form, instructions, around),
        "scriptTask": (script,),
        "serviceTask": (machine,),
        "businessRuleTask": (rule,),
        "subProcess": (around,),
        "callActivity": (call,),
        "sendTask": (thrown,),
        "intermediateThrowEvent": (thrown,),
        "endEvent": (thrown, instructions),
        "receiveTask": (waiting,),
        "intermediateCatchEvent": (waiting,),
        "boundaryEvent": (waiting,),
        "messageEventDefinition": (inside_event,),
        "timerEventDefinition": (times,),
        "conditionalEventDefinition": (condition,),
        "sequenceFlow": (condition,),
        "multiInstanceLoopCharacteristics": (repeat,),
        "standardLoopCharacteristics": (loop,),
    },
)
