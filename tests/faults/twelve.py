"""A case that meets every kind of wait, played to its end from wherever a crash left it.

People, a script, a machine's step, a timer, a fork and a join, a text to a customer, a message to
another case and a called process: twelve nodes and more, each with its writes.
"""

from collections import Counter
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import event, func, select

import engine
from config import Config
from engine import case_office, verifying
from engine.connectors import ConnectorCall, connectors
from engine.tables import HistoryEvent, Incident, ProcessInstance, Submission, WorkItem
from kernel import clock, db, faults, files, jobs
from kernel.clock import MovableClock
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only, unit_of_work
from notifiers.channels import Outgoing, use
from notifiers.kavenegar_sms import KavenegarSms
from notifiers.outcomes import Receipt
from notifiers.tables import Delivery
from people import SYSTEM
from tests.conftest import START
from tests.engine import drawing
from tests.engine.drawing import chain, element, end, flow, machine, process, start, timer, user
from tests.tables import create_all
from web import wiring

ROUNDS = 60  # hours until the case must have ended
CONNECTOR = "test.one-more"
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
DECLARED = '<bpmn:message id="M" name="go"/>'
KEY = '<ravand:correlation key="= contract"/>'
TOLD = '<ravand:notify channel="sms" to="09121234567" template="done"/>'
BEGUN = 'n = 0\ncontract = "c"'
COUNTED = '<ravand:in source="n" target="n"/><ravand:out source="n" target="n"/>'


class Recorder(KavenegarSms):
    """A provider that knows what it was given by the local id, even after a crash."""

    tracks = answers = False

    def __init__(self, book: Path) -> None:
        self.book = book

    def send(self, message: Outgoing) -> Receipt:
        faults.point("provider-asked")
        with self.book.open("a") as page:
            page.write(f"{message.localid}\n")
        faults.point("provider-done")
        return Receipt(provider_id=None)

    def ask(self, message: Outgoing) -> Receipt | None:
        return Receipt(provider_id=None) if str(message.localid) in given(self.book) else None


def given(book: Path) -> list[str]:
    """The texts that the provider took."""
    return book.read_text().split() if book.exists() else []


class OneMore:
    """Counts: what runs twice shows in the sum."""

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        return {"n": call.inputs["n"] + 1}


def model() -> str:
    parts = [
        start(),
        drawing.script("begin", BEGUN),
        user("ask"),
        drawing.script("reckon", "n = n + 1"),
        element("parallelGateway", "fork"),
        machine("check", CONNECTOR, COUNTED),
        element("intermediateCatchEvent", "pause", timer("duration", "PT1H")),
        element("parallelGateway", "join"),
        element("exclusiveGateway", "choose", default="choose__tell"),
        element("sendTask", "tell", "", TOLD),
        element("intermediateThrowEvent", "say", GO, KEY),
        user("sign"),
        drawing.boundary("late", "sign", timer("duration", "PT2H"), cancel=False),
        drawing.script("remember", "late = true"),
        end("noted"),
        element("callActivity", "call", calledElement="part"),
        end(),
        end("never"),
    ]
    flows = chain(
        "start", "begin", "ask", "reckon", "fork", "check", "join", "choose", "tell", "say"
    )
    more = chain("fork", "pause", "join") + chain("say", "sign", "call", "end")
    side = chain("late", "remember", "noted") + flow("choose", "never", "= n &gt; 100")
    return process(*parts, flows, more, side, head=DECLARED)


def hearing() -> str:
    wait = element("intermediateCatchEvent", "hear", GO, KEY)
    parts = [start(), drawing.script("begin", BEGUN), wait, end()]
    return process(*parts, chain("start", "begin", "hear", "end"), key="q", head=DECLARED)


def part() -> str:
    work = drawing.script("work", "done = true")
    return process(start(), work, end(), chain("start", "work", "end"), key="part")


def connect(folder: Path) -> None:
    """Join this process to the installation in `folder`."""
    clock.use(MovableClock(START))
    address = f"sqlite:///{folder / 'ravand.db'}"
    database = db.configure(address)
    # A killed process loses nothing that it wrote; only a cut of the power asks for the disk.
    event.listen(database.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
    files.configure(folder / "files")
    wiring.connect(Config(data_dir=folder, database_url=address))
    use("sms", Recorder(folder / "provider"))
    connectors.add(CONNECTOR, OneMore())


def build(folder: Path) -> None:
    """An installation with the processes released."""
    folder.mkdir(parents=True)
    create_all(f"sqlite:///{folder / 'ravand.db'}")
    connect(folder)
    with unit_of_work() as uow:
        case_office.furnish(uow, [])
        case_office._add_position(uow, "reception.head", 1)
        case_office._add_position(uow, "reception.clerk", 2)
    release()
    db.database().dispose()


def release() -> None:
    """Put the processes into the installation to which this process is joined."""
    texts = {f"templates__done.sms.{lang}.txt": b"done" for lang in ("fa", "en")}
    with unit_of_work() as uow:
        bundle = drawing.bundle(model(), hearing(), part(), **texts)
        deployment = engine.deploy(uow, bundle, by=SYSTEM)
        for key in case_office.keys_of(uow.session, deployment.id):
            engine.release(uow, key, by=SYSTEM)


def play(folder: Path) -> None:
    """Do whatever is left to do until both cases have ended and nothing waits."""
    connect(folder)
    for key in ("q", "p"):
        with unit_of_work() as uow:
            engine.start(uow, key, by=SYSTEM, request_id=request(key))
    for _ in range(ROUNDS):
        jobs.run_until_idle()
        work, over = _standing()
        if work is not None and (work.element_id != "sign" or _was_late()):
            _complete(work)
        elif over:
            return
        else:
            _pass_an_hour()


def request(name: str) -> UUID:
    """The request that a person's browser repeats when no answer came."""
    return uuid5(NAMESPACE_URL, name)


def _pass_an_hour() -> None:
    standing = MovableClock(clock.now())
    standing.move(hours=1)
    clock.use(standing)


def _standing() -> tuple[WorkItem | None, bool]:
    with read_only() as session:
        work = session.scalars(select(WorkItem).where(WorkItem.status == "open")).first()
        running = select(func.count()).where(ProcessInstance.status == "running")
        waiting = select(func.count()).select_from(jobs.Job)
        return work, not session.scalar(running) and not session.scalar(waiting)


def _was_late() -> bool:
    """The signer waits until the reminder beside the step has gone by."""
    with read_only() as session:
        noted = HistoryEvent.element_id == "noted"
        return session.scalars(select(HistoryEvent.id).where(noted)).first() is not None


def _complete(work: WorkItem) -> None:
    with unit_of_work() as uow:
        engine.complete(
            uow,
            work.id,
            {},
            outcome=None,
            by=SYSTEM,
            revision=work.revision,
            request_id=request(work.element_id),
        )


def outcome(folder: Path) -> dict[str, Any]:
    """What became of everything, without ids and instants; `wrong` is what may never be."""
    with read_only() as session:
        cases = session.scalars(select(ProcessInstance).order_by(ProcessInstance.definition_key))
        ended = [[one.definition_key, one.status, one.end_event, one.variables] for one in cases]
        lines = session.execute(select(HistoryEvent.kind, HistoryEvent.element_id))
        history = Counter(f"{kind} {element}" for kind, element in lines)
        wrong = [f"{one.code} {one.facts}" for one in verifying.verify(session)]
        wrong += [f"incident {one.message}" for one in session.scalars(select(Incident))]
        sent = list(session.scalars(select(Delivery.state)))
        answers = session.scalar(select(func.count()).select_from(Submission))
    return {
        "cases": ended,
        "history": dict(sorted(history.items())),
        "deliveries": sent,
        "provider": len(given(folder / "provider")),
        "answers": answers,
        "wrong": wrong,
    }
