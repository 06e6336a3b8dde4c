"""`@requirement("E07")`: the mark that ties a test to rows of the requirements.

As a pytest plugin it collects, per id, the tests that passed; `--requirements PATH` writes them
as JSON, from which `docs/reference/requirements.md` is generated.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Mark a test, acting through browser, CLI or HTTP, as proof of requirements."""
    return pytest.mark.requirement(*ids)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", default=None, help="write the proofs to this JSON file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): requirement rows this test proves")
    config._proofs = defaultdict(set)  # type: ignore[attr-defined]


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    ids = [i for mark in item.iter_markers("requirement") for i in mark.args]
    if call.when == "call" and ids:
        item.user_properties.append(("requirements", ids))


@pytest.hookimpl
def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" and report.passed:
        for name, ids in report.user_properties:
            if name == "requirements":
                for row in ids:
                    _passed[row].add(report.nodeid.split("[")[0])


_passed: dict[str, set[str]] = defaultdict(set)


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--requirements")
    if path and not hasattr(session.config, "workerinput"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps({k: sorted(v) for k, v in sorted(_passed.items())}))
