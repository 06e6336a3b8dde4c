"""The diagrams that are measured: in our dialect and, where it has a peer, in the stock one."""

import orjson

from tests.engine.drawing import boundary, chain, element, end, flow, process, start, timer, user

ANSWERS = {"amount": 1500}
STEPS = ("ask", "check", "sign", "pay")
FORM = orjson.dumps(
    {
        "title": {"fa": "قرارداد", "en": "Contract"},
        "schema": {
            "type": "object",
            "properties": {
                "amount": {"type": "integer", "title": "مبلغ", "minimum": 1},
                "note": {"type": "string", "title": "یادداشت", "maxLength": 500},
            },
            "required": ["amount"],
            "additionalProperties": False,
        },
        "ui": {},
    }
)
_ASKED = '<ravand:form key="contract" binding="deployment"/>'


def contract(*, stock: bool = False) -> str:
    """A step, a choice, a step with a 48 h timer, a script, two steps at once, the end."""
    mark, late, tag = ("", '"PT48H"', "python") if stock else ("= ", "PT48H", "ravand")
    asked, who = (
        ("", "") if stock else (_ASKED, '<ravand:performer position="subscribers.expert"/>')
    )
    text = "<bpmn:script>total = amount * 2</bpmn:script>"
    return process(
        start(),
        *(user(key, asked, performer=who) for key in STEPS),
        element("exclusiveGateway", "choice", default="choice__end"),
        boundary("late", "check", timer("duration", late), cancel=False),
        element("scriptTask", "sum", text, scriptFormat=tag),
        element("parallelGateway", "split"),
        element("parallelGateway", "join"),
        end(),
        end("told"),
        chain("start", "ask", "choice"),
        flow("choice", "check", f"{mark}amount &gt; 1000"),
        flow("choice", "end"),
        chain("check", "sum", "split", "sign", "join", "end"),
        chain("split", "pay", "join"),
        chain("late", "told"),
        key="contract",
    )


def loop(*, stock: bool = False) -> str:
    """A user task again and again, as long as the amount is more than nothing."""
    mark = "" if stock else "= "
    asked, who = (
        ("", "") if stock else (_ASKED, '<ravand:performer position="subscribers.expert"/>')
    )
    return process(
        start(),
        element("exclusiveGateway", "again"),
        user("work", asked, performer=who),
        element("exclusiveGateway", "way", default="way__end"),
        end(),
        chain("start", "again", "work", "way", "end"),
        flow("way", "again", f"{mark}amount &gt; 0"),
        key="loop",
    )


def two_task() -> str:
    """Two steps of whoever started it, each with a form and a deadline; a message at the end."""
    deadline = '<ravand:deadline duration="P1D" clock="working" reminders="default"/>'
    who = '<ravand:performer initiator="true"/>'
    told = '<ravand:notify channel="inbox" to="= initiator.id" template="told"/>'
    return process(
        start(),
        user("ask", _ASKED + deadline, performer=who),
        user("check", _ASKED + deadline, performer=who),
        end(ext=told),
        chain("start", "ask", "check", "end"),
        key="two_task",
    )


def crowd(*, stock: int = 0) -> str:
    """A user task for each of many people at once (or for so many, in the stock engine)."""
    if stock:
        inside = f"<bpmn:loopCardinality>{stock}</bpmn:loopCardinality>"
        repeat = _repeat("", inside)
    else:
        repeat = _repeat(' ravand:collection="= people" ravand:element="person"', "")
    who = "" if stock else '<ravand:performer position="subscribers.expert"/>'
    return process(
        start(),
        user("ask", inside=repeat, performer=who),
        end(),
        chain("start", "ask", "end"),
        key="crowd",
    )


def _repeat(attributes: str, inside: str) -> str:
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f"<{tag}{attributes}>{inside}</{tag}>"
