"""Flowable and Activiti: `flowable:`, `activiti:`."""

from __future__ import annotations

from typing import Final

from engine.bpmn.dialects import family, steps, texts
from engine.bpmn.dialects.fields import Sketch
from engine.bpmn.dialects.sheet import Sheet
from engine.bpmn.dialects.table import Dialect, carried, named, refused, table, translated
from engine.bpmn.source import attribute, text_of

_WORKER: Final = ("external-worker", "external")


def form(sheet: Sheet) -> None:
    """A form by key, or drawn property by property."""
    family.form_key(sheet)
    found = Sketch(family.title(sheet))
    for one in sheet.taken("formProperty"):
        if attribute(one, "readable") == "false":
            sheet.name("formProperty readable", attribute(one, "id"), "form", one)
            continue
        first = attribute(one, "default") or attribute(one, "expression")
        made = family.field_of(sheet, one, attribute(one, "name"), first)
        if made is None:
            found.refused.append((attribute(one, "id"), attribute(one, "type")))
            continue
        made.key = attribute(one, "variable") or made.key
        made.required = attribute(one, "required") == "true"
        made.readonly = attribute(one, "writable") == "false"
        found.fields.append(made)
    family.show_generated(sheet, found)


def machine(sheet: Sheet) -> None:
    """A service, send or business rule task."""
    kind, topic = sheet.take("type"), sheet.take("topic")
    result = sheet.take("resultVariable") or sheet.take("resultVariableName")
    if kind == "dmn" or sheet.peek("decisionRef") or sheet.peek("rules"):
        _decide(sheet, result)
    elif kind in _WORKER:
        inputs = [_passed(sheet, "in"), _passed(sheet, "out")]
        steps.external(sheet, texts.juel(topic), inputs[0], inputs[1])
    elif kind:
        sheet.refuse("dialect.connector", "type", kind)
        sheet.taken("field")
    else:
        family.program(sheet, result)


def _passed(sheet: Sheet, word: str) -> list[tuple[str, str]]:
    """The mappings of an external worker's task."""
    found = []
    for one in sheet.taken(word):
        given = sheet.fields(one, "source", "sourceExpression", "target")
        text = texts.juel(given["sourceExpression"]) or f"= {given['source']}"
        found.append((given["target"], text))
    return found


def _decide(sheet: Sheet, result: str) -> None:
    """A decision table, named by a field or by `decisionRef`."""
    key, rules = sheet.take("decisionRef"), sheet.take("rules")
    same = ""
    for one in sheet.taken("field"):
        inside = next(iter(one), None)
        text = attribute(one, "stringValue") or ("" if inside is None else text_of(inside))
        if attribute(one, "name") in ("decisionTableReferenceKey", "decisionServiceReferenceKey"):
            key = text
        elif attribute(one, "name") == "sameDeployment":
            same = "deployment" if text == "true" else ""
        else:
            sheet.name(f"field {attribute(one, 'name')}", text, "operations", one)
    if rules and not key:
        sheet.refuse("dialect.code", "rules", rules)
        return
    sheet.retag("businessRuleTask")
    steps.decision(sheet, key, binding=same, version="", result=result, map="resultList")


def script(sheet: Sheet) -> None:
    """A script task."""
    family.script(sheet, sheet.take("resultVariable"))


def call(sheet: Sheet) -> None:
    """A call activity: the newest version, or with `sameDeployment` that of the same bundle."""
    same = sheet.take("sameDeployment")
    kind = sheet.take("calledElementType")
    if kind not in ("", "key"):
        sheet.refuse("dialect.no-equivalent", "calledElementType", kind)
    steps.call(sheet, "", "deployment" if same == "true" else "", "")
    if sheet.take("inheritVariables") == "true":
        sheet.add("in", source="*")
    family.passed(sheet, "in", "all", "")
    family.passed(sheet, "out", "all", "")


WORDS: Final = table(
    translated("`ravand:performer`", "@assignee", "@candidateUsers", "@candidateGroups"),
    translated("`ravand:deadline`, wall clock, no reminders", "@dueDate"),
    translated("`ravand:deadline priority`: urgent above 50", "@priority"),
    translated("`ravand:form`", "@formKey"),
    translated("a form of its own, made from the properties", "formProperty"),
    translated("a variable with the user name of whoever started the case", "@initiator"),
    translated('`ravand:connector type="external" topic`, or a decision', "@type", "@topic"),
    translated("`ravand:decision`", "@decisionRef"),
    translated("`ravand:decision result`, or the script's variable", "@resultVariable"),
    translated("`ravand:decision result`, or the script's variable", "@resultVariableName"),
    translated("a script, where it only computes", "@expression"),
    translated("`ravand:collection`, `ravand:element`", "@collection", "@elementVariable"),
    translated("`ravand:binding`", "@sameDeployment", "@calledElementType"),
    carried("`ravand:in`, `ravand:out`", "in", "out", "@inheritVariables"),
    named("durable", "@async", "@asyncLeave", "@exclusive", "@asyncBefore", "@asyncAfter"),
    named("durable", "failedJobRetryTimeCycle", "@triggerable", "@asyncLeaveExclusive"),
    named("operations", "@isEagerExecutionFetching", "@historyLevel", "@jobCategory"),
    named("operations", "jobCategory", "historyLevel"),
    named("remark", "@category", "@icon", "attribute", "properties", "@modelId", "@versionTag"),
    named("remark", "potentialStarter"),
    named("starters", "@candidateStarterUsers", "@candidateStarterGroups"),
    named("tenant", "@fallbackToDefaultTenant"),
    named("key", "@inheritBusinessKey", "@businessKey"),
    named("form", "@formFieldValidation"),
    refused("dialect.code", "program code", "@class", "@delegateExpression", "@resource"),
    refused("dialect.code", "program code", "@rules", "field", "mapException"),
    refused("dialect.listener", "a listener", "executionListener", "taskListener"),
    refused("dialect.listener", "a listener", "eventListener"),
    refused("dialect.no-equivalent", "no step is skipped unseen", "@skipExpression"),
    refused("dialect.no-equivalent", "our calendar is its own", "@businessCalendarName"),
    refused("dialect.no-equivalent", "events come as messages", "eventType", "eventInParameter"),
    refused("dialect.no-equivalent", "events come as messages", "eventOutParameter"),
    refused("dialect.no-equivalent", "our own results are gathered", "variableAggregation"),
    refused(
        "dialect.no-equivalent",
        "variables belong to the case",
        "@useLocalScopeForResultVariable",
        "@storeResultVariableAsTransient",
        "@localScope",
        "@autoStoreVariables",
        "@completeAsync",
        harmless=("false",),
    ),
    refused("dialect.no-equivalent", "the id is the engine's", "@taskIdVariableName"),
    refused("dialect.no-equivalent", "the id is the engine's", "@processInstanceIdVariableName"),
)

DIALECT: Final = Dialect(
    "Flowable",
    "flowable",
    ("http://flowable.org/bpmn", "http://activiti.org/bpmn"),
    WORDS,
    {
        "startEvent": (family.initiator, form, family.messages),
        "userTask": (family.people, form),
        "serviceTask": (machine,),
        "sendTask": (machine,),
        "businessRuleTask": (machine,),
        "scriptTask": (script,),
        "callActivity": (call,),
        "receiveTask": (family.messages,),
        "intermediateCatchEvent": (family.messages,),
        "boundaryEvent": (family.messages,),
        "multiInstanceLoopCharacteristics": (family.repeat,),
        "timerEventDefinition": (family.times,),
        "conditionalEventDefinition": (family.condition,),
        "sequenceFlow": (family.condition,),
    },
)
