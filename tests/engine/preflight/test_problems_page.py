"""`docs/reference/problems.md` lists every problem and every rule."""

import re
from pathlib import Path

from engine.preflight.upload import rules
from engine.problem_codes import CODES
from kernel.i18n import catalogue

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "problems.md").read_text()


def shown(sentence: str) -> str:
    """A sentence of the catalogue as the page writes it."""
    return re.sub(r"%\((\w+)\)s", r"‹\1›", sentence.replace("|", r"\|").replace("%%", "%"))


def test_every_problem_stands_on_the_page_as_the_catalogue_says_it():
    sentences = catalogue("en")
    for code in CODES:
        what, mend = sentences[f"problem.{code}"], sentences[f"problem.{code}.mend"]
        assert f"| `{code}` | {shown(what)} | {shown(mend)} |" in PAGE, code


def test_every_rule_stands_on_the_page():
    for name in rules:
        about = " ".join((rules[name].__doc__ or "").split())
        assert f"- **{name}**: {about}" in PAGE, name


def test_the_page_lists_no_problem_that_cannot_happen():
    listed = set(re.findall(r"^\| `([a-z.-]+)` \|", PAGE, re.MULTILINE))
    assert listed == CODES.keys()
