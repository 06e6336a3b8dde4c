"""Every shipped model keeps the promises of its own `cases.json`."""

from pathlib import Path

import pytest

import crm.connectors
import engine
import notifiers
from engine import cases, xml
from engine.bpmn import reader
from engine.bundle import Bundle, read_bundle
from engine.connectors import ConnectorCall, connectors
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

MODELS = Path(__file__).parents[2] / "bpmn_models"
FOLDERS = sorted(path.parent for path in MODELS.glob("*/*.bpmn"))
WITH_CASES = [path for path in FOLDERS if (path / "cases.json").exists()]


class Sent:
    """Stands for a provider that takes every text at once."""

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        return {}


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert crm.connectors
    before = engine.settings.settings()
    engine.configure(
        organisation=lambda: {"name": "خانهٔ روشنا", "phone": "+982188001405"},
        templates=notifiers.template_exists,
        channels=lambda: frozenset({"sms", "email", "inbox"}),
        keep_template=notifiers.store_template,
    )
    monkeypatch.setitem(connectors._parts, "notify.send", Sent())
    yield
    monkeypatch.setattr(engine.settings, "_settings", before)


def called_by(folder: Path) -> set[str]:
    """Keys of the processes that a bundle's diagrams call."""
    return {
        key
        for path, data in read_bundle(folder).diagrams.items()
        for model in reader.read(xml.parse(data, path), path).models
        for key in model.called
    }


def beside(folder: Path) -> list[Bundle]:
    """The common forms and texts, and every bundle that this one calls, however deep."""
    wanted, queue = dict.fromkeys([MODELS / "common"]), [folder]
    while queue:
        for key in sorted(called_by(queue.pop())):
            other = MODELS / key
            if other != folder and other not in wanted and other.exists():
                wanted[other] = None
                queue.append(other)
    return [read_bundle(one) for one in wanted if one.exists()]


@pytest.mark.parametrize("folder", WITH_CASES, ids=lambda folder: folder.name)
@pytest.mark.usefixtures("ravand", "composed")
def test_the_cases_of_a_shipped_model_hold(folder: Path) -> None:
    results = cases.run_cases(folder, beside=beside(folder))
    problems = {one.name: one.problems for one in results if not one.ok}
    assert not problems
