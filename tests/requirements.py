"""The marks that tie a test to what it proves: `@requirement("E07")`, `@bpmn("end.error")`.

As a pytest plugin it collects, per kind and id, the tests that passed; `--proofs PATH` writes
them as JSON, from which `docs/reference/requirements.md` and `docs/reference/bpmn.md` are made.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests import bpmn_list

KINDS = ("requirement", "bpmn")


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Mark a test, acting through browser, CLI or HTTP, as proof of requirements."""
    return pytest.mark.requirement(*ids)


def bpmn(*keys: str) -> pytest.MarkDecorator:
    """Mark a test as proof of parts of BPMN: it runs a model and compares its whole trace.

    Raises: KeyError for a key that `tests.bpmn_list` does not have.
    """
    if unknown := set(keys) - bpmn_list.keys():
        raise KeyError(f"not in tests/bpmn_list.py: {', '.join(sorted(unknown))}")
    return pytest.mark.bpmn(*keys)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proofs", default=None, help="write what was proved to this JSON file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): requirement rows this test proves")
    config.addinivalue_line("markers", "bpmn(*keys): parts of BPMN this test proves")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when != "call":
        return
    for kind in KINDS:
        if ids := [i for mark in item.iter_markers(kind) for i in mark.args]:
            item.user_properties.append((kind, ids))


@pytest.hookimpl
def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" and report.passed:
        for kind, ids in report.user_properties:
            if kind in KINDS:
                for row in ids:
                    _passed[kind][row].add(report.nodeid.split("[")[0])


_passed: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in KINDS}


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--proofs")
    if path and not hasattr(session.config, "workerinput"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(
            json.dumps(
                {
                    kind: {row: sorted(tests) for row, tests in sorted(found.items())}
                    for kind, found in _passed.items()
                }
            )
        )
