"""Every setting of every dialect has one of three fates, and none is silent."""

import re
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.dialects import DIALECTS, reference, translate
from engine.bpmn.dialects.table import REASONS, Dialect, Word
from engine.bpmn.source import Source
from engine.problem_codes import CODES
from engine.problems import Problem
from kernel.i18n import catalogue
from tests.engine.dialects.samples import SAMPLES

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f'<definitions xmlns="{BPMN}" xmlns:x="SPACE" targetNamespace="t"><process id="p">'
EVERY = [(dialect, word) for dialect in DIALECTS for word in dialect.words.values()]
PAGE = Path(__file__).parents[3] / reference.PAGE


def ids(value: object) -> str:
    return value.prefix if isinstance(value, Dialect) else getattr(value, "name", "")


def read(dialect: Dialect, inside: str, head: str = "") -> tuple[str, list[Problem]]:
    """The process after its translation, and what was told."""
    text = HEAD.replace("SPACE", dialect.namespaces[0]).replace("<process", f"{head}<process")
    root = etree.fromstring(f"{text}{inside}</process></definitions>")
    source = Source(root, "f.bpmn")
    translate(source, {})
    written = etree.tostring(root).decode()
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", written), source.problems


def on_a_task(word: Word) -> str:
    if word.name.startswith("@"):
        return f'<userTask id="t" x:{word.name[1:]}="v"/>'
    inside = f"<extensionElements><x:{word.name}>v</x:{word.name}></extensionElements>"
    return f'<userTask id="t">{inside}</userTask>'


@pytest.mark.parametrize(
    ("dialect", "word"), [one for one in EVERY if one[1].fate == "translated"], ids=ids
)
def test_a_word_is_translated(dialect: Dialect, word: Word) -> None:
    head, inside, *wanted = SAMPLES[dialect.prefix][word.name]

    written, problems = read(dialect, inside, head)

    for part in wanted:
        assert re.search(part, written), written
    told = [p for p in problems if p.code.startswith("dialect.") and CODES[p.code] == "error"]
    assert not told
    unread = f"{dialect.prefix}:{word.name.lstrip('@')}"
    assert unread not in [p.facts.get("word") for p in problems]


@pytest.mark.parametrize(
    ("dialect", "word"), [one for one in EVERY if one[1].fate == "named"], ids=ids
)
def test_a_word_without_meaning_is_named(dialect: Dialect, word: Word) -> None:
    _, problems = read(dialect, on_a_task(word))

    [note] = [p for p in problems if p.code == "dialect.no-meaning"]
    assert note.element_id == "t"
    assert note.facts["word"] == f"{dialect.prefix}:{word.name.lstrip('@')}"
    assert note.facts["because"] == f"dialect.because.{word.why}"


@pytest.mark.parametrize(
    ("dialect", "word"), [one for one in EVERY if one[1].fate == "refused"], ids=ids
)
def test_a_word_that_would_be_missed_is_refused(dialect: Dialect, word: Word) -> None:
    _, problems = read(dialect, on_a_task(word))

    [error] = [p for p in problems if CODES[p.code] == "error"]
    assert (error.code, error.element_id, error.facts["value"]) == (word.why, "t", "v")
    assert "%(" not in error.sentence()


@pytest.mark.parametrize("dialect", DIALECTS, ids=ids)
def test_an_unknown_word_is_named(dialect: Dialect) -> None:
    _, problems = read(dialect, '<userTask id="t" x:brandNew="v"/>')

    [note] = [p for p in problems if p.code == "dialect.no-meaning"]
    assert note.facts["because"] == "dialect.because.unknown"


def test_every_reason_is_said_in_both_languages() -> None:
    for why, words in REASONS.items():
        assert catalogue("en")[f"dialect.because.{why}"] == words
        assert catalogue("fa")[f"dialect.because.{why}"] != words


def test_the_page_is_made_from_the_tables() -> None:
    assert reference.word_tables() in PAGE.read_text()
