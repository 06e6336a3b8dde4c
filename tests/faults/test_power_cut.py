"""kill -9 in the middle: after a restart nothing is lost and nothing happens twice."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

import engine
from engine.tables import HistoryEvent, ProcessInstance, Submission, WorkItem
from kernel import jobs
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from notifiers.tables import Delivery
from people.actors import actor_at
from tests.product.fixtures import Product
from tests.requirements import requirement

CLERK, HEAD = "subscribers.expert", "subscribers.head"
LEAVE = {"leave": {"kind": "annual", "from_date": "2026-12-05", "days": 3}}


@dataclass
class Victim:
    """Runs orders in processes of their own, with the power cut at a named point."""

    product: Product

    def run(self, act: dict[str, Any], kill_at: str = "") -> int:
        """The exit status of a process that carries out `act`; -9 when it was killed."""
        config = self.product.app.extensions["ravand_config"]
        order = {
            "folder": str(config.data_dir),
            "sms": config.kavenegar_url,
            "now": self.product.clock.now().isoformat(),
            **act,
        }
        environment = {**os.environ, "RAVAND_KILL_AT": kill_at}
        command = [sys.executable, "-m", "tests.faults.victim", json.dumps(order)]
        return subprocess.run(command, env=environment, check=False, timeout=60).returncode


@pytest.fixture
def victim(product: Product) -> Victim:
    return Victim(product)


def begin() -> UUID:
    """A leave request whose first step is open."""
    with unit_of_work() as uow:
        by = actor_at(uow.session, CLERK)
        return engine.start(uow, "leave_request", by=by, request_id=new_id()).id


def open_item(instance: UUID) -> WorkItem:
    with read_only() as session:
        query = select(WorkItem).where(WorkItem.instance_id == instance, WorkItem.status == "open")
        return session.scalars(query).one()


def completion(item: WorkItem, by: str, **more: Any) -> dict[str, Any]:
    return {
        "act": "complete",
        "item": str(item.id),
        "revision": item.revision,
        "by": by,
        "request": str(new_id()),
        "answers": {},
        **more,
    }


def counted(model: Any, *conditions: Any) -> int:
    with read_only() as session:
        found: int = session.scalar(select(func.count()).select_from(model).where(*conditions))
        return found


def status_of(instance: UUID) -> str:
    with read_only() as session:
        return session.get_one(ProcessInstance, instance).status


def test_killed_before_the_commit_the_step_never_happened(victim: Victim) -> None:
    instance = begin()
    item = open_item(instance)
    order = completion(item, CLERK, answers=LEAVE)

    assert victim.run(order, "before-commit:1") == -signal.SIGKILL

    assert open_item(instance).revision == item.revision
    assert counted(Submission, Submission.instance_id == instance) == 0
    assert victim.run(order) == 0, "the same request simply works afterwards"
    assert open_item(instance).element_id == "approve_leave"
    assert counted(Submission, Submission.instance_id == instance) == 1


def test_killed_after_the_commit_the_step_happened_once(victim: Victim) -> None:
    instance = begin()
    order = completion(open_item(instance), CLERK, answers=LEAVE)

    assert victim.run(order, "after-commit:1") == -signal.SIGKILL
    assert victim.run(order) == 0, "the browser sends the same request again"

    assert open_item(instance).element_id == "approve_leave"
    assert counted(Submission, Submission.instance_id == instance) == 1
    done = (HistoryEvent.instance_id == instance, HistoryEvent.kind == "item-completed")
    assert counted(HistoryEvent, *done) <= 1


@requirement("A08")
@pytest.mark.parametrize("point", ["after-commit:1", "before-act:1", "after-act:1"])
def test_killed_between_the_commit_and_the_notifier_the_text_goes_once(
    victim: Victim, product: Product, point: str
) -> None:
    # given: a finished request whose text has not left
    instance = begin()
    assert victim.run(completion(open_item(instance), CLERK, answers=LEAVE)) == 0
    decision = completion(open_item(instance), HEAD, outcome="approve")
    during = decision if point.startswith("after-commit") else {"act": "drain"}
    if during is not decision:
        assert victim.run(decision) == 0

    # when: the power goes
    assert victim.run(during, point) == -signal.SIGKILL

    # then: after the restart it goes out, once
    assert status_of(instance) == "completed"
    for _turn in range(3):
        product.clock.move(minutes=5)
        jobs.run_until_idle()
    assert len(product.sms.messages) == 1
    with read_only() as session:
        [delivery] = session.scalars(
            select(Delivery).where(Delivery.instance_id == instance, Delivery.channel == "sms")
        ).all()
    assert delivery.state in {"sent", "delivered"}
