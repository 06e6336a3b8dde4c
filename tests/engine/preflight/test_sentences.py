"""Every problem can be said, in both languages, with how to mend it."""

import re

import pytest

from engine.preflight.upload import rules
from engine.problem_codes import CODES
from engine.problems import Problem
from kernel.i18n import catalogue, use_locale
from tests.engine.preflight import test_files, test_rules

GAP = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("code", CODES)
def test_a_problem_has_its_sentence_and_its_remedy(code, locale):
    sentences = catalogue(locale)

    for key in (f"problem.{code}", f"problem.{code}.mend"):
        assert (
            sentences[key]
            .rstrip()
            .endswith(
                (
                    ".",
                    "؛",
                    "|",
                    "{{.",
                    "%(because)s",
                    "%(path)s",
                    "%(part)s",
                    "%(elements)s",
                    "%(reason)s",
                )
            )
        ), key


def test_both_languages_fill_the_same_gaps():
    persian, english = catalogue("fa"), catalogue("en")

    for code in CODES:
        key = f"problem.{code}"
        assert set(GAP.findall(persian[key])) == set(GAP.findall(english[key])), key


def test_no_gap_of_a_sentence_stays_empty(preflight):
    found: dict[str, Problem] = {}
    for inside, _ in test_rules.MISTAKES.values():
        found |= {p.code: p for p in preflight(inside, shared=test_rules.MESSAGE).problems}
    for name, data in test_files.MISTAKES.values():
        found |= {p.code: p for p in preflight(test_files.SOUND, **{name: data}).problems}

    assert len(found) > 70
    for problem in found.values():
        known = {"element", "file", "line", "because", *problem.facts}
        with use_locale("en"):
            text = catalogue("en")[f"problem.{problem.code}"]
            assert set(GAP.findall(text)) <= known, problem
            assert "%(" not in problem.sentence()
            assert not (
                "because" in problem.facts
                and "because" in GAP.findall(text)
                and str(problem.facts["because"]) in problem.sentence()
            ), problem


def test_a_sentence_names_the_element_and_its_id():
    problem = Problem("task.nobody", "sign", "امضا")

    with use_locale("fa"):
        assert "«امضا» (sign)" in problem.sentence()
        assert problem.sentence().endswith(problem.proposal)


def test_every_rule_says_what_it_asks_for():
    for name in rules:
        assert (rules[name].__doc__ or "").strip(), name
