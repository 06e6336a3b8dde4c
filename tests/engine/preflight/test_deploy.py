"""Preflight against a real installation; what it refuses leaves nothing behind."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.bundle import Bundle, read_bundle
from engine.preflight import catalogue_of, check
from engine.tables import Deployment, DeploymentFile, ProcessDefinition
from engine.verbs.deploy import RefusedBundle, deploy
from kernel.db import Database
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine.bpmn.drawing import document, line, task
from tests.fixtures.hostile import XML_FILES, diagrams

SHIPPED = Path(__file__).parents[3] / "bpmn_models"
SMALL = document(line(task(ravand='<ravand:performer initiator="true"/>')))


def rows() -> int:
    """How much the deployments' tables hold."""
    with read_only() as session:
        tables = (Deployment, DeploymentFile, ProcessDefinition)
        return sum(session.scalar(select(func.count()).select_from(one)) or 0 for one in tables)


def test_a_refused_bundle_leaves_nothing_behind(ravand):
    bad = {f"{name}.bpmn": data for name, data in diagrams().items()}
    bad |= {file.name: file.data for file in XML_FILES}

    for name, data in bad.items():
        with pytest.raises(RefusedBundle) as refusal, unit_of_work() as uow:
            deploy(uow, Bundle({"good.bpmn": SMALL, name: data}), by=SYSTEM)
        assert refusal.value.report.errors

    assert rows() == 0


def test_a_called_process_may_be_deployed_already(ravand_both):
    caller = document(line('<callActivity id="call" calledElement="p"/>'), key="q")

    with unit_of_work() as uow:
        before = check(Bundle({"q.bpmn": caller}), catalogue_of(uow.session))
        deploy(uow, Bundle({"p.bpmn": SMALL}), by=SYSTEM)
        after = check(Bundle({"q.bpmn": caller}), catalogue_of(uow.session))

    assert [problem.code for problem in before.errors] == ["reference.process"]
    assert after.ok


def test_a_circle_with_a_deployed_process_is_refused(ravand):
    calls_q = document(line('<callActivity id="call" calledElement="q"/>'))
    calls_p = document(line('<callActivity id="call" calledElement="p"/>'), key="q")
    small_q = SMALL.replace(b'<process id="p"', b'<process id="q"')

    with unit_of_work() as uow:
        deploy(uow, Bundle({"q.bpmn": small_q}), by=SYSTEM)
        deploy(uow, Bundle({"p.bpmn": calls_q}), by=SYSTEM)
        report = check(Bundle({"q.bpmn": calls_p}), catalogue_of(uow.session))

    assert [problem.code for problem in report.errors] == ["call.cycle"]


def test_a_utf_16_diagram_is_deployed(ravand: Database):
    text = f'<?xml version="1.0" encoding="UTF-16"?>{SMALL.decode()}'

    with unit_of_work() as uow:
        deployment = deploy(uow, Bundle({"p.bpmn": text.encode("utf-16")}), by=SYSTEM)
        catalogue = catalogue_of(uow.session)

    assert deployment.id
    assert catalogue.processes == {"p": frozenset()}


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in SHIPPED.glob("*/*.bpmn")))
def test_the_shipped_models_can_be_read_without_a_problem_of_vocabulary(folder, ravand):
    with unit_of_work(commit=False) as uow:
        report = check(read_bundle(SHIPPED / folder), catalogue_of(uow.session))

    codes = {problem.code for problem in report.problems}
    elsewhere = {code for code in codes if code.startswith("reference.")}
    assert not codes - elsewhere - {"outcome.unused", "task.no-form"}
