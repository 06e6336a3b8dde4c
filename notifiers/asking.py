"""Asking the provider what became of a text, by our own number; finding forgotten texts."""

from sqlalchemy import select

from kernel.jobs import outside, sweeps
from kernel.queue import Claim
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers import parking, policy, queueing, settling, uncertain
from notifiers.calling import About, ProviderJob, about, locked, through
from notifiers.outcomes import Park, Receipt, SendFailure
from notifiers.sending import taken
from notifiers.tables import PARKED, READY, SENDING, UNCERTAIN, Delivery

BATCH = 100


class AskJob(ProviderJob):
    """Asks once. Only a provider that says it does not know the text lets it be sent again."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> About | None:
        """Nothing is asked through a channel that stands still."""
        delivery = locked(uow, payload)
        if delivery is None or delivery.settled or delivery.state != UNCERTAIN:
            return None
        if parking.must_wait(uow, delivery):
            return None
        delivery.questions += 1
        delivery.check_at = uow.now + queueing.CHECK_AFTER
        return about(delivery)

    def act(self, request: About) -> Receipt | SendFailure | None:
        """The provider's record of the text; None: it has none."""
        return through(request.channel, lambda channel: channel.ask(request.message))

    def settle(
        self, uow: UnitOfWork, payload: JsonObject, result: Receipt | SendFailure | None
    ) -> None:
        """Sent, not sent, or still not known."""
        delivery = locked(uow, payload)
        if delivery is None or delivery.state != UNCERTAIN or delivery.settled:
            return  # somebody decided meanwhile
        if isinstance(result, Receipt):
            taken(uow, delivery, result)
        elif result is None:
            _unknown_there(uow, delivery)
        else:
            _in_vain(uow, delivery, result)
        settling.announce(uow, delivery)

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """The question itself broke again and again: the policy decides."""
        delivery = locked(uow, job.payload)
        if delivery is not None and delivery.state == UNCERTAIN and not delivery.settled:
            settling.record(uow, delivery, "job.failed", type(error).__name__)
            uncertain.decide(uow, delivery)
            settling.announce(uow, delivery)
        return True


def _unknown_there(uow: UnitOfWork, delivery: Delivery) -> None:
    """The provider knows nothing of it; that proves something only while it would remember."""
    settling.record(uow, delivery, "delivery.not-there")
    if not uncertain.can_ask(uow, delivery):
        uncertain.decide(uow, delivery)
        return
    uncertain.found_out(uow, delivery, arrived=False)
    delivery.unsure, delivery.unsure_since = False, None
    if delivery.attempts >= uncertain.MOST_TRIES:
        settling.fail(delivery, uow.now, "no-answer")
        return
    delivery.state, delivery.permit = READY, uncertain.NOT_THERE
    queueing.send(uow, delivery)


def _in_vain(uow: UnitOfWork, delivery: Delivery, failure: SendFailure) -> None:
    """A question without an answer leaves the text as uncertain as it was."""
    settling.record(uow, delivery, failure.code, failure.detail)
    if isinstance(failure, Park):
        delivery.state, delivery.code, delivery.check_at = PARKED, failure.code[:80], None
        parking.park(uow, delivery.channel, failure.code)
    elif delivery.permit == uncertain.BY_PERSON:
        queueing.send(uow, delivery)
    elif _another(uow, delivery):
        if policy.of(delivery) == policy.ASK and delivery.questions >= uncertain.ENOUGH_QUESTIONS:
            uncertain.leave_to_people(uow, delivery)
        wait = queueing.pause(delivery, delivery.questions + 1, failure.wait)
        queueing.ask(uow, delivery, uow.now + wait)
    else:
        uncertain.decide(uow, delivery)


def _another(uow: UnitOfWork, delivery: Delivery) -> bool:
    """Whoever would send again anyway asks less; the others as long as the provider remembers."""
    enough = delivery.questions >= uncertain.ENOUGH_QUESTIONS
    if enough and policy.of(delivery) == policy.RESEND:
        return False
    return uncertain.can_ask(uow, delivery)


@sweeps.register("notifiers.forgotten")
def find_forgotten(uow: UnitOfWork) -> int:
    """Deliveries that no job looks after any more: queued again, those in mid-call as uncertain.

    A delivery whose job lives keeps it: there is only ever one.
    """
    due = uow.session.scalars(
        select(Delivery)
        .where(Delivery.check_at <= uow.now)
        .order_by(Delivery.check_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for delivery in due:
        if delivery.settled or delivery.state not in (READY, SENDING, UNCERTAIN):
            delivery.check_at = None
        elif delivery.state == UNCERTAIN and delivery.permit == "":
            queueing.ask(uow, delivery)
        else:
            queueing.send(uow, delivery)  # in mid-call it is found to be uncertain
    return len(due)


outside.add(queueing.ASK_JOB, AskJob())
