"""From a wish to deliveries: who, in which language, which words; then jobs for what leaves."""

import hashlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from kernel import new_rows
from kernel.expressions import ExpressionError
from kernel.i18n import LOCALES
from kernel.ids import new_id
from kernel.jobs import handlers
from kernel.prepared import Prepared
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers import policy, queueing, settling
from notifiers.channels import Channel, Composed, kind_of
from notifiers.errors import ChannelUnknown, TemplateMissing, TextRefused
from notifiers.notices import post_deliveries
from notifiers.recipients import Recipient, expand
from notifiers.tables import DELIVERED, FAILED, READY, ContactOptOut, Delivery, Notification
from notifiers.templates import fill_in
from notifiers.wanted import Wanted
from people import directory

ZONE = ZoneInfo("Asia/Tehran")
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
DEFAULT_LANG = "fa"
# A loop gone wrong in a diagram must not fill somebody's phone, nor empty the account.
MOST_PER_HOUR = 100
_EARLIER = Prepared(select(Notification.id).where(Notification.dedupe_key == bindparam("key")))
_OPTED_OUT = Prepared(
    select(ContactOptOut.address).where(
        ContactOptOut.channel == bindparam("channel"),
        ContactOptOut.address == bindparam("address"),
    )
)


@handlers.register("notifiers.notify")
def notify_job(uow: UnitOfWork, payload: JsonObject) -> None:
    """Carry out a wish that came through the outbox."""
    notify(uow, Wanted.from_payload(payload))


def notify(uow: UnitOfWork, wanted: Wanted) -> Notification:
    """Write one delivery per person, and a job for each that leaves the building.

    Never fails because of an address or a text: what cannot go out is a failed delivery with
    its reason. The same `dedupe_key` gives the earlier notification and sends nothing.
    """
    key = _stored_key(wanted.dedupe_key or str(new_id()))
    earlier = _EARLIER.first(uow.session.connection(), {"key": key})
    if earlier is not None:
        return uow.session.get_one(Notification, earlier[0])
    notification = _notification(uow, wanted, key)
    lang = wanted.locale_hint if wanted.locale_hint in LOCALES else DEFAULT_LANG
    try:
        channel = kind_of(wanted.channel)
    except ChannelUnknown as error:
        nobody = Recipient(str(wanted.to)[:254], lang or DEFAULT_LANG, problem=error.code)
        deliveries = [_delivery(uow, wanted, notification, nobody)]
    else:
        chart = directory.of(uow.session)
        found = expand(channel, wanted.to, chart, lang or DEFAULT_LANG)
        refused = _opted_out(uow, wanted, found)
        deliveries = [
            _deliver_to(uow, wanted, notification, channel, one, one.address in refused)
            for one in found
        ]
    _write(uow, notification, deliveries)
    return notification


def _write(uow: UnitOfWork, notification: Notification, deliveries: list[Delivery]) -> None:
    """Store them, put messages under bells, and tell the others of those that end here."""
    ended = all(one.settled for one in deliveries)
    notification.settled_at = uow.now if ended else None
    new_rows.write(uow.session, [notification])
    new_rows.write(uow.session, deliveries)
    post_deliveries(uow, [one for one in deliveries if one.state == DELIVERED])
    failed = sum(one.state == FAILED for one in deliveries)
    settled = [one for one in deliveries if one.settled]
    for place, delivery in enumerate(settled):
        settling.tell(uow, delivery, last=ended and place == 0, failed=failed)


def _notification(uow: UnitOfWork, wanted: Wanted, key: str) -> Notification:
    return Notification(
        id=new_id(),
        dedupe_key=key,
        channel=wanted.channel,
        template=wanted.template,
        policy=wanted.policy,
        instance_id=wanted.instance_id,
        root_id=wanted.root_id or wanted.instance_id,
        element_id=wanted.element_id,
        item_id=wanted.item_id,
        activation_id=wanted.activation_id,
        created_at=uow.now,
    )


def _deliver_to(
    uow: UnitOfWork,
    wanted: Wanted,
    notification: Notification,
    channel: type[Channel],
    recipient: Recipient,
    opted_out: bool,
) -> Delivery:
    """One person's delivery: refused with a reason, for their bell, or queued to leave."""
    delivery = _delivery(uow, wanted, notification, recipient)
    made = _compose(uow, wanted, delivery)
    if made is not None:
        delivery.text, delivery.subject, delivery.parts = made.text, made.subject, made.parts
    if opted_out:
        settling.fail(delivery, uow.now, "recipient.opted-out")
    if channel.leaves and _flooded(uow, delivery):
        settling.fail(delivery, uow.now, "recipient.too-many", str(MOST_PER_HOUR))
    if delivery.settled:
        return delivery
    if channel.leaves:
        delivery.when_unsure = policy.chosen(
            uow.session, wanted.policy, wanted.template, wanted.channel
        )
        queueing.send(uow, delivery, _leave_at(uow.now, wanted.policy))
        return delivery
    delivery.state, delivery.settled = DELIVERED, True
    delivery.sent_at = delivery.done_at = uow.now
    return delivery


def _delivery(
    uow: UnitOfWork, wanted: Wanted, notification: Notification, recipient: Recipient
) -> Delivery:
    delivery = Delivery(
        id=new_id(),
        notification_id=notification.id,
        instance_id=notification.instance_id,
        root_id=notification.root_id,
        element_id=notification.element_id,
        item_id=notification.item_id,
        activation_id=notification.activation_id,
        channel=wanted.channel,
        template=wanted.template,
        address=recipient.address,
        person_id=recipient.person_id,
        recipient=recipient.name,
        lang=recipient.lang if recipient.lang in LOCALES else DEFAULT_LANG,
        localid=local_id(notification.dedupe_key, wanted.channel, recipient.address, 0),
        state=READY,
        round=0,
        created_at=uow.now,
    )
    if recipient.problem:
        settling.fail(delivery, uow.now, recipient.problem, recipient.address)
    return delivery


def _compose(uow: UnitOfWork, wanted: Wanted, delivery: Delivery) -> Composed | None:
    """The words, or None with the delivery failed; the first reason found is the one kept."""
    try:
        made, delivery.lang = fill_in(
            uow.session,
            wanted.channel,
            wanted.template,
            wanted.variables,
            delivery.lang,
            wanted.deployment_id,
        )
    except TextRefused as error:
        settling.fail(delivery, uow.now, error.problem, str(error.facts.get("length", "")))
    except TemplateMissing as error:
        settling.fail(delivery, uow.now, error.code, wanted.template)
    except ExpressionError as error:
        settling.fail(delivery, uow.now, "message-template.not-filled", error.sentence())
    except ChannelUnknown as error:
        settling.fail(delivery, uow.now, error.code, wanted.channel)
    else:
        return made
    return None


def _opted_out(uow: UnitOfWork, wanted: Wanted, found: list[Recipient]) -> set[str]:
    if "always" in wanted.policy.split():
        return set()
    addresses = [one.address for one in found]
    if len(addresses) == 1:
        one = {"channel": wanted.channel, "address": addresses[0]}
        return set(addresses) if _OPTED_OUT.first(uow.session.connection(), one) else set()
    rows = select(ContactOptOut.address).where(
        ContactOptOut.channel == wanted.channel, ContactOptOut.address.in_(addresses)
    )
    return set(uow.session.scalars(rows))


def _stored_key(key: str) -> str:
    """The key as it fits its column: two long ones that begin alike stay two."""
    return key if len(key) <= 255 else hashlib.sha256(key.encode()).hexdigest()


def _flooded(uow: UnitOfWork, delivery: Delivery) -> bool:
    lately = select(func.count()).where(
        Delivery.address == delivery.address,
        Delivery.channel == delivery.channel,
        Delivery.created_at > uow.now - timedelta(hours=1),
    )
    return (uow.session.scalar(lately) or 0) >= MOST_PER_HOUR


def _leave_at(now: datetime, words: str) -> datetime | None:
    """With the policy `day`, the next 08:00 when it is night in Tehran; else at once."""
    if "day" not in words.split():
        return None
    here = now.astimezone(ZONE)
    if QUIET_UNTIL <= here.time() < QUIET_FROM:
        return None
    day = here.date() + timedelta(days=1 if here.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, ZONE)


def local_id(dedupe_key: str, channel: str, address: str, round_: int) -> int:
    """The idempotency key that providers see: a positive 63-bit number of the wish itself."""
    seed = "\x1f".join((dedupe_key, channel, address, str(round_)))
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") >> 1
