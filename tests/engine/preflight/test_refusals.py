"""What lies outside of what Ravand carries out is refused: once, with the element, in words."""

import pytest

from engine.preflight import check
from tests.bpmn_refusals import NOWHERE, REFUSALS
from tests.engine import drawing


@pytest.mark.parametrize("words", REFUSALS)
def test_it_is_refused_with_one_sentence_that_names_its_element(words: str) -> None:
    report = check(drawing.bundle(REFUSALS[words]), NOWHERE)

    [problem] = report.errors
    assert problem.element_id in ("x", "undo", "talk")
    assert problem.sentence().count(".") >= 1
    assert not problem.sentence().startswith(problem.code)
