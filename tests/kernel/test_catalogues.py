"""Every sentence has its Persian, every error code a sentence in both languages."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kernel.errors import AppError
from kernel.i18n import catalogue
from tests.tables import ROOT, load_models

PACKAGES = ("kernel", "people", "forms", "engine", "notifiers", "crm", "reports", "web")
CATALOGUES = ROOT / "kernel" / "i18n" / "catalogues"
GETTEXT = {"_", "gettext", "lazy_gettext"}
IN_TEMPLATE = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def sources(suffix: str) -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob(f"*{suffix}"))
        if "node_modules" not in path.parts and "fake_kavenegar" not in path.parts
    ]


def in_python(path: Path) -> set[str]:
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in GETTEXT
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def in_template(path: Path) -> set[str]:
    return {ast.literal_eval(found) for found in IN_TEMPLATE.findall(path.read_text())}


def error_classes(of: type[AppError] = AppError) -> set[type[AppError]]:
    return {of}.union(*(error_classes(under) for under in of.__subclasses__()))


def test_every_sentence_of_the_source_has_its_persian() -> None:
    persian = catalogue("fa")
    missing: dict[str, set[str]] = defaultdict(set)
    for path in sources(".py"):
        for sentence in in_python(path) - set(persian):
            missing[str(path.relative_to(ROOT))].add(sentence)
    for path in sources(".html"):
        for sentence in in_template(path) - set(persian):
            missing[str(path.relative_to(ROOT))].add(sentence)
    assert not missing, "\n".join(f"{k}: {sorted(v)}" for k, v in sorted(missing.items()))


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_every_error_code_has_its_sentence(locale: str) -> None:
    load_models()
    for package in PACKAGES:
        for path in sources(".py"):
            if path.name == "errors.py" and path.parts[len(ROOT.parts)] == package:
                __import__(".".join(path.relative_to(ROOT).with_suffix("").parts))
    codes = {error.code for error in error_classes() if error.__module__.split(".")[0] in PACKAGES}
    missing = codes - set(catalogue(locale))
    assert not missing, sorted(missing)


def fault_codes() -> set[str]:
    """The codes of everything that may stop a case, as `Fault("…")` names them."""
    return {
        node.args[0].value
        for path in sources(".py")
        if path.is_relative_to(ROOT / "engine")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Fault"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_everything_that_stops_a_case_has_its_sentence(locale: str) -> None:
    codes = fault_codes()
    assert "engine.stalled" in codes
    missing = codes - set(catalogue(locale))
    assert not missing, sorted(missing)


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_two_catalogues_never_disagree(locale: str) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for path in sorted((CATALOGUES / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if not message.id or not isinstance(message.id, str):
                    continue
                said, where = seen.setdefault(message.id, (str(message.string), path.name))
                assert said == message.string, f"{message.id!r}: {where} and {path.name}"


def test_gaps_of_a_sentence_are_the_same_in_both_languages() -> None:
    gap = re.compile(r"%\((\w+)\)s")
    english = catalogue("en")
    for msgid, persian in catalogue("fa").items():
        original = english.get(msgid, msgid)
        extra = set(gap.findall(persian)) - set(gap.findall(original))
        assert not extra, f"{msgid!r} has unknown gaps {extra}"
