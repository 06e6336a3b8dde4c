"""What people leave open on a drawing comes back as questions, each with a proposed answer."""

import pytest

from engine.bundle import Bundle
from engine.preflight import Answer, AnswersRefused, Catalogue, check, fix, proposals
from engine.preflight.questions import makers
from engine.preflight.spans import span
from engine.problem_codes import QUESTIONS
from kernel.i18n import catalogue, use_locale
from tests.engine.bpmn.drawing import END, MESSAGE, START, document, flow, line
from tests.engine.preflight import test_rules
from tests.engine.preflight.conftest import CATALOGUE

CHART = Catalogue(
    units=frozenset({"finance"}),
    roles=frozenset({"staff"}),
    processes={"order_parts": frozenset()},
    connectors=frozenset({"external"}),
    named={"مالی": ("unit", "finance")},
)
DRAWN_BY_HAND = (
    '<laneSet id="ls"><lane id="l" name="مالی"><flowNodeRef>ask</flowNodeRef></lane></laneSet>'
    + START
    + '<userTask id="ask" name="بررسی"/><exclusiveGateway id="g" name="تأیید؟"/>'
    + '<serviceTask id="pay" name="پرداخت"/>'
    + '<intermediateCatchEvent id="wait" name="پس از ۲ روز"><timerEventDefinition/>'
    + "</intermediateCatchEvent>"
    + '<callActivity id="call" name="Order parts"/>'
    + END
    + flow("start", "ask")
    + flow("ask", "g")
    + '<sequenceFlow id="yes" name="بله" sourceRef="g" targetRef="pay"/>'
    + '<sequenceFlow id="no" name="خیر" sourceRef="g" targetRef="wait"/>'
    + flow("pay", "call")
    + flow("call", "end")
    + flow("wait", "end")
)


def by_hand() -> Bundle:
    return Bundle({"p.bpmn": document(DRAWN_BY_HAND)}, "test")


def test_a_drawing_by_hand_runs_after_every_proposal_is_accepted():
    asked = check(by_hand(), CHART)
    assert not asked.errors
    assert not asked.ok

    mended = check(fix(by_hand(), asked.questions, proposals(asked.questions)), CHART)

    assert mended.ok, mended.blocking
    nodes = mended.models[0].nodes
    assert nodes["ask"].performer.kind == "unit"
    assert [(one.key, one.fa, one.en) for one in nodes["ask"].outcomes] == [
        ("yes", "بله", "Yes"),
        ("no", "خیر", "No"),
    ]
    assert nodes["wait"].event.timer.text == "P2D"
    assert nodes["call"].called == "order_parts"
    assert nodes["pay"].connector.topic == "pay"
    assert mended.models[0].flows["yes"].condition == '= outcomes.ask = "yes"'


@pytest.mark.parametrize("code", QUESTIONS)
def test_a_proposal_settles_its_question(code, preflight):
    inside, _ = test_rules.MISTAKES[code]
    bundle = Bundle({"p.bpmn": document(inside, shared=MESSAGE)}, "test")
    before = check(bundle, CATALOGUE)
    [question] = [one for one in before.questions if one.problem.code == code]

    after = check(fix(bundle, before.questions, proposals([question])), CATALOGUE)

    assert code not in {problem.code for problem in after.problems}


def every_choice():
    for inside, _ in test_rules.MISTAKES.values():
        bundle = Bundle({"p.bpmn": document(inside, shared=MESSAGE)}, "test")
        for question in check(bundle, CATALOGUE).questions:
            for choice in question.choices:
                yield bundle, question, choice


def test_every_choice_can_be_taken_as_it_is_offered_and_settles_its_question():
    tried = set()
    for bundle, question, choice in every_choice():
        tried.add((question.problem.code, choice.key))
        mended = fix(bundle, [question], {question.id: Answer(choice.key)})
        left = {one.id for one in check(mended, CATALOGUE).questions}
        assert question.id not in left or choice.key == "leave", (question.id, choice.key)

    assert {code for code, _ in tried} >= set(makers) - {"template.one-language"}


def test_every_choice_is_said_in_both_languages():
    for locale in ("fa", "en"):
        sentences = catalogue(locale)
        with use_locale(locale):
            for _, question, choice in every_choice():
                assert f"choice.{choice.key}" in sentences
                assert "%(" not in choice.sentence()
                assert question.problem.sentence()


def answered(**answers: Answer) -> Bundle:
    questions = check(by_hand(), CHART).questions
    named = {one.problem.element_id: one.id for one in questions}
    return fix(by_hand(), questions, {named.get(key, key): one for key, one in answers.items()})


@pytest.mark.parametrize(
    ("element", "answer", "code"),
    [
        ("nothing", Answer("default"), "fix.unknown-question"),
        ("ask", Answer("nonsense"), "fix.unknown-choice"),
        ("wait", Answer("duration", ""), "fix.text-missing"),
        ("wait", Answer("duration", "two days"), "fix.text-duration"),
        ("wait", Answer("date", "tomorrow"), "fix.text-expression"),
        ("yes", Answer("condition", "= amount > > 5"), "fix.text-expression"),
        ("ask", Answer("role", "king"), "fix.text-unknown"),
        ("pay", Answer("topic", 'x"/><y'), "fix.text-key"),
        ("pay", Answer("topic", "x" * 3000), "fix.text-name"),
    ],
)
def test_an_answer_that_fits_nothing_is_refused_with_a_sentence(element, answer, code):
    with pytest.raises(AnswersRefused) as refusal:
        answered(**{element: answer})

    [wrong] = refusal.value.wrong
    assert wrong.code == code
    for locale in ("fa", "en"):
        with use_locale(locale):
            assert len(wrong.sentence()) > 20
            assert "%(" not in wrong.sentence()


def test_two_defaults_of_one_gateway_contradict_each_other():
    with pytest.raises(AnswersRefused) as refusal:
        answered(yes=Answer("default"), no=Answer("default"))

    assert {one.code for one in refusal.value.wrong} == {"fix.contradiction"}
    assert {one.question.rpartition(":")[2] for one in refusal.value.wrong} == {"yes", "no"}


def test_a_typed_condition_is_written_where_it_belongs():
    mended = answered(yes=Answer("condition", '= amount < 5 and "a" = "a"'), no=Answer("default"))

    model = check(mended, CHART).models[0]
    assert model.flows["yes"].condition == '= amount < 5 and "a" = "a"'
    assert model.nodes["g"].default == "no"


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("پس از ۲ روز", "P2D"),
        ("یک هفته", "P1W"),
        ("24 h", "PT24H"),
        ("after 15 minutes", "PT15M"),
        ("هر ۳ ماه", "P3M"),
        ("٤٨ ساعت بعد", "PT48H"),
        ("two days", "P2D"),
        ("بعداً", None),
        ("room 5", None),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(label, found):
    assert span(label) == found


def test_a_gateway_after_another_choice_is_not_asked_of_the_step_before_it():
    inside = (
        START
        + '<userTask id="ask" name="a"/>'
        + '<exclusiveGateway id="g1"/><exclusiveGateway id="g2"/>'
        + '<endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>'
        + flow("start", "ask")
        + flow("ask", "g1")
        + flow("g1", "g2", "= a")
        + flow("g1", "e1", "= b")
        + flow("g2", "e2")
        + flow("g2", "e3")
    )
    bundle = Bundle({"p.bpmn": document(inside)})
    questions = check(bundle, CHART).questions

    keys = {one.problem.element_id: one.proposed.key for one in questions}
    assert (keys["g2-e2"], keys["g2-e3"]) == ("condition", "default")
    assert check(fix(bundle, questions, proposals(questions)), CHART).ok


def test_a_note_may_be_left_without_an_answer():
    inside = line('<userTask id="work" name="w"><extensionElements><ravand:performer '
                  'initiator="true"/></extensionElements></userTask>')  # fmt: skip
    report = check(Bundle({"p.bpmn": document(inside)}), CHART)

    assert report.ok
    assert [(one.problem.code, one.blocking) for one in report.questions] == [
        ("task.no-form", False)
    ]
    assert proposals(report.questions, all_of_them=False) == {}
