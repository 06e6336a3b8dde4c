"""Every element of the standard has exactly one fate, and each fate is what the table says."""

import pytest

from engine.bpmn.standard import HARMLESS, ONLY, READ, REFUSED, TOLD
from tests.engine.bpmn.drawing import document, line, reading, task

FATES = (READ, frozenset(HARMLESS), TOLD, REFUSED)


def found(tag: str) -> set[str]:
    """The problems of a part with that tag inside of a process."""
    read = reading(document(line(task()) + f'<{tag} id="x"/>'))
    return {problem.code for problem in read.problems if problem.severity != "question"}


def test_no_element_has_two_fates():
    every = [tag for fate in FATES for tag in fate]

    assert len(every) == len(set(every))


@pytest.mark.parametrize("tag", sorted(REFUSED))
def test_what_is_refused_says_so(tag):
    assert "support.standard" in found(tag)


@pytest.mark.parametrize("tag", sorted(TOLD))
def test_what_is_not_carried_out_is_named(tag):
    assert "read.not-carried-out" in found(tag)


@pytest.mark.parametrize("tag", sorted(HARMLESS))
def test_what_is_drawn_only_has_a_reason_and_stops_nothing(tag):
    assert HARMLESS[tag]
    assert not {code for code in found(tag) if code.startswith(("support.", "bpmn.unknown"))}


def test_a_word_that_the_standard_does_not_have_is_refused():
    assert "bpmn.unknown-element" in found("magicTask")


@pytest.mark.parametrize("name", sorted(set(ONLY) - {"cancelRemainingInstances"}))
def test_an_attribute_that_changes_the_meaning_is_refused(name):
    read = reading(document(line(f'<task id="t" {name}="7"/>')))

    assert "support.standard-attribute" in {problem.code for problem in read.problems}
