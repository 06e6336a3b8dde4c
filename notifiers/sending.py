"""The job that hands one text to its provider: note the intent, call, write down the answer."""

from datetime import timedelta

from kernel.jobs import outside
from kernel.queue import Claim
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers import calls, parking, queueing, settling, uncertain
from notifiers.calling import About, ProviderJob, about, locked, through
from notifiers.channels import set_up
from notifiers.outcomes import Park, Receipt, Refused, RetryFew, SendFailure
from notifiers.queueing import SEND_JOB
from notifiers.tables import PARKED, READY, SENDING, SENT, UNCERTAIN, Delivery
from notifiers.uncertain import MOST_TRIES

FEW_TRIES = 3
FIRST_POLL = timedelta(seconds=30)


class SendJob(ProviderJob):
    """Sends one delivery; a call whose end was never written down is not repeated here."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> About | None:
        """Write `sending` and the call before it is made: a crash is seen as "not known"."""
        delivery = locked(uow, payload)
        if delivery is None or delivery.settled:
            return None
        if delivery.state not in (READY, SENDING, UNCERTAIN):
            return None
        if delivery.unsure and not delivery.permit:
            code = uncertain.INTERRUPTED if delivery.state == SENDING else "no-answer"
            uncertain.begin(uow, delivery, code, at_once=True)
            settling.announce(uow, delivery)
            return None
        if parking.must_wait(uow, delivery):
            return None
        calls.begin(uow, delivery)
        delivery.state, delivery.unsure, delivery.next_try_at = SENDING, True, None
        delivery.attempts += 1
        delivery.check_at = uow.now + queueing.CHECK_AFTER
        return about(delivery)

    def act(self, request: About) -> Receipt | SendFailure:
        """Call once."""
        return through(request.channel, lambda channel: channel.send(request.message))

    def settle(self, uow: UnitOfWork, payload: JsonObject, result: Receipt | SendFailure) -> None:
        """Turn the answer into the delivery's next state."""
        delivery = locked(uow, payload)
        if delivery is None or delivery.state != SENDING:
            return  # the answer came so late that others have gone on
        if isinstance(result, Receipt):
            taken(uow, delivery, result)
        else:
            _not_taken(uow, delivery, result)
        settling.announce(uow, delivery)

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """The job itself broke again and again (crashes count): say so, send no more."""
        delivery = locked(uow, job.payload)
        if delivery is None or delivery.settled:
            return True
        if delivery.unsure:
            uncertain.begin(uow, delivery, uncertain.INTERRUPTED, type(error).__name__)
        else:
            settling.fail(delivery, uow.now, "job.failed", type(error).__name__)
            settling.record(uow, delivery, "job.failed", type(error).__name__)
        settling.announce(uow, delivery)
        return True


def taken(uow: UnitOfWork, delivery: Delivery, receipt: Receipt) -> None:
    """The provider has the text."""
    uncertain.found_out(uow, delivery, arrived=True)
    delivery.state, delivery.unsure, delivery.settled = SENT, False, True
    delivery.provider_id, delivery.sent_at = receipt.provider_id, uow.now
    delivery.cost = receipt.cost if receipt.cost is not None else delivery.cost
    delivery.code = delivery.detail = delivery.permit = ""
    delivery.next_try_at = delivery.check_at = None
    channel = set_up(delivery.channel)
    if channel is not None and channel.tracks and receipt.provider_id:
        delivery.next_poll_at, delivery.polls = uow.now + FIRST_POLL, 0
    calls.end(uow, delivery, calls.CALL_TAKEN)
    settling.record(uow, delivery)


def _not_taken(uow: UnitOfWork, delivery: Delivery, failure: SendFailure) -> None:
    """Not known, parked, failed, or tried again."""
    if failure.unsure:
        uncertain.begin(uow, delivery, failure.code, failure.detail, least=failure.wait)
        return
    calls.end(uow, delivery, calls.CALL_REFUSED)
    # It says nothing about an earlier call of unknown end, which may have arrived all the same.
    delivery.unsure = delivery.unsure_since is not None
    delivery.code, delivery.detail = failure.code[:80], failure.detail[: settling.DETAIL]
    if isinstance(failure, Park):
        delivery.state, delivery.check_at = PARKED, None
        delivery.attempts -= 1  # not this text's fault
        parking.park(uow, delivery.channel, failure.code)
    elif isinstance(failure, Refused) or delivery.attempts >= _tries(failure):
        if delivery.unsure:
            uncertain.begin(uow, delivery, failure.code, failure.detail, least=failure.wait)
            return
        settling.fail(delivery, uow.now, failure.code, failure.detail)
    else:
        delivery.state = READY
        wait = queueing.pause(delivery, delivery.attempts, failure.wait)
        queueing.send(uow, delivery, uow.now + wait)
    settling.record(uow, delivery, failure.code, failure.detail)


def _tries(failure: SendFailure) -> int:
    return FEW_TRIES if isinstance(failure, RetryFew) else MOST_TRIES


outside.add(SEND_JOB, SendJob())
