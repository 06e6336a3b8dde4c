"""What messages hold of people from outside."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from kernel.personal import Subject, declare
from kernel.personal.columns import FADES, LINE, TEXT
from notifiers import tables
from notifiers.tables import ContactOptOut, Delivery, InboundMessage


def _addresses(subject: Subject) -> frozenset[str]:
    return subject.sure.numbers | subject.sure.mails


def _sent_to_them(subject: Subject) -> ColumnElement[bool] | None:
    known = _addresses(subject)
    return or_(Delivery.address.in_(known)) if known else None


def _sent_by_them(subject: Subject) -> ColumnElement[bool] | None:
    known = _addresses(subject)
    return or_(InboundMessage.sender.in_(known)) if known else None


def _their_wish(subject: Subject) -> ColumnElement[bool] | None:
    known = _addresses(subject)
    return or_(ContactOptOut.address.in_(known)) if known else None


declare(tables.MessageTemplate, free="key channel lang version text")
declare(
    tables.Notification,
    "notification",
    free="channel template policy element_id",
    personal={"dedupe_key": LINE},
    case="root_id",
)
declare(
    tables.Delivery,
    "message",
    free=(
        "element_id channel template lang parts state code localid round attempts provider_id"
        " cost polls when_unsure questions permit"
    ),
    personal={
        "address": TEXT,
        "recipient": FADES,
        "subject": FADES,
        "text": TEXT,
        "detail": FADES,
    },
    case="root_id",
    owned=_sent_to_them,
)
declare(tables.DeliveryCall, free="number localid permit outcome")
declare(tables.MessagePolicy, free="template channel when_unsure changed_by")
declare(
    tables.ReceiptRow,
    "receipt",
    free="state code",
    personal={"detail": LINE},
)
declare(
    tables.InboundMessage,
    "reply",
    free="channel provider_id line",
    personal={"sender": TEXT, "text": TEXT, "raw_text": TEXT},
    case="instance_id",
    owned=_sent_by_them,
)
declare(
    tables.Notice,
    "notice",
    personal={"title": TEXT, "text": TEXT},
    case="instance_id",
    scanned=True,
)
declare(
    tables.ContactOptOut,
    "opt-out",
    free="channel",
    personal={"address": LINE, "reason": LINE},
    owned=_their_wish,
    removed=True,
)
declare(tables.ChannelState, free="channel code failures")
