"""Camunda 7, and what continues it (Operaton, CIB seven, eximeeBPMS): `camunda:`."""

from __future__ import annotations

from typing import Final

from engine.bpmn.dialects import family, form_js, linked, scripts, steps, texts
from engine.bpmn.dialects.fields import Sketch, numbers
from engine.bpmn.dialects.sheet import Sheet
from engine.bpmn.dialects.table import Dialect, carried, named, refused, table, translated
from engine.bpmn.source import Element, attribute, local, text_of

_LIMITS: Final = {
    "minlength": "minLength",
    "maxlength": "maxLength",
    "min": "minimum",
    "max": "maximum",
}
_MAPS: Final = ("singleEntry", "singleResult", "collectEntries", "resultList")


def form(sheet: Sheet) -> None:
    """A form by key, by reference, or drawn field by field."""
    family.form_key(sheet)
    key, binding = sheet.take("formRef"), sheet.take("formRefBinding")
    version = sheet.take("formRefVersion")
    if key and not sheet.own("form"):
        linked.show(sheet, form_js.sketch, key, binding or "latest", version)
    for data in sheet.taken("formData"):
        family.show_generated(sheet, _sketch(sheet, data))


def _sketch(sheet: Sheet, data: Element) -> Sketch:
    found = Sketch(family.title(sheet))
    for one in sheet.inside(data, "formField"):
        made = family.field_of(sheet, one, attribute(one, "label"), attribute(one, "defaultValue"))
        if made is None:
            found.refused.append((attribute(one, "id"), attribute(one, "type")))
            continue
        for rule in (r for v in sheet.inside(one, "validation") for r in v):
            name, config = attribute(rule, "name"), attribute(rule, "config")
            if name in _LIMITS:
                made.schema |= numbers({_LIMITS[name]: config}, _LIMITS[name])
            elif name == "required":
                made.required = config != "false"
            elif name == "readonly":
                made.readonly = True
            else:
                found.refused.append((f"{made.key} {name}", "validation"))
        found.fields.append(made)
    return found


def machine(sheet: Sheet) -> None:
    """A service, send or business rule task, or the message of a throwing event."""
    if sheet.has("connector"):
        connector = next(sheet.inside(sheet.one("connector"), "connectorId"), None)
        value = "" if connector is None else text_of(connector)
        sheet.refuse("dialect.connector", "connector", value)
        return
    decided = sheet.take("decisionRef")
    if decided:
        _decide(sheet, decided)
        local_values(sheet)
        return
    kind, topic = sheet.take("type"), sheet.take("topic")
    if kind == "external":
        inputs, outputs = (_parameters(sheet, f"{way}Parameter") for way in ("input", "output"))
        steps.external(sheet, texts.juel(topic), inputs, outputs)
    elif kind:
        sheet.refuse("dialect.connector", "type", kind)
    else:
        family.program(sheet, sheet.take("resultVariable"))
        if sheet.tag == "scriptTask":  # it only computed
            local_values(sheet)


def thrown(sheet: Sheet) -> None:
    """The implementation of a throwing message event stands on its definition."""
    definition = sheet.definition("message")
    if definition is None:
        return
    for name in list(definition.attrib):
        space, _, bare = str(name)[1:].partition("}")
        if space in sheet.dialect.namespaces:
            sheet.put(bare, str(definition.attrib.pop(name)))
    machine(sheet)


def _decide(sheet: Sheet, key: str) -> None:
    given = sheet.take("mapDecisionResult") or "resultList"
    if given not in _MAPS:
        sheet.refuse("dialect.no-equivalent", "mapDecisionResult", given)
    steps.decision(
        sheet,
        key,
        binding=sheet.take("decisionRefBinding"),
        version=sheet.take("decisionRefVersion"),
        result=sheet.take("resultVariable"),
        map=given,
    )


def script(sheet: Sheet) -> None:
    """A script task."""
    family.script(sheet, sheet.take("resultVariable"))


def call(sheet: Sheet) -> None:
    """A call activity."""
    binding, version = sheet.take("calledElementBinding"), sheet.take("calledElementVersion")
    steps.call(sheet, "", binding, version)
    family.passed(sheet, "in", "all", "")
    family.passed(sheet, "out", "all", "")
    for one in sheet.standing("inputOutput"):
        for output in sheet.inside(one, "outputParameter"):
            sheet.refuse("dialect.call-output", "outputParameter", attribute(output, "name"))
    steps.hold(sheet, _parameters(sheet, "inputParameter"))
    sheet.taken("inputOutput")


def caught_values(sheet: Sheet) -> None:
    """Output parameters of an event that waits; nothing can be handed into it."""
    if not any(
        True for h in sheet.standing("inputOutput") for _ in sheet.inside(h, "inputParameter")
    ):
        steps.assign(sheet, "out", _parameters(sheet, "outputParameter"))


def local_values(sheet: Sheet) -> None:
    """Input and output parameters of a step that people, a script or a subprocess does."""
    steps.assign(sheet, "in", _parameters(sheet, "inputParameter"))
    steps.assign(sheet, "out", _parameters(sheet, "outputParameter"))


def _parameters(sheet: Sheet, word: str) -> list[tuple[str, str]]:
    found = []
    for holder in sheet.standing("inputOutput"):
        for one in sheet.inside(holder, word):
            found.append((attribute(one, "name"), _parameter(sheet, one)))
    if word == "outputParameter":
        sheet.taken("inputOutput")
    return found


def _parameter(sheet: Sheet, one: Element) -> str:
    """The value of a parameter: a text, a list, a map or a script."""
    inside = next(iter(one), None)
    if inside is None:
        return texts.juel(text_of(one))
    if local(inside) == "script":
        language = attribute(inside, "scriptFormat")
        try:
            line = scripts.lines(language, text_of(inside), "value")
        except scripts.Unreadable as part:
            sheet.report("dialect.script", language=language, part=str(part))
            return "= null"
        return f"= {line.partition('=')[2].strip()}"
    items = [(attribute(item, "key"), texts.juel(text_of(item))) for item in inside]
    written = [
        f"{texts.quoted(key)}: {_part(value)}" if local(inside) == "map" else _part(value)
        for key, value in items
    ]
    body = ", ".join(written)
    return f"${{{{{body}}}}}" if local(inside) == "map" else f"${{[{body}]}}"


def _part(text: str) -> str:
    if text.startswith("${"):
        return texts.inner(text)
    return texts.feel_inner(text) if text.startswith("=") else texts.quoted(text)


def caught(sheet: Sheet) -> None:
    """The variables that take the code and message of what was caught."""
    holder = sheet.element.getparent()
    if holder is None:
        return
    for word, part in (
        ("errorCodeVariable", "error.code"),
        ("errorMessageVariable", "error.message"),
        ("escalationCodeVariable", "escalation.code"),
    ):
        name = sheet.take(word)
        if name:
            Sheet(sheet.desk, sheet.dialect, holder, {}, []).add(
                "out", target=name, expression=f"= {part}"
            )


_DURABLE = ("@asyncBefore", "@asyncAfter", "@exclusive", "@async", "failedJobRetryTimeCycle")
_OPERATIONS = (
    "@historyTimeToLive",
    "@jobPriority",
    "@taskPriority",
    "@isStartableInTasklist",
    "@diagramRelationId",
)
WORDS: Final = table(
    translated("`ravand:performer`", "@assignee", "@candidateUsers", "@candidateGroups"),
    translated("`ravand:deadline`, wall clock, no reminders", "@dueDate"),
    translated("`ravand:deadline followUp`", "@followUpDate"),
    translated("`ravand:deadline priority`: urgent above 50", "@priority"),
    translated("`ravand:form`", "@formKey", "@formRef", "@formRefBinding", "@formRefVersion"),
    translated("a form of its own, made from the fields", "formData"),
    translated("a variable with the user name of whoever started the case", "@initiator"),
    translated('`ravand:connector type="external" topic`', "@type", "@topic"),
    translated("`ravand:decision`", "@decisionRef", "@decisionRefBinding", "@decisionRefVersion"),
    translated("`ravand:decision map`", "@mapDecisionResult"),
    translated("`ravand:decision result`, or the script's variable", "@resultVariable"),
    translated("a script, where it only computes", "@expression"),
    translated("`ravand:collection`, `ravand:element`", "@collection", "@elementVariable"),
    translated("`ravand:binding`, `ravand:version`", "@calledElementBinding"),
    translated("`ravand:version`", "@calledElementVersion"),
    carried("`ravand:in`, `ravand:out`", "in", "out"),
    carried("`ravand:in`, `ravand:out`; on a call activity values of its own", "inputOutput"),
    translated("`ravand:out` of the event", "@errorCodeVariable", "@errorMessageVariable"),
    translated("`ravand:out` of the event", "@escalationCodeVariable"),
    named("durable", *_DURABLE),
    named("operations", *_OPERATIONS),
    named("remark", "@versionTag", "properties", "@modelerTemplate", "@modelerTemplateVersion"),
    named("remark", "@modelerTemplateIcon", "potentialStarter"),
    named("starters", "@candidateStarterGroups", "@candidateStarterUsers"),
    named("tenant", "@calledElementTenantId", "@decisionRefTenantId"),
    refused("dialect.code", "program code", "@class", "@delegateExpression", "@resource", "field"),
    refused("dialect.code", "program code", "@variableMappingClass"),
    refused("dialect.code", "program code", "@variableMappingDelegateExpression"),
    refused("dialect.code", "program code", "@taskFormHandlerClass", "@formHandlerClass"),
    refused("dialect.listener", "a listener", "executionListener", "taskListener"),
    refused("dialect.connector", "a connector of another engine", "connector"),
    refused("dialect.no-equivalent", "BPMN errors come from the worker", "errorEventDefinition"),
    refused("dialect.no-equivalent", "only cases are processes here", "@caseRef", "@caseBinding"),
    refused("dialect.no-equivalent", "only cases are processes here", "@caseVersion"),
    refused("dialect.no-equivalent", "versions have numbers", "@calledElementVersionTag"),
    refused("dialect.no-equivalent", "versions have numbers", "@decisionRefVersionTag"),
    refused("dialect.no-equivalent", "conditions look at all variables", "@variableName"),
    refused("dialect.no-equivalent", "conditions look at all variables", "@variableEvents"),
)
_LOCAL: Final = ("userTask", "manualTask", "scriptTask", "subProcess", "receiveTask")

DIALECT: Final = Dialect(
    "Camunda 7",
    "camunda",
    ("http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn/camunda"),
    WORDS,
    {
        "startEvent": (family.initiator, form, family.messages),
        "userTask": (family.people, form, local_values),
        "manualTask": (local_values,),
        "serviceTask": (machine,),
        "sendTask": (machine,),
        "businessRuleTask": (machine,),
        "intermediateThrowEvent": (thrown,),
        "endEvent": (thrown,),
        "scriptTask": (script, local_values),
        "task": (local_values,),
        "subProcess": (local_values,),
        "transaction": (local_values,),
        "callActivity": (call,),
        "receiveTask": (family.messages, local_values),
        "intermediateCatchEvent": (family.messages, caught_values),
        "boundaryEvent": (family.messages,),
        "errorEventDefinition": (caught,),
        "escalationEventDefinition": (caught,),
        "multiInstanceLoopCharacteristics": (family.repeat,),
        "timerEventDefinition": (family.times,),
        "conditionalEventDefinition": (family.condition,),
        "sequenceFlow": (family.condition,),
    },
)
