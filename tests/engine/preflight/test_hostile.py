"""A folder of hostile bundles: each is refused with a sentence, whatever it tries."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from engine.bundle import Bundle
from engine.preflight import check, check_path
from engine.settings import settings
from engine.tables import Deployment
from kernel.i18n import use_locale
from kernel.uow import read_only
from tests.engine.preflight.conftest import CATALOGUE
from tests.fixtures.hostile import diagrams, write_folder
from web.cli.checking import check as check_command


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
        ("crowd", "flow.too-many-nodes"),
        ("python-script", "support.script-language"),
    ],
)
def test_a_process_that_would_never_end_is_refused(name, code):
    report = check(Bundle({"p.bpmn": diagrams()[name]}), CATALOGUE)

    assert [problem.code for problem in report.errors] == [code]


def test_the_command_refuses_every_hostile_bundle_and_stores_nothing(ravand, tmp_path, monkeypatch):
    folder = tmp_path / "hostile"
    folder.mkdir()
    paths = [str(path) for path in write_folder(folder)]
    monkeypatch.setenv("RAVAND_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("engine.settings._settings", settings())  # put back afterwards

    result = CliRunner().invoke(check_command, paths)

    assert result.exit_code == 1, result.output
    refused = {
        line.partition(": error: ")[0] for line in result.output.splitlines() if ": error: " in line
    }
    assert refused == {Path(path).name for path in paths}
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(Deployment)) == 0
