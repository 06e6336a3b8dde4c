"""`ravand verify` beyond the cases: leases, texts, the audit log, in both languages."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from kernel import audit, clock, jobs
from kernel.audit import AuditEntry
from kernel.i18n import translate_code, use_locale
from kernel.ids import new_id
from kernel.job_table import RUNNING, Job
from kernel.queue import LEASE
from kernel.uow import read_only, unit_of_work
from notifiers.tables import Delivery, DeliveryCall, ReceiptRow
from tests.cli.conftest import Terminal
from tests.product.fixtures import Product
from tests.product.organisation import holder_of
from tests.small_cases import release_daily_cost, stop_one
from web import oracle

LATE = LEASE + timedelta(seconds=1)


@pytest.fixture
def sent(product: Product) -> UUID:
    """A case that sent a text."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    case = stop_one(days=3)
    jobs.run_until_idle()
    return case


def leave_a_job(session: Session) -> None:
    row = {"id": new_id(), "kind": "engine.signal", "payload": {}, "state": RUNNING}
    instants = {"run_at": clock.now(), "created_at": clock.now(), "lease_until": clock.now() - LATE}
    session.execute(insert(Job), [{**row, **instants}])


def hand_over_again(session: Session) -> None:
    text = session.scalars(select(Delivery.id).where(Delivery.channel == "sms")).one()
    session.add(ReceiptRow(delivery_id=text, at=clock.now(), state="sent"))


def share_an_id(session: Session) -> None:
    text = session.scalars(select(Delivery).where(Delivery.channel == "sms")).one()
    table = Delivery.__table__
    row = dict(session.execute(select(table).where(table.c.id == text.id)).mappings().one())
    row |= {"id": new_id(), "localid": row["localid"] + 1}
    session.execute(insert(Delivery), [row])


def call_again(session: Session) -> None:
    call = session.scalars(select(DeliveryCall).order_by(DeliveryCall.number)).first()
    assert call is not None
    facts = {"delivery_id": call.delivery_id, "localid": call.localid, "began_at": clock.now()}
    session.add(DeliveryCall(number=call.number + 1, **facts))


DAMAGE: list[tuple[Callable[[Session], None], str]] = [
    (leave_a_job, "stale-lease"),
    (hand_over_again, "sent-twice"),
    (call_again, "called-twice"),
    (share_an_id, "one-text-for-two"),
]


@pytest.mark.parametrize(("damage", "code"), DAMAGE)
def test_machine_work_and_texts_are_looked_at(
    sent: UUID, damage: Callable[[Session], None], code: str
) -> None:
    with read_only() as session:
        assert list(oracle.findings(session)) == []

    with unit_of_work() as uow:
        damage(uow.session)

    with read_only() as session:
        [found] = oracle.findings(session)
    assert found.code == code
    said = {one: in_language(one, found.code, found.facts) for one in ("fa", "en")}
    assert "%(" not in str(said)
    assert said["fa"] != said["en"]


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        ((("", "silent"), ("asked", "refused"), ("", "refused"), ("", "taken")), []),
        ((("", "silent"), ("asked", "silent"), ("", "taken")), ["called-twice"]),
        ((("asked", "refused"), ("", "silent"), ("", "taken")), ["called-twice"]),
    ],
)
def test_a_leave_lasts_until_a_call_that_may_have_done_something(
    sent: UUID, outcomes: tuple[tuple[str, str], ...], found: list[str]
) -> None:
    """Calls of an earlier version, which did not note the leave of a refused call once more."""
    with unit_of_work() as uow:
        call = uow.session.scalars(select(DeliveryCall)).first()
        assert call is not None
        facts = {"delivery_id": call.delivery_id, "localid": call.localid, "began_at": clock.now()}
        uow.session.execute(delete(DeliveryCall).where(DeliveryCall.localid == call.localid))
        for number, (permit, outcome) in enumerate(outcomes, start=1):
            uow.session.add(DeliveryCall(number=number, permit=permit, outcome=outcome, **facts))

    with read_only() as session:
        assert [one.code for one in oracle.findings(session)] == found


def in_language(language: str, code: str, facts: dict[str, object]) -> str:
    with use_locale(language):
        return translate_code(f"verify.{code}", facts)


def test_a_lease_that_ended_just_now_is_not_stale_yet(sent: UUID) -> None:
    with unit_of_work() as uow:
        leave_a_job(uow.session)
        uow.session.execute(update(Job).values(lease_until=clock.now() - LEASE))

    with read_only() as session:
        assert list(oracle.findings(session)) == []


def test_the_terminal_says_where_the_log_ends_and_that_everything_agrees(
    terminal: Terminal,
) -> None:
    head = terminal("audit", "head").out.strip()
    number, _, digest = head.partition(":")
    assert int(number) > 50
    assert len(digest) == 64

    said = terminal("verify", "--noted", head)
    assert said.status == 0, said.out
    assert said.out == f"The audit log ends with {head}.\nEverything agrees.\n"
    assert "همه چیز با هم می‌خواند" in terminal("--lang", "fa", "verify").out


def test_a_log_that_was_changed_or_cut_off_is_said(terminal: Terminal) -> None:
    head = terminal("audit", "head").out.strip()
    with unit_of_work() as uow:
        uow.session.execute(delete(AuditEntry).where(AuditEntry.number > 40))

    assert terminal("verify").status == 0
    said = terminal("verify", "--noted", head)
    assert said.status == 1
    assert "The end of the audit log was cut off: its last entry is 40" in said.out

    with unit_of_work() as uow:
        third = update(AuditEntry).where(AuditEntry.number == 3)
        uow.session.execute(third.values(subject_id="x"))
    said = terminal("--lang", "fa", "verify")
    assert said.status == 1
    assert "ردیف ۳ دفتر ممیزی پس از نوشته‌شدن تغییر کرده است" in said.out
    assert terminal("verify", "--noted", "40:abc").status == 2


def test_another_key_is_said_until_it_is_adopted(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("verify").status == 0
    (tmp_path / "data" / "secret_key").write_text("f" * 64)

    said = terminal("verify")
    assert said.status == 1
    assert "Entry 1 of the audit log is sealed with another key" in said.out
    assert "were accepted as they are" in terminal("audit", "adopt").out
    assert terminal("verify").status == 0


def test_what_the_terminal_does_is_in_the_log(terminal: Terminal) -> None:
    username = holder_of("subscribers.expert")
    assert terminal("start", "leave_request", "--by", username).status == 0
    assert terminal("user", "add", "n.new", "--name", "نو", "--role", "staff").status == 0

    with read_only() as session:
        query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(4)
        rows = list(session.scalars(query))[::-1]
    acts = ["instance.started", "person.added", "person.password", "role.given"]
    assert [(row.act, row.via) for row in rows] == [(act, "cli") for act in acts]
    with read_only() as session:
        assert audit.head(session.connection()).number == rows[-1].number
