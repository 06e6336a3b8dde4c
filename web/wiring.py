"""Joins packages that may not know each other: the engine runs cases, the notifiers tell people.

Everything here is registered by name, so wiring a process twice changes nothing.
"""

import time
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import engine
import engine.machine
import notifiers
from config import Config
from crm import keeping, retention
from crm.tickets import reply_ticket
from engine.connectors import BpmnError, ConnectorCall, Pending, connectors
from kernel import audit, file_orphans, jobs, old_copies, outbox
from kernel.i18n import set_house_locale
from kernel.secrets import secret_key
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only
from notifiers.events import DeliverySettled
from people import SYSTEM
from people.queries import organisation

__all__ = ["connect"]

REPLY = "sms.reply"
SMS_FAILED = "SMS_FAILED"
UNDECIDED = "delivery.uncertain"


def connect(config: Config) -> None:
    """Wire this process; calling it again replaces what was wired before."""
    set_house_locale(config.default_locale)
    audit.use_key(secret_key(config.key_path))
    notifiers.configure(config)
    file_orphans.configure(config.files_keep_days)
    old_copies.configure(config.migration_copy_days)
    engine.configure(
        organisation=_Organisation(config),
        zone=ZoneInfo(config.timezone),
        templates=notifiers.template_exists,
        channels=lambda: frozenset(notifiers.channels),
        keep_template=notifiers.store_template,
    )
    _keep(config)
    connectors.load_entry_points()
    outbox.subscribe("notification.wanted", "notifiers.notify")
    outbox.subscribe("delivery.settled", "web.delivery-settled", when=_concerns_its_case)
    outbox.subscribe("delivery.undecided", "web.delivery-undecided")
    outbox.subscribe("delivery.decided", "web.delivery-decided")
    outbox.subscribe("reply.received", "web.reply-received")


def _keep(config: Config) -> None:
    """How long data must stay, and when it goes by itself."""
    keeping.configure(
        keep=_periods(config.keep_days),
        cases=_periods(config.retention_days),
        messages=_period(config.retention_message_days),
        replies=_period(config.retention_reply_days),
        erasures_file=config.erasures_path,
    )
    retention.begin()


def _periods(days: tuple[tuple[str, int], ...]) -> dict[str, timedelta]:
    return {key: timedelta(days=count) for key, count in days}


def _period(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


class _Organisation:
    """What texts and documents call the organisation; the settings until it named itself.

    Every step of a case reads it, so it is remembered for some seconds.
    """

    KEPT = 10.0  # seconds

    def __init__(self, config: Config) -> None:
        self._config = config
        self._known: JsonObject = {}
        self._until = 0.0

    def __call__(self) -> JsonObject:
        if time.monotonic() > self._until:
            with read_only() as session:
                card = organisation(session)
            self._known = {
                "name": card.name or self._config.organisation_name,
                "name_en": card.name_en,
                "phone": card.phone or self._config.organisation_phone,
            }
            self._until = time.monotonic() + self.KEPT
        return dict(self._known)


class SendConnector:
    """A send task: the case waits until the text has left, or has failed for good."""

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject | Pending:
        """Write the deliveries; `_delivery_settled` brings the answer."""
        notifiers.notify(
            uow,
            notifiers.Wanted(
                channel=call.inputs.get("channel", "sms"),
                to=call.inputs.get("to"),
                template=call.inputs.get("template", ""),
                variables=call.variables,
                policy=call.inputs.get("policy") or "",
                dedupe_key=f"activation:{call.activation_id}",
                instance_id=call.instance_id,
                root_id=call.root_id,
                element_id=call.element_id,
                activation_id=call.activation_id,
                deployment_id=call.deployment_id,
            ),
        )
        return Pending()


connectors.add("notify.send", SendConnector())


def _concerns_its_case(event: DeliverySettled) -> bool:
    """Whether a case waits for it, or somebody has to be told: most texts just arrive."""
    return event.last if event.activation_id else event.state == "failed"


@jobs.handlers.register("web.delivery-settled")
def _delivery_settled(uow: UnitOfWork, payload: JsonObject) -> None:
    """Let the waiting send task go on, take its error path, or tell an operator."""
    failed = payload["state"] == "failed"
    if payload["activation_id"]:
        if payload["last"]:
            error = BpmnError(SMS_FAILED, payload["code"]) if payload["failed"] else None
            engine.finish_activity(uow, UUID(payload["activation_id"]), {}, error)
    elif failed and payload["instance_id"]:
        engine.report_incident(
            uow,
            UUID(payload["instance_id"]),
            payload["element_id"] or "",
            code="delivery.failed",
            facts={
                "channel": payload["channel"],
                "reason": payload["code"],
                "detail": payload.get("detail", ""),
            },
            reference=payload["delivery_id"],
        )


@jobs.handlers.register("web.delivery-undecided")
def _delivery_undecided(uow: UnitOfWork, payload: JsonObject) -> None:
    """Show at the case that a person has to say what becomes of a text."""
    if not payload["instance_id"]:
        return
    engine.report_incident(
        uow,
        UUID(payload["instance_id"]),
        payload["element_id"] or "",
        code=UNDECIDED,
        facts={"channel": payload["channel"], "reason": payload["code"], "detail": ""},
        reference=payload["delivery_id"],
    )


@jobs.handlers.register("web.delivery-decided")
def _delivery_decided(uow: UnitOfWork, payload: JsonObject) -> None:
    """The case's incident is over."""
    if payload["instance_id"]:
        engine.close_report(
            uow,
            UUID(payload["instance_id"]),
            code=UNDECIDED,
            reference=payload["delivery_id"],
            resolved_by=payload["by"] or SYSTEM.name,
        )


@jobs.handlers.register("web.reply-received")
def _reply_received(uow: UnitOfWork, payload: JsonObject) -> None:
    """Hand an answer to the case that waits for it; else a clerk gets a ticket."""
    message = {
        "text": payload["text"],
        "phone": payload["phone"],
        "message_id": payload["inbound_id"],
    }
    asked = UUID(payload["instance_id"]) if payload["instance_id"] else None
    taken = engine.correlate(
        uow,
        REPLY,
        payload["phone"],
        message,
        by=SYSTEM,
        instance_id=asked,
        message_id=payload["inbound_id"],
    )
    if not taken:
        reply_ticket(uow, payload["phone"], payload["text"], message_id=payload["inbound_id"])
