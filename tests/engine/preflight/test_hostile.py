"""A folder of hostile bundles: each is refused with a sentence, whatever it tries."""

import time

import pytest

from engine.bundle import Bundle
from engine.preflight import check, check_path
from kernel.i18n import use_locale
from tests.engine.preflight.conftest import CATALOGUE
from tests.fixtures.hostile import diagrams, write_folder


def test_every_hostile_bundle_is_refused_with_a_sentence_in_both_languages(tmp_path):
    slowest = (0.0, "")
    for path in write_folder(tmp_path):
        began = time.perf_counter()
        errors = check_path(path, CATALOGUE).errors
        slowest = max(slowest, (time.perf_counter() - began, path.name))

        assert errors, path.name
        for problem in errors:
            for locale in ("fa", "en"):
                with use_locale(locale):
                    assert len(problem.sentence()) > 20
                    assert "problem." not in problem.sentence()
    print(f"slowest: {slowest[1]} {slowest[0] * 1000:.0f} ms")


@pytest.mark.parametrize("name", [name for name in diagrams() if name[-1].isdigit()])
def test_python_is_refused_in_every_expression(name):
    report = check(Bundle({"p.bpmn": diagrams()[name]}), CATALOGUE)

    codes = {problem.code for problem in report.errors if problem.element_id in ("x", "g1")}
    assert codes & {"expression.bad", "expression.unknown-function"}, report.errors


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("self-calling", "call.cycle"),
        ("million-repeats", "repeat.too-many"),
        ("endless-circle", "flow.automatic-cycle"),
        ("python-script", "support.script-language"),
    ],
)
def test_a_process_that_would_never_end_is_refused(name, code):
    report = check(Bundle({"p.bpmn": diagrams()[name]}), CATALOGUE)

    assert [problem.code for problem in report.errors] == [code]
