"""Whatever is in a file, preflight answers with problems and never breaks."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.model import EventKind, NodeKind
from engine.bpmn.vocabulary import ELEMENTS, ON_BPMN
from engine.bundle import Bundle
from engine.preflight import check
from tests.engine.bpmn.drawing import HEAD
from tests.engine.preflight.conftest import CATALOGUE

IDS = ("a", "b", "c", "", "p", "a b", "m")
TAGS = (
    *(kind.value for kind in NodeKind),
    *(f"{kind.value}EventDefinition" for kind in EventKind),
    *ON_BPMN,
    *("process", "sequenceFlow", "laneSet", "lane", "flowNodeRef", "extensionElements"),
    *("conditionExpression", "script", "timeDuration", "timeCycle", "timeDate", "condition"),
    *("loopCardinality", "message", "error", "incoming", "dataObject", "potentialOwner"),
    *("standardLoopCharacteristics", "subProcess", "childLaneSet"),
)
ATTRIBUTES = (
    "id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "messageRef", "errorRef",
    "calledElement", "isSequential", "triggeredByEvent", "scriptFormat", "ravand:clock",
    "loopMaximum", "cancelActivity", "isExecutable", "language",
)  # fmt: skip
TEXTS = st.sampled_from((*IDS, "= a > 1", "${", "R/PT1S", "P", "= outcomes.a = 'x'", "9" * 30))
WORDS = tuple(ELEMENTS)
WORD_ATTRIBUTES = sorted({a.name for word in ELEMENTS.values() for a in word.attributes})


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def element(tag: str, attributes: dict[str, str], inside: list[str]) -> str:
    written = "".join(f' {name}="{escaped(text)}"' for name, text in attributes.items())
    return f"<{tag}{written}>{''.join(inside)}</{tag}>"


words = st.builds(
    element,
    st.sampled_from([f"ravand:{word}" for word in (*WORDS, "unknown")]),
    st.dictionaries(st.sampled_from(WORD_ATTRIBUTES), TEXTS, max_size=4),
    st.just([]),
)
leaves = TEXTS.map(escaped) | words
elements = st.recursive(
    leaves,
    lambda inner: st.builds(
        element,
        st.sampled_from(TAGS),
        st.dictionaries(st.sampled_from(ATTRIBUTES), TEXTS, max_size=5),
        st.lists(inner, max_size=5),
    ),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(elements, max_size=8))
def test_any_tree_of_known_words_is_answered(inside):
    data = f'{HEAD}<process id="p">{"".join(inside)}</process></definitions>'.encode()

    report = check(Bundle({"p.bpmn": data}), CATALOGUE)

    for problem in report.problems:
        assert problem.sentence()
    for model in report.models:
        model.steps()


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(("p.bpmn", "forms/f.json", "cases.json", "templates/a.sms.fa.txt")),
)
def test_any_bytes_in_any_file_are_answered(data, name):
    assert check(Bundle({name: data}), CATALOGUE).problems is not None


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(("given", "steps", "process", "complete", "name")), inner
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_as_cases_is_answered(value):
    try:
        data = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return
    assert check(Bundle({"cases.json": data, "forms/f.json": data}), CATALOGUE) is not None
