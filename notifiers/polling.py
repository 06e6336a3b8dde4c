"""Asking providers what became of texts, and whether any came in: sweeps find, jobs ask."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from kernel.jobs import outside, sweeps
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers import parking, settling
from notifiers.calling import ProviderJob, through
from notifiers.channels import Incoming, Report, channels, set_up
from notifiers.outcomes import SendFailure
from notifiers.receiving import receive_sms
from notifiers.tables import SENT, ChannelState, Delivery

log = logging.getLogger("ravand.notifiers")

POLL_JOB, FETCH_JOB = "notifiers.poll", "notifiers.fetch"
BATCH = 500
FORGOTTEN_AFTER = timedelta(hours=48)  # the provider knows nothing older
PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 60, 180, 360))
FETCH_EVERY = timedelta(minutes=1)


@sweeps.register("notifiers.statuses")
def find_unreported(uow: UnitOfWork) -> int:
    """Queue one question per channel for the sent texts whose turn has come."""
    due = uow.session.scalars(
        select(Delivery)
        .where(Delivery.next_poll_at <= uow.now)
        .order_by(Delivery.next_poll_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    asked: dict[str, list[str]] = {}
    for delivery in due:
        schedule_poll(uow, delivery)
        if delivery.state == SENT and delivery.provider_id:
            asked.setdefault(delivery.channel, []).append(delivery.provider_id)
    for channel, ids in asked.items():
        told = {"channel": channel, "ids": ids}
        uow.jobs.add(POLL_JOB, told, connector=channel, max_attempts=2)
    return len(due)


def schedule_poll(uow: UnitOfWork, delivery: Delivery) -> None:
    """When to ask next: after growing pauses, and not past what the provider remembers."""
    pause = PAUSES[min(delivery.polls, len(PAUSES) - 1)]
    delivery.polls += 1
    until = (delivery.sent_at or uow.now) + FORGOTTEN_AFTER
    last = delivery.next_poll_at is not None and delivery.next_poll_at >= until
    over = delivery.state != SENT or last or uow.now >= until
    delivery.next_poll_at = None if over else min(uow.now + pause, until)


@dataclass(frozen=True)
class Question:
    """Texts of one channel whose state is asked for."""

    channel: str
    ids: Sequence[str]


class PollJob(ProviderJob):
    """Asks where texts are. No answer is no harm: the sweep asks again."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> Question:
        """Nothing to note: asking twice is harmless."""
        return Question(payload["channel"], payload["ids"])

    def act(self, request: Question) -> list[Report] | SendFailure:
        """Ask once."""
        return through(request.channel, lambda channel: channel.statuses(request.ids))

    def settle(
        self, uow: UnitOfWork, payload: JsonObject, result: list[Report] | SendFailure
    ) -> None:
        """Take over what was said."""
        if isinstance(result, SendFailure):
            log.warning("%s: states not told (%s)", payload["channel"], result.code)
            return
        reports = {report.provider_id: report for report in result}
        deliveries = uow.session.scalars(
            select(Delivery)
            .where(Delivery.channel == payload["channel"], Delivery.provider_id.in_(reports))
            .with_for_update()
        )
        for delivery in deliveries:
            settling.apply_report(uow, delivery, reports[str(delivery.provider_id)])


@sweeps.register("notifiers.incoming")
def find_fetchable(uow: UnitOfWork) -> int:
    """Once a minute, for each channel that people can answer: queue a look at what came in."""
    queued = 0
    for name in channels:
        channel = set_up(name)
        if channel is None or not channel.answers:
            continue
        state = parking.state_of(uow, name)
        if state.next_fetch_at is not None and state.next_fetch_at > uow.now:
            continue
        state.next_fetch_at = uow.now + FETCH_EVERY
        uow.jobs.add(FETCH_JOB, {"channel": name}, key=f"fetch:{name}", connector=name)
        queued += 1
    return queued


@sweeps.register("notifiers.set-up")
def resume_set_up(uow: UnitOfWork) -> int:
    """A channel parked for want of settings runs again once they are there."""
    parked = select(ChannelState).where(
        ChannelState.parked.is_(True), ChannelState.code == parking.NOT_SET_UP
    )
    ready = [state for state in uow.session.scalars(parked) if set_up(state.channel)]
    for state in ready:
        parking.resume(uow, state)
    return len(ready)


@dataclass(frozen=True)
class Fetch:
    """A look into a channel's letter box."""

    channel: str
    again: bool


class FetchJob(ProviderJob):
    """Brings texts that no callback brought."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> Fetch:
        """Note that texts are being marked read at the provider."""
        state = parking.state_of(uow, payload["channel"])
        crashed, state.fetching = state.fetching, True
        return Fetch(payload["channel"], again=crashed)

    def act(self, request: Fetch) -> list[Incoming] | SendFailure:
        """Fetch once."""
        return through(request.channel, lambda channel: channel.fetch(again=request.again))

    def settle(
        self, uow: UnitOfWork, payload: JsonObject, result: list[Incoming] | SendFailure
    ) -> None:
        """Take the texts in; what came before is recognised by its id."""
        if isinstance(result, SendFailure):
            log.warning("%s: incoming texts not told (%s)", payload["channel"], result.code)
            return  # they may be marked read by now: `fetching` stays, the next look asks again
        parking.state_of(uow, payload["channel"]).fetching = False
        for text in result:
            receive_sms(uow, text.provider_id, text.sender, text.to, text.text)


outside.add(POLL_JOB, PollJob())
outside.add(FETCH_JOB, FetchJob())
