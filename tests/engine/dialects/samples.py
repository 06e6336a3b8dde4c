"""For each translated word: what stands before the process, in it, and what must come of it."""

MESSAGE = '<message id="m" name="M"/>'
EXT = "<extensionElements>{}</extensionElements>"
INITIATOR = '<performer initiator="true"/>'


def task(attributes: str, ext: str = "", tag: str = "userTask") -> str:
    return f'<{tag} id="t" {attributes}>{EXT.format(ext) if ext else ""}</{tag}>'


def service(attributes: str, ext: str = "") -> str:
    return task(attributes, ext, "serviceTask")


def rule(attributes: str) -> str:
    return task(attributes, "", "businessRuleTask")


def several(attributes: str, ext: str = "") -> str:
    inside = EXT.format(ext) if ext else ""
    loop = f"<multiInstanceLoopCharacteristics {attributes}>{inside}"
    return f'<userTask id="t">{loop}</multiInstanceLoopCharacteristics></userTask>'


def caught(kind: str, attribute: str) -> str:
    event = f'<{kind}EventDefinition x:{attribute}="found"/>'
    return f'<boundaryEvent id="b" attachedToRef="t">{event}</boundaryEvent>'


FORM_FIELD = '<x:formData><x:formField id="a" type="long"/></x:formData>'
INPUT = '<x:inputOutput><x:inputParameter name="a">${b}</x:inputParameter></x:inputOutput>'
STARTER = '<startEvent id="s" x:initiator="who"/>' + task('x:assignee="${who}"')
DECISION = 'x:decisionRef="d" x:decisionRefBinding="version" x:decisionRefVersion="2"'
COMPUTED = service('x:expression="${a + b}" x:resultVariable="c"')
BOUND = 'x:calledElementBinding="version" x:calledElementVersion="3"'
CALL = '<callActivity id="t" calledElement="q" {}>{}</callActivity>'
WORKER = r'<ns\d:connector type="external" topic="w">'

FAMILY = {
    "@assignee": ("", task('x:assignee="sara"'), 'person="sara"'),
    "@candidateUsers": (
        "",
        task('x:candidateUsers="a, ${b}"'),
        r'expression="\${\[person\(&quot;a&quot;\), person\(b\)\]}"',
    ),
    "@candidateGroups": ("", task('x:candidateGroups="g"'), r"= group\(&quot;g&quot;\)"),
    "@dueDate": ("", task('x:dueDate="P1D"'), 'duration="P1D" clock="wall" reminders="none"'),
    "@priority": ("", task('x:priority="51"'), 'deadline priority="urgent"'),
    "@formKey": ("", task('x:formKey="camunda-forms:deployment:offer.form"'), 'key="offer"'),
    "@initiator": (
        "",
        STARTER,
        'out target="who" expression="= initiator.username"',
        'performer initiator="true"',
    ),
    "@resultVariable": ("", COMPUTED, "scriptTask", "c = a \\+ b"),
    "@expression": ("", COMPUTED, 'scriptFormat="ravand"'),
    "@collection": ("", several('x:collection="${l}"'), r':counter="0"', r':collection="\${l}"'),
    "@elementVariable": ("", several('x:collection="l" x:elementVariable="e"'), ':element="e"'),
    "in": ("", CALL.format("", EXT.format('<x:in variables="all"/>')), 'in source="\\*"'),
    "out": (
        "",
        CALL.format("", EXT.format('<x:out sourceExpression="${a}" target="b"/>')),
        r'out target="b" expression="\${a}"',
    ),
}
CAMUNDA = FAMILY | {
    "@formRef": ("", task('x:formRef="f"'), 'form key="f" binding="latest"'),
    "@formRefBinding": ("", task('x:formRef="f" x:formRefBinding="deployment"'), 'form key="f"/>'),
    "@formRefVersion": (
        "",
        task('x:formRef="f" x:formRefBinding="version" x:formRefVersion="2"'),
        'binding="version" version="2"',
    ),
    "@followUpDate": (
        "",
        task('x:followUpDate="${d}"'),
        r'deadline followUp="\${d}" clock="wall"/>',
    ),
    "formData": ("", task("", FORM_FIELD), 'form key="p.t"'),
    "@type": ("", service('x:type="external" x:topic="w"'), WORKER),
    "@topic": ("", service('x:type="external" x:topic="w"'), 'in source="\\*"'),
    "@decisionRef": ("", rule(DECISION), 'decision key="d"'),
    "@decisionRefBinding": ("", rule(DECISION), 'binding="version"'),
    "@decisionRefVersion": ("", rule(DECISION), 'version="2"'),
    "@mapDecisionResult": (
        "",
        rule('x:decisionRef="d" x:mapDecisionResult="singleEntry" x:resultVariable="r"'),
        'result="r" map="singleEntry"',
    ),
    "@calledElementBinding": ("", CALL.format(BOUND, ""), ':binding="version"'),
    "@calledElementVersion": ("", CALL.format(BOUND, ""), ':version="3"'),
    "inputOutput": ("", task("", INPUT), r'in target="a" expression="\${b}"'),
    "@errorCodeVariable": ("", caught("error", "errorCodeVariable"), 'target="found"'),
    "@errorMessageVariable": ("", caught("error", "errorMessageVariable"), "error.message"),
    "@escalationCodeVariable": ("", caught("escalation", "escalationCodeVariable"), "found"),
}
PROPERTY = '<x:formProperty id="a" type="enum"><x:value id="b" name="B"/></x:formProperty>'
FLOWABLE = FAMILY | {
    "formProperty": ("", task("", PROPERTY), 'form key="p.t"'),
    "@type": ("", service('x:type="external-worker" x:topic="w"'), WORKER),
    "@topic": ("", service('x:type="external-worker" x:topic="w"'), 'out source="\\*"'),
    "@decisionRef": ("", rule('x:decisionRef="d"'), 'decision key="d"'),
    "@resultVariableName": (
        "",
        service('x:expression="#{a}" x:resultVariableName="c"'),
        "scriptTask",
    ),
    "@sameDeployment": ("", CALL.format('x:sameDeployment="true"', ""), 'binding="deployment"'),
    "@calledElementType": ("", CALL.format('x:calledElementType="key"', ""), "callActivity"),
    "@inheritVariables": ("", CALL.format('x:inheritVariables="true"', ""), 'in source="\\*"'),
}
MAPPING = '<x:ioMapping><x:input source="=a" target="b"/><x:output source="=c" target="d"/>'
JOB = '<x:taskDefinition type="w" retries="3"/>'
HEADERS = '<x:taskHeaders><x:header key="k" value="= v"/></x:taskHeaders>'
LOOP = (
    '<x:loopCharacteristics inputCollection="=l" inputElement="e" outputCollection="r" '
    'outputElement="=e.x"/>'
)
KEY = EXT.format('<x:subscription correlationKey="=k"/>')
SUBSCRIBED = f'<message id="m">{KEY}</message>'
CATCH = '<intermediateCatchEvent id="t"><messageEventDefinition messageRef="m"/>'
FORM_JS = '<x:userTaskForm id="f">{"components": [{"key": "a", "type": "number"}]}</x:userTaskForm>'
SHOWS = '<x:formDefinition formKey="camunda-forms:bpmn:f"/>'
ZEEBE = {
    "assignmentDefinition": (
        "",
        task("", '<x:assignmentDefinition candidateGroups="=[&quot;a&quot;, b]"/>'),
        r"= group\(\[&quot;a&quot;, b\]\)",
    ),
    "taskSchedule": (
        "",
        task("", '<x:taskSchedule dueDate="=d" followUpDate="=f"/>'),
        'duration="=d" followUp="=f" clock="wall"',
    ),
    "priorityDefinition": ("", task("", '<x:priorityDefinition priority="90"/>'), "urgent"),
    "userTask": ("", task("", "<x:userTask/>"), "userTask"),
    "formDefinition": ("", task("", '<x:formDefinition formId="f"/>'), 'key="f" binding="latest"'),
    "userTaskForm": ("", EXT.format(FORM_JS) + task("", SHOWS), 'form key="p.f"'),
    "taskDefinition": ("", service("", JOB), 'topic="w" retries="3"'),
    "taskHeaders": ("", service("", JOB + HEADERS), r'target="k" expression="= &quot;= v&quot;"'),
    "ioMapping": (
        "",
        service("", f"{JOB}{MAPPING}</x:ioMapping>"),
        'in target="b" expression="=a"',
        'out target="d" expression="=c"',
    ),
    "calledDecision": (
        "",
        task("", '<x:calledDecision decisionId="d" resultVariable="r"/>', "businessRuleTask"),
        'decision key="d" result="r" map="value"',
    ),
    "script": (
        "",
        task("", '<x:script expression="=a * 2" resultVariable="b"/>', "scriptTask"),
        r"b = a \* 2",
    ),
    "calledElement": (
        "",
        task("", '<x:calledElement processId="q" bindingType="deployment"/>', "callActivity"),
        'calledElement="q"',
        ':binding="deployment"',
        'out source="\\*"',
    ),
    "loopCharacteristics": ("", several("", LOOP), 'collection="=l"', 'outputElement="=e.x"'),
    "subscription": (SUBSCRIBED, f"{CATCH}</intermediateCatchEvent>", 'correlation key="=k"'),
    "adHoc": (
        "",
        task("", '<x:adHoc activeElementsCollection="=l"/>', "adHocSubProcess"),
        'adhoc start="=l"',
    ),
}
OWN_KEY = EXT.format(
    "<x:processVariableCorrelation><x:propertyId>n</x:propertyId>"
    "<x:expression>a['b']</x:expression></x:processVariableCorrelation>"
)
CARRIED = EXT.replace("{}", '<x:messagePayload>{"a": b}</x:messagePayload>')
PAYLOAD = MESSAGE.replace("/>", f">{CARRIED}</message>")
FILES = '<x:property name="formJsonSchemaFilename" value="my-schema.json"/>'
PROPERTIES = f"<x:properties>{FILES}</x:properties>"
TAKING = EXT.format("<x:messageVariable>all</x:messageVariable>")
SPIFF = {
    "messageVariable": (
        MESSAGE.replace("/>", f">{TAKING}</message>"),
        f"{CATCH}</intermediateCatchEvent>",
        ':variable="all"',
    ),
    "preScript": ("", task("", "<x:preScript>a = 1</x:preScript>"), 'in target="a"'),
    "postScript": ("", task("", "<x:postScript>a = b + 1</x:postScript>"), r"= b \+ 1"),
    "properties": ("", task("", PROPERTIES), 'form key="my"'),
    "instructionsForEndUser": (
        "",
        task("", "<x:instructionsForEndUser>Do</x:instructionsForEndUser>"),
        "<documentation>Do</documentation>",
    ),
    "calledDecisionId": (
        "",
        task("", "<x:calledDecisionId>d</x:calledDecisionId>", "businessRuleTask"),
        'decision key="d"',
    ),
    "processVariableCorrelation": (
        MESSAGE,
        CATCH.replace("/>", f">{OWN_KEY}</messageEventDefinition>") + "</intermediateCatchEvent>",
        'correlation key="= a.b"',
    ),
    "messagePayload": (
        PAYLOAD,
        '<endEvent id="t"><messageEventDefinition messageRef="m"/></endEvent>',
        'in target="a" expression="= b"',
    ),
}
SAMPLES = {"camunda": CAMUNDA, "flowable": FLOWABLE, "zeebe": ZEEBE, "spiffworkflow": SPIFF}
