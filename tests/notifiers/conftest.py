"""An office with people, a provider that is a local fake, and the words they are sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

import notifiers
from kernel import clock, outbox
from kernel.clock import MovableClock
from kernel.jobs import run_until_idle
from kernel.live import listen
from kernel.outbox import Outbox
from kernel.uow import read_only, unit_of_work
from notifiers import tables
from notifiers.channels import close_all, use
from notifiers.kavenegar_client import KavenegarClient
from notifiers.kavenegar_sms import KavenegarSms
from notifiers.smtp_mail import SmtpMail
from people import SYSTEM, edit
from people.tables import Role
from tests.notifiers.servers import Mailbox, serving, smtp_server
from web.fake_kavenegar import FakeState, create_fake

KEY = "canary-6b1f0e-api-key"
LINE = "10008663"
PHONE = "+989121112233"
TEXTS = {
    ("greet", "sms", "fa"): "سلام {name}، نوبت شما {count} است.",
    ("greet", "sms", "en"): "Hello {name}, you are number {count}.",
    ("greet", "email", "fa"): "Subject: نوبت {name}\n\nسلام {name}.\n\nنوبت شما {count} است.",
    ("greet", "email", "en"): "Subject: Your turn\n\nHello {name}.",
    ("greet", "inbox", "fa"): "کار {name}\nتا فردا",
    ("greet", "inbox", "en"): "Work of {name}\nuntil tomorrow",
}


@dataclass
class Office:
    """People and their ids; `send` asks for a message and gives the deliveries' ids."""

    clock: MovableClock
    sara: UUID
    john: UUID
    nobody: UUID
    admin: UUID

    def send(self, to: Any = PHONE, channel: str = "sms", **wanted: Any) -> list[UUID]:
        wanted = {"template": "greet", "variables": {"name": "مینا", "count": 3}} | wanted
        with unit_of_work() as uow:
            made = notifiers.notify(uow, notifiers.Wanted(channel=channel, to=to, **wanted))
        with read_only() as session:
            rows = select(tables.Delivery.id).where(tables.Delivery.notification_id == made.id)
            return list(session.scalars(rows.order_by(tables.Delivery.id)))

    def send_one(self, to: Any = PHONE, channel: str = "sms", **wanted: Any) -> UUID:
        [delivery] = self.send(to, channel, **wanted)
        return delivery

    def delivery(self, delivery_id: UUID) -> tables.Delivery:
        with read_only() as session:
            return session.get_one(tables.Delivery, delivery_id)

    def state(self, delivery_id: UUID) -> str:
        return self.delivery(delivery_id).state

    def later(self, **time: float) -> None:
        """Let time pass, and the job runner do what came due."""
        self.clock.move(**time)
        run_until_idle()


@pytest.fixture
def office(ravand: MovableClock) -> Iterator[Office]:
    """Sara reads Persian, John English, Nobody has no phone; texts of TEXTS are stored."""
    yield make_office(ravand)
    close_all()


@pytest.fixture
def office_both(ravand_both: MovableClock) -> Iterator[Office]:
    """The same, on both databases."""
    yield make_office(ravand_both)
    close_all()


def make_office(at: MovableClock) -> Office:
    close_all()
    with unit_of_work() as uow:
        uow.session.add(Role(key="admin", name="راهبر"))
        uow.session.flush()
        sara = edit.add_person(
            uow, "sara", "سارا احمدی", mobile="09121112233", email="sara@example.ir", by=SYSTEM
        )
        john = edit.add_person(
            uow, "john", "John", mobile="09124445566", email="john@example.ir", locale="en",
            by=SYSTEM,
        )  # fmt: skip
        nobody = edit.add_person(uow, "nobody", "بی‌تلفن", by=SYSTEM)
        admin = edit.add_person(uow, "admin", "راهبر", by=SYSTEM)
        edit.grant_role(uow, "admin", to=admin.id, by=SYSTEM)
        for (key, channel, lang), text in TEXTS.items():
            notifiers.store_template(uow, None, key, channel, lang, text)
        return Office(at, sara.id, john.id, nobody.id, admin.id)


@pytest.fixture
def provider(ravand: MovableClock) -> Iterator[FakeState]:
    """The fake Kavenegar over real HTTP, set up as the SMS channel."""
    yield from _provider()


@pytest.fixture
def provider_both(ravand_both: MovableClock) -> Iterator[FakeState]:
    """The same, on both databases."""
    yield from _provider()


def _provider() -> Iterator[FakeState]:
    state = FakeState(api_key=KEY, now=clock.now)
    with serving(create_fake(state)) as url:
        client = KavenegarClient(KEY, url, timeout=(2, 0.5))
        use("sms", KavenegarSms(client, LINE))
        yield state
        state.stopping.set()
    close_all()


@pytest.fixture
def mailbox(office: Office) -> Iterator[Mailbox]:
    """A real SMTP server, set up as the e-mail channel."""
    with smtp_server(Mailbox()) as box:
        use("email", SmtpMail(box.url, "ravand@example.ir"))
        yield box


@pytest.fixture(autouse=True)
def nobody_subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages alone: a test of the whole product may have wired this process before."""
    monkeypatch.setattr(outbox, "_subscriptions", {})


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that gives the events told since it was last asked: (kind, payload).

    Open pages are told ids only; here the whole events are wanted.
    """
    monkeypatch.setattr(Outbox, "references", staticmethod(Outbox.payload))
    with listen() as queue:

        def since() -> list[tuple[str, dict[str, Any]]]:
            return [queue.get_nowait() for _ in range(queue.qsize())]

        yield since


@pytest.fixture
def instance_id() -> UUID:
    """An instance that messages speak of."""
    return uuid4()
