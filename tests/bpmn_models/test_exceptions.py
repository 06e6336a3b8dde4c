"""What a case file cannot say: a text that never arrives, a caller with two files."""

from collections.abc import Iterator

import pytest

import crm.connectors
import engine
import notifiers
from crm import contacts
from crm.contacts import ContactData
from engine import cases
from engine.connectors import BpmnError, ConnectorCall, connectors
from engine.settings import settings
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, unit_of_work
from people import SYSTEM
from tests.bpmn_models.shipped import BUNDLES

TICKET = {
    "complete": "register_ticket",
    "by": "reception.clerk",
    "answers": {
        "channel": "phone",
        "caller_name": "مینا صادقی",
        "mobile": "09121112233",
        "city": "تهران",
        "relation": "child",
        "subject": "مراقب برای مادر",
    },
}


class Refused:
    """Stands for a provider that refuses every text for good."""

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        raise BpmnError("SMS_FAILED", "refused")


class Sent:
    """Stands for a provider that takes every text at once."""

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        return {}


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert crm.connectors
    before = settings()
    engine.configure(
        organisation=lambda: {"name": "خانهٔ روشنا", "phone": "+982188001405"},
        templates=notifiers.template_exists,
        channels=lambda: frozenset({"sms", "email", "inbox"}),
        keep_template=notifiers.store_template,
    )
    monkeypatch.setitem(connectors._parts, "notify.send", Sent())
    yield
    monkeypatch.setattr(engine.settings, "_settings", before)


def played(*steps: JsonObject) -> list[str]:
    """The problems of one intake."""
    cases.prepare(list(BUNDLES.values()))
    given = {"process": "intake_ticket", "variables": {}, "by": "reception.clerk"}
    return cases.play({"name": "intake", "given": given, "steps": list(steps)}).problems


@pytest.mark.usefixtures("ravand", "composed")
def test_when_a_text_cannot_be_sent_somebody_calls_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connectors._parts, "notify.send", Refused())
    call = {"complete": "call_registered", "answers": {"call_result": "told"}}
    assert not played(
        TICKET,
        {"expect": {"open": ["call_registered"]}},
        call | {"by": "reception.clerk"},
        {"expect": {"open": ["complete_subscriber"]}},
    )


@pytest.mark.usefixtures("ravand", "composed")
def test_a_caller_who_fits_two_files_is_told_apart_by_the_clerk() -> None:
    with unit_of_work() as uow:
        for name in ("مینا صادقی", "مینا صادقی‌فر"):
            data = ContactData(name=name, phones=("09121112233",))
            chosen = str(contacts.add_contact(uow, data, by=SYSTEM).id)
    choice = {"complete": "choose_file", "answers": {"chosen_contact": chosen}}
    assert not played(
        TICKET,
        {"expect": {"open": ["choose_file"]}},
        choice | {"by": "reception.clerk"},
        {"expect": {"open": ["complete_subscriber"]}},
    )
