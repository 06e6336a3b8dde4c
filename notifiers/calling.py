"""A call through a channel, the same for every job that makes one: failures are answers, too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers import parking
from notifiers.channels import Channel, Outgoing, set_up
from notifiers.outcomes import Park, SendFailure
from notifiers.tables import Delivery

T = TypeVar("T")
SILENT = ("not-reached", "no-answer")


@dataclass(frozen=True)
class About:
    """A text, and the channel through which something is to be said or asked about it."""

    channel: str
    message: Outgoing


def about(delivery: Delivery) -> About:
    """What a channel is told of a delivery."""
    message = Outgoing(
        to=delivery.address,
        text=delivery.text,
        localid=delivery.localid,
        subject=delivery.subject,
        recipient=delivery.recipient,
        lang=delivery.lang,
    )
    return About(delivery.channel, message)


def locked(uow: UnitOfWork, payload: JsonObject) -> Delivery | None:
    """The delivery that a job is about, held until the unit of work ends."""
    return uow.session.get(Delivery, UUID(payload["delivery_id"]), with_for_update=True)


def through(name: str, talk: Callable[[Channel], T]) -> T | SendFailure:
    """Talk to a channel's provider once."""
    channel = set_up(name)
    if channel is None:
        return Park(parking.NOT_SET_UP)
    try:
        return talk(channel)
    except SendFailure as failure:
        return failure


class ProviderJob:
    """What every job says of the result of its call, so that the channel's breaker knows."""

    def unreached(self, result: object) -> str:
        """The code of a failure that is no answer at all; a refusal is an answer."""
        if isinstance(result, SendFailure) and result.code in SILENT:
            return result.code
        return ""

    def asked_to_wait(self, result: object) -> timedelta | None:
        """How long the provider wants to be left alone."""
        return result.wait if isinstance(result, SendFailure) else None
