"""Every sentence of this package is there in Persian, and the documented example works."""

import ast
import json
import re
from pathlib import Path

import forms
from forms import check, first_values, missing_english, parse_form, render
from kernel.i18n import catalogue, use_locale

PACKAGE = Path(forms.__file__).parent
ROOT = PACKAGE.parent


def _sentences() -> set[str]:
    found = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(
                node.args[0] if node.args else None, ast.Constant
            ):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("_", "gettext"):
                    found.add(node.args[0].value)
            elif isinstance(node, ast.Assign) and path.name in (
                "rules.py",
                "references.py",
                "subset.py",
                "sentences.py",
                "parsing.py",
            ):
                found |= {
                    c.value
                    for c in ast.walk(node.value)
                    if isinstance(c, ast.Constant)
                    and isinstance(c.value, str)
                    and re.fullmatch(r"[A-Z“%].* .*[.:s]", c.value)
                }
    for path in (PACKAGE / "templates").glob("*.html"):
        found |= set(re.findall(r'_\("([^"]+)"', path.read_text("utf-8")))
    return found


def test_every_sentence_has_a_persian_original() -> None:
    sentences = _sentences()

    assert len(sentences) > 60
    assert not sentences - set(catalogue("fa"))


def test_error_codes_have_sentences_in_both_languages() -> None:
    for code in ("form.invalid", "form.definition-invalid", "form.unknown"):
        assert code in catalogue("fa")
        assert code in catalogue("en")


def test_the_example_of_the_reference_is_a_form() -> None:
    text = (ROOT / "docs/reference/forms.md").read_text("utf-8")
    example = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])

    form = parse_form("agreement", example)

    assert missing_english(form) == []
    assert first_values(form, {"subscriber_name": "شهلا"})["fee_percent"] == 25
    answers = {"kind": "elder", "months": 3, "wage": 320_000_000, "start_date": "2026-11-28"}
    assert check(form, answers)["fee"] is None  # no percentage was given
    assert check(form, {**answers, "fee_percent": 25})["fee"] == 80_000_000
    with use_locale("en"):
        assert "Kind of service" in render(form, answers)
