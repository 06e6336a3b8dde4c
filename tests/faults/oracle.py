"""What became of everything after a trial: nothing lost, nothing twice, nothing left hanging."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from engine.tables import Incident, ProcessInstance, Submission
from kernel import jobs
from kernel.again import again
from kernel.uow import read_only
from notifiers.tables import Delivery
from tests.matrix.cells import Cell
from web import oracle
from web.fake_kavenegar import FakeState

SEND, ASK = "sms/send", "sms/statuslocalmessageid"
QUIET_ROUNDS = 15  # longer than the longest pause between two tries of one text
AT_REST_WITHIN = 15.0  # seconds of the real clock


def settle(cell: Cell) -> None:
    """Let time pass until every text has an end: leases run out, pauses between tries are over.

    What was cut off while it claimed a job left that job under a lease, and the trial's clock
    stands still: when the machines do not come to rest, time has to pass for them, too.

    A provider that does not answer is tried with one call at a time, up to five minutes apart: it
    takes as many rounds as it has faults left. It may go on while every few rounds bring a call.
    """
    quiet, calls = 0, 0
    while quiet < QUIET_ROUNDS:
        if cell.comes(cell.idle, AT_REST_WITHIN) and all_settled():
            return
        before, calls = calls, sum(len(cell.sms.calls(method)) for method in (SEND, ASK))
        quiet = quiet + 1 if calls == before else 0
        cell.clock.move(minutes=6)
    raise AssertionError(f"texts without an end: {unsettled()}")


def all_settled() -> bool:
    """Whether each text has an end, and no job that makes or sends one is left."""
    open_texts = select(func.count()).where(Delivery.settled.is_(False))
    to_come = select(func.count()).where(
        jobs.Job.kind.in_(("notifiers.notify", "notifiers.send")), jobs.Job.state != "failed"
    )

    def ask() -> bool:
        with read_only() as session:
            return session.scalar(open_texts) == 0 == session.scalar(to_come)

    return again(ask)  # the trial may have cut this connection, too


def unsettled() -> list[str]:
    """The texts without an end, and the jobs that there are."""
    with read_only() as session:
        texts = session.scalars(select(Delivery).where(Delivery.settled.is_(False)))
        told = [f"{one.state} {one.code} {one.attempts} {one.next_try_at}" for one in texts]
        waiting = session.scalars(select(jobs.Job))
        return told + [f"{one.kind} {one.state} {one.run_at} {one.last_error}" for one in waiting]


def looked_back(sms: FakeState) -> dict[str, Any]:
    """How many cases ended how, the texts that arrived; `wrong` is what may never be."""
    with read_only() as session:
        cases = Counter(session.scalars(select(ProcessInstance.status)))
        texts = Counter(session.scalars(select(Delivery.state).where(Delivery.channel == "sms")))
        wrong = [f"{one.code} {one.facts}" for one in oracle.findings(session)]
        wrong += [f"incident: {one.message}" for one in session.scalars(select(Incident))]
        wrong += [f"failed job: {one.last_error}" for one in _failed(session)]
        told_twice = (
            select(Delivery.instance_id, Delivery.element_id)
            .where(Delivery.channel == "sms")
            .group_by(Delivery.instance_id, Delivery.element_id, Delivery.address)
            .having(func.count() > 1)
        )
        wrong += [f"two texts for one wish: {row}" for row in session.execute(told_twice)]
        answers = session.scalar(select(func.count()).select_from(Submission))
    calls = Counter(call["params"]["localid"] for call in sms.calls("sms/send"))
    wrong += [f"sent {count} times: {key}" for key, count in calls.items() if count > 1]
    return {
        "cases": dict(cases),
        "answers": answers,
        "texts": sum(texts.values()),
        "taken": len(sms.messages),
        "wrong": wrong,
    }


def _failed(session: Any) -> list[jobs.Job]:
    return list(session.scalars(select(jobs.Job).where(jobs.Job.state == "failed")))
