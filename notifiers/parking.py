"""Channels that stand still: their provider refuses everything, until an operator acts.

A provider that does not answer at all is another matter: `kernel.jobs.breaker` leaves it alone.
"""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from kernel.audit import acts
from kernel.i18n import gettext as _
from kernel.i18n import use_locale
from kernel.uow import UnitOfWork
from notifiers import queueing
from notifiers.channels import kind_of, set_up
from notifiers.errors import ChannelNotParked
from notifiers.events import ChannelParked, ChannelResumed
from notifiers.notices import post_notice
from notifiers.reasons import channel_word
from notifiers.tables import PARKED, READY, ChannelState, Delivery
from people import Actor, directory

ALARMED = "role:admin"
NOT_SET_UP = "channel.not-set-up"


def must_wait(uow: UnitOfWork, delivery: Delivery) -> bool:
    """Whether nothing may be said to the channel's provider; then the delivery is parked."""
    missing = set_up(delivery.channel) is None
    if not missing and not state_of(uow, delivery.channel).parked:
        return False
    state = _held(uow, delivery.channel)
    if missing:
        park(uow, delivery.channel, NOT_SET_UP)
    if state.parked:
        delivery.state, delivery.code, delivery.check_at = PARKED, state.code, None
    return state.parked


def state_of(uow: UnitOfWork, channel: str) -> ChannelState:
    """The channel's row, made when it is first needed."""
    row = uow.session.get(ChannelState, channel)
    if row is None:
        row = ChannelState(
            channel=channel, parked=False, code="", failures=0, changed_at=uow.now, fetching=False
        )
        try:
            with uow.session.begin_nested():
                uow.session.add(row)
        except IntegrityError:  # another process needed it at the same instant
            row = uow.session.get_one(ChannelState, channel)
    return row


def _held(uow: UnitOfWork, channel: str) -> ChannelState:
    """The row as it stands, until this unit ends: no text is parked while others resume them."""
    state_of(uow, channel)
    return uow.session.get_one(ChannelState, channel, with_for_update=True, populate_existing=True)


def park(uow: UnitOfWork, channel: str, code: str) -> None:
    """Let nothing more leave by this channel, and alarm the admins once."""
    state = _held(uow, channel)
    if state.parked:
        return
    state.parked, state.code, state.changed_at = True, code, uow.now
    uow.outbox.add(ChannelParked(channel, code))
    for person in directory.of(uow.session).recipients(ALARMED):
        with use_locale(person.locale):
            name = channel_word(channel)
            title = _("The channel %(channel)s was stopped", channel=name)
            text = _(
                "Its provider refuses every message (code %(code)s). Messages wait; resume the "
                "channel when the cause is mended.",
                code=code,
            )
        post_notice(uow, person.id, title=title, text=text)


def resume_channel(uow: UnitOfWork, channel: str, *, by: Actor) -> int:
    """Let a parked channel run again; how many waiting texts leave now.

    Raises: PermissionMissing, ChannelUnknown, ChannelNotParked
    """
    by.require("incident.retry")
    kind_of(channel)
    state = _held(uow, channel)
    if not state.parked:
        raise ChannelNotParked(channel=channel)
    count = resume(uow, state)
    uow.audit.record(acts.CHANNEL_RESUMED, by, channel, count=count)
    return count


def resume(uow: UnitOfWork, state: ChannelState) -> int:
    """Open the channel and queue what waited. A text of unknown fate is asked for first."""
    state.parked, state.code, state.changed_at = False, "", uow.now
    waiting = uow.session.execute(
        update(Delivery)
        .where(Delivery.channel == state.channel, Delivery.state == PARKED)
        .values(state=READY, next_try_at=None, check_at=uow.now + queueing.CHECK_AFTER)
        .returning(Delivery.id, Delivery.channel, Delivery.address)
        .execution_options(synchronize_session=False)
    ).all()
    for row in waiting:
        queueing.add(uow, queueing.SEND_JOB, queueing.Way(*row))
    uow.outbox.add(ChannelResumed(state.channel, len(waiting)))
    return len(waiting)
