"""What broke other evaluators, written at every place where a designer may write.

Each payload is refused at upload, or evaluated as the run-time does it and gives a value or an
incident. Those that would do something would leave a file behind; nothing ever does.
"""

from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import quoteattr

import orjson
import pytest

from engine.bpmn.reader import read
from engine.bpmn.slots import Slot, slots
from engine.bundle import Bundle
from engine.decisions import examine
from engine.dmn import checks
from engine.dmn.errors import DecisionError
from engine.evaluate import Evaluator, Scope
from engine.preflight.check import check
from engine.problems import Refused
from engine.spiff.faults import Fault
from engine.xml import parse
from kernel.expressions import ExpressionError, compile_template
from tests.engine import drawing
from tests.engine.dmn.drawing import ZONE, decision, definitions, literal, table
from tests.engine.preflight.conftest import CATALOGUE

ACTS = [
    "open('MARK', 'w')",
    "__import__('os').system('touch MARK')",
    "__import__('pathlib').Path('MARK').touch()",
    "eval(\"open('MARK','w')\")",
    'exec(\'open("MARK","w")\')',
    "().__class__.__base__.__subclasses__()[0]('MARK', 'w')",
    "''.__class__.__mro__[1].__subclasses__()",
    "[c for c in ().__class__.__base__.__subclasses__()]",
    "(lambda: open('MARK', 'w'))()",
    "f\"{open('MARK','w')}\"",
    "'{0.__class__.__init__.__globals__}'.format(amount)",
    "getattr(amount, '__cla' + 'ss__')",
    "get value(amount, '__class__')",
    "amount.__class__.__init__.__globals__.os.system('touch MARK')",
    "(x for x in items).gi_frame.f_back.f_globals",
    "T(java.lang.Runtime).getRuntime().exec('touch MARK')",
    "''.getClass().forName('java.lang.Runtime')",
    "execution.getVariable('amount')",
    "`touch MARK`",
    "import os; os.system('touch MARK')",
    "function(x) external {java: {class: 'java.io.File', method signature: 'x'}}",
]
BOMBS = [
    "'a' * 10000000000",
    "9 ** 9 ** 9 ** 9",
    "1 << 10000000",
    "string(9 ** 9 ** 9)",
    "for a in 1..9999, b in 1..9999, c in 1..9999 return a",
    "count(for a in 1..9999, b in 1..9999 return a) > 1",
    "for i in 1..9999 return partial",
    "matches('" + "a" * 40 + "!', '^(a+)+$')",
    "replace('" + "x" * 500 + "', 'x', '" + "y" * 500 + "')",
    "sort(for i in 1..9999 return -i, function(a, b) a < b)",
    "(" * 2000,
    "[" * 500 + "]" * 500,
    "-" * 3000 + "1",
    "not " * 900 + "true",
    "if true then " * 300,
    "1" + " + 1" * 900,
    "{a: " * 200 + "1" + "}" * 200,
    "[1..9999999999][1]",
    "duration('P999999999D')",
    "@'9999-12-31' + @'P1D'",
]
WAYS = ("= {}", "${{{}}}", "{}")
ALL = [way.format(payload) for payload in (*ACTS, *BOMBS) for way in WAYS]

TIMER = "<bpmn:timerEventDefinition><bpmn:{0}>{1}</bpmn:{0}></bpmn:timerEventDefinition>"
SENT = '<bpmn:messageEventDefinition messageRef="m"/>'
HEAD = '<bpmn:message id="m" name="m"/>'


def around(middle: str) -> str:
    """A process with one element under test, `x`."""
    way = drawing.chain("start", "x", "end")
    return drawing.process(drawing.start(), middle, drawing.end(), way, head=HEAD)


def inside(text: str) -> str:
    return quoteattr(text)[1:-1].replace('"', "&quot;")


def repeat(inner: str, attributes: str = "") -> str:
    loop = f"<bpmn:multiInstanceLoopCharacteristics {attributes}>{inner}"
    return drawing.user("x", inside=loop + "</bpmn:multiInstanceLoopCharacteristics>")


def catch(inner: str, ext: str = "") -> str:
    return drawing.element("intermediateCatchEvent", "x", inner, ext)


def machine(ext: str) -> str:
    return drawing.machine("x", "identity.check", ext)


def choice(text: str) -> str:
    gate = drawing.element("exclusiveGateway", "x", default="x__end")
    odd = drawing.flow("x", "other", text)
    shape = (drawing.start(), gate, drawing.end(), drawing.end("other"))
    return drawing.process(*shape, drawing.chain("start", "x", "end"), odd, head=HEAD)


PLACES = {
    "conditionExpression": choice,
    "script": lambda t: around(drawing.script("x", f"y {t if t[:1] == '=' else '= ' + t}")),
    "performer": lambda t: around(
        drawing.user("x", performer=f'<ravand:performer expression="{t}"/>')
    ),
    "managerOf": lambda t: around(
        drawing.user("x", performer=f'<ravand:performer managerOf="{t}"/>')
    ),
    "deadline": lambda t: around(drawing.user("x", f'<ravand:deadline duration="{t}"/>')),
    "notify": lambda t: around(
        drawing.user("x", f'<ravand:notify channel="sms" template="t" on="opened" to="{t}"/>')
    ),
    "timeDuration": lambda t: around(catch(TIMER.format("timeDuration", t))),
    "timeDate": lambda t: around(catch(TIMER.format("timeDate", t))),
    "timeCycle": lambda t: around(catch(TIMER.format("timeCycle", t))),
    "conditional": lambda t: around(
        catch(
            "<bpmn:conditionalEventDefinition>"
            f"<bpmn:condition>{t}</bpmn:condition></bpmn:conditionalEventDefinition>"
        )
    ),
    "correlation key": lambda t: around(catch(SENT, f'<ravand:correlation key="{t}"/>')),
    "correlation match": lambda t: around(
        catch(SENT, f'<ravand:correlation key="1" match="{t}"/>')
    ),
    "cardinality": lambda t: around(repeat(f"<bpmn:loopCardinality>{t}</bpmn:loopCardinality>")),
    "collection": lambda t: around(repeat("", f'ravand:element="e" ravand:collection="{t}"')),
    "completion": lambda t: around(
        repeat(
            "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
            f"<bpmn:completionCondition>{t}</bpmn:completionCondition>"
        )
    ),
    "in": lambda t: around(machine(f'<ravand:in target="a" expression="{t}"/>')),
    "out": lambda t: around(machine(f'<ravand:out target="a" expression="{t}"/>')),
    "called": lambda t: around(drawing.element("callActivity", "x", called=t)),
}


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """The file that a payload would make."""
    return tmp_path / "mark"


def marked(mark: Path) -> list[str]:
    return [text.replace("MARK", str(mark)) for text in ALL]


@pytest.mark.parametrize("place", PLACES)
def test_a_payload_in_a_diagram_is_refused_or_harmless(place, mark):
    seen = 0
    for text in marked(mark):
        document = PLACES[place](inside(text)).encode()
        report = check(Bundle({"p.bpmn": document}), CATALOGUE)
        for model in read(parse(document)).models:
            found = [slot for slot in slots(model) if slot.owner.id in ("x", "x__other")]
            seen += len(found)
            if report.ok:
                for slot in found:
                    _evaluate(slot)
    assert seen >= len(ALL) * 0.9  # the payloads do stand where the run-time would read them
    assert not mark.exists()


def _evaluate(slot: Slot) -> None:
    """As the run-time does it: a value, or an incident."""
    evaluator = Evaluator(Scope({}, None, {"amount": 7, "items": [1, 2]}), {})
    runs = {"condition": evaluator.condition, "script": evaluator.script}
    with suppress(Fault):
        runs.get(slot.use, evaluator.plain)(slot.text)


def test_a_payload_in_a_decision_is_refused_or_harmless(mark):
    for text in marked(mark):
        for logic in (
            table([text], ["y"], [["-", "1"]]),
            table(["amount"], ["y"], [[text, "1"]]),
            table(["amount"], ["y"], [["-", text]]),
            table(["amount"], [("y", "", text)], [["-", "1"]]),
            table(["amount"], ["y"], [["1", "1"]], defaults=[text]),
            literal(text),
        ):
            _decided(definitions(decision("d", logic)))
    assert not mark.exists()


def _decided(data: bytes) -> None:
    try:
        model, problems = examine("d.dmn", data)
    except Refused:
        return
    if any(problem.severity == "error" for problem in problems):
        return
    with suppress(DecisionError):
        checks.compiled(model)[0].decide("d", {"amount": 7, "items": [1]}, {}, ZONE)


def test_a_payload_in_a_text_is_refused_or_harmless(mark):
    for text in marked(mark):
        for gap in (f"{{{text}}}", text):
            try:
                shown = compile_template(gap).render({"amount": 7, "items": [1]})
            except ExpressionError:
                continue
            assert len(shown) <= 64_000
    assert not mark.exists()


def test_a_payload_in_a_form_is_refused_or_harmless(mark):
    for text in marked(mark):
        schema = {"type": "object", "properties": {"a": {"type": "string"}}}
        odd = {**schema, "properties": {"a": {"type": "string", "pattern": text}}}
        for form in (
            {"schema": odd, "ui": {}},
            {"schema": schema, "ui": {"fields": {"a": {"computed": text}}}},
            {"schema": schema, "ui": {"fields": {"a": {"initial": text}}}},
        ):
            files = {"forms/f.json": orjson.dumps(form)}
            check(Bundle(files), CATALOGUE)
    assert not mark.exists()
