"""The job that hands one text to its provider: note the intent, call, write down the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kernel.jobs import outside
from kernel.queue import Claim
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers import parking, settling
from notifiers.channels import Channel, Outgoing, set_up
from notifiers.outcomes import Park, Receipt, Refused, RetryFew, SendFailure, Uncertain
from notifiers.tables import (
    PARKED,
    READY,
    SENDING,
    SENT,
    UNCERTAIN,
    ChannelState,
    Delivery,
)

SEND_JOB = "notifiers.send"
MOST_TRIES = 8
FEW_TRIES = 3
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
FIRST_POLL = timedelta(seconds=30)
# A provider that limits calls wants minutes of silence.
LIMITED = {"429": timedelta(minutes=2), "451": timedelta(minutes=5)}


@dataclass(frozen=True)
class Attempt:
    """One call to make. `ask_first`: an earlier one ended without an answer."""

    channel: str
    message: Outgoing
    ask_first: bool


class SendJob:
    """Sends one delivery, exactly once as far as the provider lets us know."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> Attempt | None:
        """Write `sending` before the call, so that a crash is seen as "not known"."""
        delivery = uow.session.get(Delivery, UUID(payload["delivery_id"]), with_for_update=True)
        if delivery is None or delivery.state not in (READY, SENDING, UNCERTAIN):
            return None
        if _must_wait(uow, delivery):
            return None
        ask_first = delivery.unsure
        delivery.state, delivery.unsure, delivery.next_try_at = SENDING, True, None
        delivery.attempts += 1
        return Attempt(delivery.channel, _outgoing(delivery), ask_first)

    def act(self, request: Attempt) -> Receipt | SendFailure:
        """Ask where that is needed, send where that is right; failures are answers too."""
        channel = set_up(request.channel)
        if channel is None:
            return Park(parking.NOT_SET_UP)
        try:
            return _hand_over(channel, request)
        except SendFailure as failure:
            return failure

    def settle(self, uow: UnitOfWork, payload: JsonObject, result: Receipt | SendFailure) -> None:
        """Turn the answer into the delivery's next state."""
        delivery = uow.session.get_one(Delivery, UUID(payload["delivery_id"]), with_for_update=True)
        if isinstance(result, Receipt):
            _taken(uow, delivery, result)
        else:
            _not_taken(uow, delivery, result)
        settling.announce(uow, delivery)

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """The job itself broke again and again (crashes count): say so, send no more."""
        delivery = uow.session.get(Delivery, UUID(job.payload["delivery_id"]), with_for_update=True)
        if delivery is None or delivery.settled:
            return True
        settling.fail(delivery, uow.now, "job.failed", type(error).__name__)
        settling.record(uow, delivery, "job.failed", type(error).__name__)
        settling.announce(uow, delivery)
        return True


def _must_wait(uow: UnitOfWork, delivery: Delivery) -> bool:
    state: ChannelState = parking.state_of(uow, delivery.channel)
    if set_up(delivery.channel) is None:
        parking.park(uow, delivery.channel, parking.NOT_SET_UP)
    if state.parked:
        delivery.state, delivery.code = PARKED, state.code
        return True
    if state.rest_until is not None and state.rest_until > uow.now:
        try_again(uow, delivery, state.rest_until)
        return True
    return False


def _hand_over(channel: Channel, request: Attempt) -> Receipt:
    if request.ask_first:
        try:
            known = channel.ask(request.message)
        except SendFailure as failure:
            raise _asked_in_vain(failure) from None
        if known is not None:
            return known
    return channel.send(request.message)


def _asked_in_vain(failure: SendFailure) -> SendFailure:
    """A question without an answer leaves the text as uncertain as it was."""
    if not isinstance(failure, Park):
        return Uncertain(failure.code, failure.detail)
    failure.unsure = True
    return failure


def _outgoing(delivery: Delivery) -> Outgoing:
    return Outgoing(
        to=delivery.address,
        text=delivery.text,
        localid=delivery.localid,
        subject=delivery.subject,
        recipient=delivery.recipient,
        lang=delivery.lang,
    )


def _taken(uow: UnitOfWork, delivery: Delivery, receipt: Receipt) -> None:
    delivery.state, delivery.unsure, delivery.settled = SENT, False, True
    delivery.provider_id, delivery.sent_at = receipt.provider_id, uow.now
    delivery.cost = receipt.cost if receipt.cost is not None else delivery.cost
    delivery.code = delivery.detail = ""
    channel = set_up(delivery.channel)
    if channel is not None and channel.tracks and receipt.provider_id:
        delivery.next_poll_at, delivery.polls = uow.now + FIRST_POLL, 0
    parking.answered(uow, delivery.channel)
    settling.record(uow, delivery)


def _not_taken(uow: UnitOfWork, delivery: Delivery, failure: SendFailure) -> None:
    """Retry, park, fail or stay uncertain; `unsure` stays only where nothing is known."""
    delivery.unsure = failure.unsure
    delivery.code, delivery.detail = failure.code[:80], failure.detail[: settling.DETAIL]
    if isinstance(failure, Park):
        delivery.state = PARKED
        delivery.attempts -= 1  # not this text's fault
        parking.park(uow, delivery.channel, failure.code)
    elif isinstance(failure, Refused) or delivery.attempts >= _tries(failure):
        settling.fail(delivery, uow.now, failure.code, failure.detail)
    else:
        delivery.state = UNCERTAIN if delivery.unsure else READY
        try_again(uow, delivery, uow.now + pause_after(delivery, failure))
    if failure.code in ("not-reached", "no-answer"):
        parking.rest(uow, delivery.channel)
    settling.record(uow, delivery, failure.code, failure.detail)


def _tries(failure: SendFailure) -> int:
    return FEW_TRIES if isinstance(failure, RetryFew) else MOST_TRIES


def pause_after(delivery: Delivery, failure: SendFailure) -> timedelta:
    """30 s, doubled each time up to an hour; spread by the delivery's own number, ± 12 %."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (delivery.attempts - 1)
    pause = max(min(doubled, LONGEST_PAUSE), LIMITED.get(failure.code, timedelta(0)))
    return pause * (0.88 + (delivery.localid % 100) / 400)


def try_again(uow: UnitOfWork, delivery: Delivery, at: datetime) -> None:
    """Queue the next attempt."""
    delivery.next_try_at = at
    uow.jobs.add(
        SEND_JOB,
        {"delivery_id": str(delivery.id)},
        run_at=at,
        group=str(delivery.root_id or ""),
    )


outside.add(SEND_JOB, SendJob())
