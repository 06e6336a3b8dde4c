"""The public vocabulary `urn:ravand:bpmn:1`: one table for the parser, the docs and the editor.

The reader refuses what is not in this table; `docs/reference/vocabulary.md` is tested
against it; the editor's descriptor is made from it. Only add to it: a diagram that was
read once is read for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

RAVAND = "urn:ravand:bpmn:1"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"

TASKS = ("userTask", "manualTask")
THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")
CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
EVENT_TAGS = (
    "startEvent",
    "endEvent",
    "intermediateThrowEvent",
    "intermediateCatchEvent",
    "boundaryEvent",
)
HOLDING = (
    "subProcess",
    "transaction",
    "adHocSubProcess",
    "task",
    "userTask",
    "manualTask",
    "scriptTask",
    "receiveTask",
    "businessRuleTask",
)
MAPPED = ("serviceTask", "sendTask", "callActivity", *HOLDING, *THROWING[:2])


@dataclass(frozen=True)
class Attribute:
    """One attribute: `values` lists the only texts allowed, None allows any."""

    name: str
    about: str
    example: str
    required: bool = False
    default: str | None = None
    values: tuple[str, ...] | None = None
    expression: bool = False


@dataclass(frozen=True)
class Element:
    """One extension element: `on` the BPMN tags that may carry it ("*" any), `many` 0..n."""

    name: str
    on: tuple[str, ...]
    about: str
    example: str
    attributes: tuple[Attribute, ...]
    many: bool = False
    children: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name."""
        return next((one for one in self.attributes if one.name == name), None)


FORM = Element(
    name="form",
    on=("userTask", "manualTask", "startEvent"),
    many=True,
    about="A form filled at this step. Several are shown one below the other, in this order.",
    example='<ravand:form key="call_result"/>',
    attributes=(
        Attribute(
            "key",
            "Name of the form: the bundle's `forms/<key>.json`, or one deployed before.",
            "call_result",
            required=True,
        ),
        Attribute(
            "binding",
            "Which version is shown: the one deployed with this diagram, the "
            "newest, or the one in `version`.",
            "deployment",
            default="deployment",
            values=("deployment", "latest", "version"),
        ),
        Attribute("version", 'The version\'s number, with `binding="version"`.', "3"),
    ),
)

PERFORMER = Element(
    name="performer",
    on=("userTask", "manualTask", "lane"),
    about="Who gets the work. Exactly one of the first seven attributes. On a lane it holds "
    "for the lane's tasks that name nobody.",
    example='<ravand:performer position="finance.head" exclude="issue_invoice"/>',
    one_of=("position", "role", "unit", "person", "managerOf", "initiator", "expression"),
    attributes=(
        Attribute("position", "A position of the chart.", "subscribers.expert"),
        Attribute("role", "Everyone who has this role.", "supervisor"),
        Attribute("unit", "Everyone in this unit.", "finance"),
        Attribute("person", "One person, by user name.", "sara"),
        Attribute(
            "managerOf",
            "The manager of an expression's person or position.",
            '= assignee("offer")',
            expression=True,
        ),
        Attribute("initiator", "Whoever started the case.", "true", values=("true",)),
        Attribute(
            "expression",
            "An expression that gives one of these, or a list of them.",
            '= head_of("finance")',
            expression=True,
        ),
        Attribute(
            "mode",
            "Whether one of them does it, or each.",
            "any",
            default="any",
            values=("any", "every"),
        ),
        Attribute(
            "exclude",
            "Ids of tasks, separated by spaces: whoever completed one of them "
            "last may not do this one.",
            "issue_invoice",
        ),
    ),
)

DEADLINE = Element(
    name="deadline",
    on=TASKS,
    about="The time limit of the step, the reminders that belong to it, and when to take it up.",
    example='<ravand:deadline duration="PT4H" reminders="75%>assignee 100%>head@inbox,sms"/>',
    attributes=(
        Attribute(
            "duration",
            "ISO 8601 duration, or an expression that gives a duration, a "
            "date (the end of that working day) or a date and time. Left out only beside a "
            "`priority` or `followUp`: no limit then.",
            "P1D",
            expression=True,
        ),
        Attribute(
            "clock",
            "Working time of the calendar, or time on the wall clock.",
            "working",
            default="working",
            values=("working", "wall"),
        ),
        Attribute(
            "reminders",
            "`default`, `none`, or a list of `WHEN>TARGET@channel,channel` "
            "separated by spaces. WHEN: `75%` of the limit, or a working-time duration "
            "before (`-P1D`) or after (`+P3D`) it. TARGET: `assignee`, `head`, `above` or "
            "a position. `default` is `75%>assignee@inbox 100%>head@inbox,sms "
            "+P1D>above@inbox +P2D>above@inbox +P3D>above@inbox`.",
            "-P1D>assignee@inbox +P10D>management.ceo@inbox,sms",
            default="default",
        ),
        Attribute(
            "priority",
            "Urgent work is marked in the inbox. An expression gives one of the two, or a number: "
            "above 50 is urgent.",
            "= if amount > 1000 then 90 else 50",
            default="normal",
            values=("normal", "urgent"),
            expression=True,
        ),
        Attribute(
            "followUp",
            "When the work is to be taken up: written as `duration`, a date being its beginning. "
            "Until then the inbox marks it as work for later.",
            "P2D",
            expression=True,
        ),
    ),
)

OUTCOME = Element(
    name="outcome",
    on=TASKS,
    many=True,
    about="A named result: a button under the form. Conditions read it as `outcomes.<task id>`.",
    example='<ravand:outcome key="continue" fa="ادامه" en="Continue" style="primary"/>',
    attributes=(
        Attribute("key", "What conditions compare with.", "continue", required=True),
        Attribute("fa", "The button's Persian text.", "ادامه", required=True),
        Attribute("en", "The button's English text; the key when left out.", "Continue"),
        Attribute(
            "style",
            "How the button looks.",
            "primary",
            default="secondary",
            values=("primary", "secondary", "danger"),
        ),
        Attribute(
            "requires",
            "`reason`: a reason must be typed (variable `reason`). `form`: "
            "the form must be complete, which is so unless this is another outcome's "
            "`reason`.",
            "reason",
            values=("reason", "form"),
        ),
    ),
)

NOTIFY = Element(
    name="notify",
    on=(*EVENT_TAGS, *TASKS, "sendTask"),
    many=True,
    about="A text sent when the event happens; on a task, at the moment in `on`.",
    example='<ravand:notify channel="sms" to="= subscriber.mobile" template="trial_started"/>',
    attributes=(
        Attribute("channel", "How it is sent; others may be added.", "sms", required=True),
        Attribute(
            "to",
            "An expression that gives a person, position, phone number or e-mail "
            "address, or a list of them.",
            "= subscriber.mobile",
            required=True,
            expression=True,
        ),
        Attribute(
            "template",
            "Name of the text: the bundle's `templates/<template>.<channel>.<lang>.txt`.",
            "trial_started",
            required=True,
        ),
        Attribute(
            "policy",
            "Words: `always` goes past an opt-out, `day` waits for daytime; and, when nobody knows "
            "whether the text arrived, `resend` sends it again, `ask` leaves it to a person, "
            "`drop` does not send it again.",
            "day ask",
        ),
        Attribute(
            "on", "The moment of a task.", "overdue", values=("opened", "completed", "overdue")
        ),
    ),
)

CONNECTOR = Element(
    name="connector",
    on=("serviceTask", "sendTask", "businessRuleTask"),
    about="The machine work of this step.",
    example='<ravand:connector type="identity.check">\n'
    '  <ravand:in target="melli_code" source="melli_code"/>\n'
    '  <ravand:out source="valid" target="identity_valid"/>\n</ravand:connector>',
    children=("in", "out"),
    attributes=(
        Attribute(
            "type",
            "Name of the connector; `external` leaves the work to whoever fetches `topic`.",
            "crm.match_contact",
            required=True,
        ),
        Attribute(
            "topic", "With `external`: the topic that workers ask for.", "erp", expression=True
        ),
        Attribute(
            "retries",
            "With `external`: how often workers may try, as they are told with the work; left "
            "out, each decides.",
            "3",
            expression=True,
        ),
    ),
)

DECISION = Element(
    name="decision",
    on=("businessRuleTask",),
    about="The decision this step asks; see [Decisions](decisions.md).",
    example='<ravand:decision key="discount" result="discount" map="singleEntry"/>',
    attributes=(
        Attribute("key", "Id of the decision in a DMN file.", "discount", required=True),
        Attribute(
            "binding",
            "Which version is asked: the newest, the one deployed with this diagram, or the one "
            "in `version`.",
            "deployment",
            default="latest",
            values=("latest", "deployment", "version"),
        ),
        Attribute("version", 'The version\'s number, with `binding="version"`.', "3"),
        Attribute(
            "result",
            "Name of the variable that gets the result. Without it each output becomes a "
            "variable of its own name, which only `singleResult` allows.",
            "discount",
        ),
        Attribute(
            "map",
            "What the result is: one output's value, one rule's outputs by name, a list of one "
            "output's values, a list of rules' outputs, or the value that FEEL gives it.",
            "singleEntry",
            default="singleResult",
            values=("singleEntry", "singleResult", "collectEntries", "resultList", "value"),
        ),
    ),
)

IN = Element(
    name="in",
    on=MAPPED,
    many=True,
    about="A value handed in: to the connector, the called process, the message, or the step, "
    "which has it to itself. One of `source` and `expression`.",
    example='<ravand:in target="contract_no" source="contract_no"/>',
    one_of=("source", "expression"),
    attributes=(
        Attribute("target", 'Name it gets inside. Left out only with `source="*"`.', "contract_no"),
        Attribute("source", "A variable's name; `*` hands in all of them.", "contract_no"),
        Attribute(
            "expression", "An expression, or a literal text.", "= amount * 2", expression=True
        ),
    ),
)

OUT = Element(
    name="out",
    on=("serviceTask", "sendTask", "callActivity", *HOLDING, *CATCHING[:3]),
    many=True,
    about="A value handed back. One of `source` and `expression`.",
    example='<ravand:out source="outcome" target="approval"/>',
    one_of=("source", "expression"),
    attributes=(
        Attribute(
            "target",
            'Name of the variable it becomes. Left out only with `source="*"`.',
            "approval",
        ),
        Attribute("source", "Its name inside; `*` hands back all of them.", "outcome"),
        Attribute(
            "expression",
            "An expression over the inside's variables.",
            "= result.number",
            expression=True,
        ),
    ),
)

ADHOC = Element(
    name="adhoc",
    on=("adHocSubProcess",),
    about="Which of its activities begin as an ad-hoc subprocess is entered. The others are "
    "offered on the page of the case to their performers and to operators.",
    example='<ravand:adhoc start="none"/>',
    attributes=(
        Attribute(
            "start",
            "`all`, `none` (then it also ends by hand, unless it has a completion condition), or "
            "an expression that gives a list of ids.",
            '= ["visit", "call"]',
            default="all",
            expression=True,
        ),
    ),
)

CORRELATION = Element(
    name="correlation",
    on=(*CATCHING, *THROWING),
    about="Which case a message belongs to.",
    example='<ravand:correlation key="= subscriber.mobile" match="1"/>',
    attributes=(
        Attribute(
            "key",
            "An expression: throwing and catching side must give the same text.",
            "= contract_no",
            required=True,
            expression=True,
        ),
        Attribute(
            "match",
            "Catching side: only a message with this text (digits of all scripts are alike).",
            "1",
            expression=True,
        ),
        Attribute(
            "ttl",
            "Throwing side: how long the message is kept when nobody waits for it yet, an ISO "
            "8601 duration (one day when left out). `PT0S` keeps it not at all.",
            "PT1H",
            default="P1D",
            expression=True,
        ),
    ),
)

LABEL = Element(
    name="label",
    on=("*",),
    about="The English name; BPMN's own `name` is Persian.",
    example='<ravand:label en="Opinion of the subscriber"/>',
    attributes=(Attribute("en", "The name in English.", "First call", required=True),),
)

ATTACHMENT = Element(
    name="attachment",
    on=("process", *TASKS),
    many=True,
    about="A file of the bundle shown beside the step; on the process, beside all of them.",
    example='<ravand:attachment path="files/guide.pdf" fa="راهنما" en="Guide"/>',
    attributes=(
        Attribute("path", "Where it stands in the bundle.", "files/guide.pdf", required=True),
        Attribute("fa", "Its Persian title; the file's name when left out.", "راهنما"),
        Attribute("en", "Its English title; the file's name when left out.", "Guide"),
    ),
)

ELEMENTS: dict[str, Element] = {
    element.name: element
    for element in (
        FORM,
        PERFORMER,
        DEADLINE,
        OUTCOME,
        NOTIFY,
        CONNECTOR,
        DECISION,
        IN,
        OUT,
        ADHOC,
        CORRELATION,
        LABEL,
        ATTACHMENT,
    )
}

_VARIABLE = Attribute(
    "variable",
    "Catching side: name of the variable that gets all the message carries; without it each of "
    "its values becomes a variable.",
    "delivery",
)

# Attributes of our namespace on BPMN's own elements: tag -> attributes.
ON_BPMN: dict[str, tuple[Attribute, ...]] = {
    "timerEventDefinition": (
        Attribute(
            "clock",
            "Whether the timer counts time on the wall clock or working time.",
            "working",
            default="wall",
            values=("wall", "working"),
        ),
        Attribute(
            "catchup",
            "What a repeating timer does about times that passed while Ravand did not run: it "
            "leaves them out, makes up for all of them with one, or for each of the last ten.",
            "all",
            default="once",
            values=("skip", "once", "all"),
        ),
    ),
    "dataObject": (
        Attribute("value", "Its first value; null when left out.", "= []", expression=True),
    ),
    "property": (
        Attribute("value", "Its first value; null when left out.", "= 0", expression=True),
    ),
    "messageEventDefinition": (_VARIABLE,),
    "receiveTask": (_VARIABLE,),
    "callActivity": (
        Attribute(
            "binding",
            "Which version is called: the newest released one, the one deployed with this "
            "diagram, or the one in `version`.",
            "deployment",
            default="latest",
            values=("latest", "deployment", "version"),
        ),
        Attribute("version", 'The version\'s number, with `ravand:binding="version"`.', "3"),
    ),
    "multiInstanceLoopCharacteristics": (
        Attribute(
            "collection",
            "An expression that gives the list to go through.",
            "= candidates",
            expression=True,
        ),
        Attribute("element", "Name of the variable that holds the list's item.", "candidate"),
        Attribute(
            "counter",
            "What `loopCounter` is in the first run.",
            "0",
            default="1",
            values=("0", "1"),
        ),
        Attribute("output", "Name of the variable that gets the list of results.", "offers"),
        Attribute(
            "outputElement",
            "The result of one run: an expression, computed as the run ends. Runs that were "
            "ended by the completion condition give none.",
            "= {name: candidate, price: price}",
            expression=True,
        ),
    ),
}
