"""Zeebe, the engine of Camunda 8: `zeebe:`."""

from __future__ import annotations

from typing import Final

from engine.bpmn.dialects import form_js, linked, steps, texts, work
from engine.bpmn.dialects.sheet import Sheet
from engine.bpmn.dialects.table import Dialect, carried, named, refused, table, translated
from engine.bpmn.source import Element, attribute, child, text_of
from engine.bpmn.vocabulary import BPMN
from kernel.types import JsonObject

_OUTBOUND: Final = "io.camunda"
_EMBEDDED: Final = "camunda-forms:bpmn:"


def people(sheet: Sheet) -> None:
    """Assignment, schedule and priority of a user task."""
    sheet.taken("userTask")
    given = sheet.fields(
        sheet.one("assignmentDefinition"), "assignee", "candidateUsers", "candidateGroups"
    )
    work.performer(sheet, given["assignee"], given["candidateUsers"], given["candidateGroups"])
    dates = sheet.fields(sheet.one("taskSchedule"), "dueDate", "followUpDate")
    priority = sheet.fields(sheet.one("priorityDefinition"), "priority")["priority"]
    work.deadline(sheet, dates["dueDate"], dates["followUpDate"], priority)


def form(sheet: Sheet) -> None:
    """The form of a user task or start event: linked, or kept in the process."""
    definition = sheet.one("formDefinition")
    names = ("formKey", "formId", "bindingType", "versionTag", "externalReference")
    given = sheet.fields(definition, *names)
    key = given["formKey"]
    if given["externalReference"]:
        sheet.refuse("dialect.form-kind", "externalReference", given["externalReference"])
    elif given["versionTag"]:
        sheet.refuse("dialect.no-equivalent", "formDefinition versionTag", given["versionTag"])
    elif key.startswith(_EMBEDDED):
        _embedded(sheet, key.removeprefix(_EMBEDDED))
    elif key or given["formId"]:
        binding = "" if given["bindingType"] == "deployment" else "latest"
        linked.show(sheet, form_js.sketch, given["formId"] or key, binding)


def _embedded(sheet: Sheet, form_id: str) -> None:
    """A form kept in the process's extension elements."""
    around = next(sheet.element.iterancestors(f"{{{BPMN}}}process"), None)
    found = sheet.desk.once(f"forms of {sheet.process}", lambda: _documents(around)).get(form_id)
    if found is None:
        sheet.report("dialect.form-missing", form=form_id)
        return
    title = attribute(sheet.element, "name") or sheet.id
    work.generated(sheet, form_id, lambda: form_js.sketch(found, title))


def _documents(process: Element | None) -> dict[str, JsonObject]:
    """The forms kept in a process, by id."""
    holder = None if process is None else child(process, "extensionElements")
    kept = () if holder is None else holder
    drawn = [one for one in kept if str(one.tag).endswith("}userTaskForm")]
    read = {attribute(one, "id"): linked.document(text_of(one)) for one in drawn}
    return {key: document for key, document in read.items() if document is not None}


def machine(sheet: Sheet) -> None:
    """A step that a job worker does; a connector of Camunda's is not here."""
    definition = sheet.one("taskDefinition")
    decided = sheet.one("calledDecision")
    script = sheet.one("script")
    if decided is not None:
        _decide(sheet, decided)
        local_values(sheet)
    elif script is not None:
        given = sheet.fields(script, "expression", "resultVariable")
        steps.value_script(sheet, "feel", given["expression"], given["resultVariable"])
        local_values(sheet)
    elif definition is not None:
        _worker(sheet, definition)


def _worker(sheet: Sheet, definition: Element) -> None:
    given = sheet.fields(definition, "type", "retries")
    if given["type"].startswith(_OUTBOUND):
        sheet.refuse("dialect.connector", "taskDefinition type", given["type"])
        return
    inputs, outputs = _mappings(sheet)
    headers = [
        (attribute(one, "key"), texts.literal(attribute(one, "value")))
        for holder in sheet.taken("taskHeaders")
        for one in sheet.inside(holder, "header")
        if texts.is_name(attribute(one, "key"))
    ]
    steps.external(
        sheet,
        given["type"],
        headers + inputs,
        outputs,
        every_output=not outputs,
        retries=given["retries"],
    )


def _decide(sheet: Sheet, decided: Element) -> None:
    names = ("decisionId", "resultVariable", "bindingType", "versionTag")
    given = sheet.fields(decided, *names)
    steps.decision(
        sheet,
        given["decisionId"],
        binding=given["bindingType"],
        version="",
        result=given["resultVariable"],
        map="value",
    )


def _mappings(sheet: Sheet) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    inputs: list[tuple[str, str]] = []
    outputs: list[tuple[str, str]] = []
    for holder in sheet.taken("ioMapping"):
        for word, found in (("input", inputs), ("output", outputs)):
            for one in sheet.inside(holder, word):
                target = attribute(one, "target")
                if "." in target:
                    sheet.refuse("dialect.no-equivalent", f"{word} target", target, one)
                found.append((target, attribute(one, "source")))
    return texts.in_order(inputs), texts.in_order(outputs)


def local_values(sheet: Sheet) -> None:
    """Input and output mappings of a step that people, a message or a subprocess ends."""
    inputs, outputs = _mappings(sheet)
    steps.assign(sheet, "in", inputs)
    steps.assign(sheet, "out", outputs)


def thrown(sheet: Sheet) -> None:
    """A throwing message event is a worker's job, too."""
    if sheet.has("taskDefinition"):
        machine(sheet)


def call(sheet: Sheet) -> None:
    """A call activity: every variable goes in, and comes back unless that was switched off."""
    names = (
        "processId",
        "bindingType",
        "versionTag",
        "propagateAllChildVariables",
        "propagateAllParentVariables",
    )
    given = sheet.fields(sheet.one("calledElement"), *names)
    steps.call(sheet, given["processId"], given["bindingType"], "")
    inputs, outputs = _mappings(sheet)
    if given["propagateAllParentVariables"] != "false":
        sheet.add("in", source="*")
    steps.assign(sheet, "in", inputs)
    if given["propagateAllChildVariables"] != "false" and not outputs:
        sheet.add("out", source="*")
    steps.assign(sheet, "out", outputs)


def repeat(sheet: Sheet) -> None:
    """A multi-instance activity's list, its item, and where results are gathered."""
    names = ("inputCollection", "inputElement", "outputCollection", "outputElement")
    given = sheet.fields(sheet.one("loopCharacteristics"), *names)
    steps.repeat(sheet, given["inputCollection"], given["inputElement"])
    steps.outputs(sheet, given["outputCollection"], given["outputElement"])


def message(sheet: Sheet) -> None:
    """A message's correlation key, for whoever waits for it."""
    key = sheet.fields(sheet.one("subscription"), "correlationKey")["correlationKey"]
    if key:
        sheet.desk.keys[attribute(sheet.element, "id")] = key


def waiting(sheet: Sheet) -> None:
    """A waiting message event or receive task."""
    key = sheet.desk.keys.get(steps.message_of(sheet))
    if key and steps.waits_for_message(sheet):
        steps.correlation(sheet, key)


def kept_forms(sheet: Sheet) -> None:
    """Forms kept in the process are made at the step that shows them."""
    sheet.taken("userTaskForm")


def adhoc(sheet: Sheet) -> None:
    """An ad-hoc subprocess whose elements are chosen by an expression."""
    given = sheet.fields(sheet.one("adHoc"), "activeElementsCollection")
    if given["activeElementsCollection"] and not sheet.own("adhoc"):
        sheet.add("adhoc", start=given["activeElementsCollection"])


WORDS: Final = table(
    translated("`ravand:performer`", "assignmentDefinition"),
    translated("`ravand:deadline`, wall clock, no reminders", "taskSchedule"),
    translated("`ravand:deadline priority`: urgent above 50", "priorityDefinition"),
    translated("nothing: every user task is the engine's own", "userTask"),
    translated("`ravand:form`", "formDefinition"),
    translated("a form of its own, made from the components", "userTaskForm"),
    carried('`ravand:connector type="external" topic retries`', "taskDefinition"),
    translated("`ravand:in` of the worker", "taskHeaders"),
    carried("`ravand:in`, `ravand:out`", "ioMapping"),
    translated("`ravand:decision`", "calledDecision"),
    translated("a script", "script"),
    translated("`calledElement`, `ravand:binding`, `ravand:in`, `ravand:out`", "calledElement"),
    translated("`ravand:collection`, `ravand:element`", "loopCharacteristics"),
    translated("`ravand:correlation`", "subscription"),
    translated("`ravand:adhoc start`", "adHoc"),
    named("remark", "properties", "versionTag", "@modelerTemplate", "@modelerTemplateVersion"),
    named("remark", "@modelerTemplateIcon"),
    refused("dialect.listener", "a listener", "executionListeners", "taskListeners"),
    refused("dialect.no-equivalent", "conditions look at all variables", "conditionalFilter"),
)

DIALECT: Final = Dialect(
    "Zeebe (Camunda 8)",
    "zeebe",
    ("http://camunda.org/schema/zeebe/1.0",),
    WORDS,
    {
        "message": (message,),
        "process": (kept_forms,),
        "startEvent": (form, waiting, local_values),
        "userTask": (people, form, local_values),
        "manualTask": (local_values,),
        "serviceTask": (machine,),
        "sendTask": (machine,),
        "scriptTask": (machine,),
        "businessRuleTask": (machine,),
        "intermediateThrowEvent": (thrown,),
        "endEvent": (thrown,),
        "receiveTask": (waiting, local_values),
        "intermediateCatchEvent": (waiting, local_values),
        "boundaryEvent": (waiting, local_values),
        "subProcess": (local_values,),
        "adHocSubProcess": (adhoc, local_values),
        "callActivity": (call,),
        "multiInstanceLoopCharacteristics": (repeat,),
    },
)
