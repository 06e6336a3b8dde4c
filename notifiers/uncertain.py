"""Texts of which nobody knows whether the provider has them: asked for first, then the policy."""

from datetime import timedelta
from typing import Final

from kernel.i18n import gettext as _
from kernel.i18n import use_locale
from kernel.uow import UnitOfWork
from notifiers import calls, policy, queueing, settling
from notifiers.channels import channels, kind_of
from notifiers.events import DeliveryDecided, DeliveryUndecided
from notifiers.notices import post_notice
from notifiers.parking import ALARMED
from notifiers.reasons import channel_word
from notifiers.tables import UNCERTAIN, Delivery
from people import directory

INTERRUPTED: Final = "delivery.interrupted"
BY_POLICY, BY_PERSON, NOT_THERE = "policy", "person", "asked"
MOST_TRIES: Final = 8
# Unanswered questions after which a text is sent again, or a person is told.
ENOUGH_QUESTIONS: Final = 3


def begin(
    uow: UnitOfWork,
    delivery: Delivery,
    code: str,
    detail: str = "",
    *,
    at_once: bool = False,
    least: timedelta | None = None,
) -> None:
    """A call ended without an answer, or its caller died: find out, or let the policy decide.

    So too when the call after it is refused for good: no leave to call once more is left over.
    """
    delivery.state, delivery.unsure, delivery.questions = UNCERTAIN, True, 0
    delivery.permit = ""
    delivery.code, delivery.detail = code[:80], detail[: settling.DETAIL]
    delivery.unsure_since = delivery.unsure_since or uow.now
    calls.end(uow, delivery, calls.CALL_SILENT)
    settling.record(uow, delivery, code, detail)
    if can_ask(uow, delivery):
        wait = queueing.pause(delivery, delivery.attempts, least)
        queueing.ask(uow, delivery, None if at_once else uow.now + wait)
    else:
        decide(uow, delivery)


def can_ask(uow: UnitOfWork, delivery: Delivery) -> bool:
    """Whether the provider can be asked, and still remembers."""
    kind = kind_of(delivery.channel) if delivery.channel in channels else None
    if kind is None or kind.remembers is None:
        return False
    return (delivery.unsure_since or uow.now) + kind.remembers > uow.now


def decide(uow: UnitOfWork, delivery: Delivery) -> None:
    """Nobody can say what became of it: do as its policy wants."""
    wanted = policy.of(delivery)
    if wanted == policy.RESEND and delivery.attempts < MOST_TRIES:
        delivery.permit = BY_POLICY
        queueing.send(uow, delivery, uow.now + queueing.pause(delivery, delivery.attempts))
    elif wanted == policy.DROP:
        settling.leave(uow, delivery)
    else:
        delivery.next_try_at = delivery.check_at = None
        leave_to_people(uow, delivery)


def found_out(uow: UnitOfWork, delivery: Delivery, *, arrived: bool, by: str = "") -> None:
    """What became of it is known or decided: whoever was asked to decide need not any more."""
    if delivery.undecided:
        delivery.undecided = False
        uow.outbox.add(DeliveryDecided(delivery.id, delivery.instance_id, arrived=arrived, by=by))


def leave_to_people(uow: UnitOfWork, delivery: Delivery) -> None:
    """Have somebody say, once, that it arrived or that it shall be sent again."""
    if delivery.undecided:
        return
    delivery.undecided = True
    uow.outbox.add(
        DeliveryUndecided(
            delivery_id=delivery.id,
            channel=delivery.channel,
            code=delivery.code,
            instance_id=delivery.instance_id,
            element_id=delivery.element_id,
        )
    )
    if delivery.instance_id is not None:
        return  # its case has an incident for it
    for person in directory.of(uow.session).recipients(ALARMED):
        with use_locale(person.locale):
            title = _("Did this message arrive? Nobody knows")
            text = _(
                "No answer came from the provider of %(channel)s. Open the message and say "
                "whether it arrived, or have it sent again.",
                channel=channel_word(delivery.channel),
            )
        post_notice(uow, person.id, title=title, text=text, delivery_id=delivery.id)
