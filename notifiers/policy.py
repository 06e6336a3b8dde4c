"""What becomes of a text of which nobody can say whether it arrived.

The wish may say it (`ravand:notify policy`), else the organisation for the text (the page of
texts), else the channel: a text message costs money and annoys, an e-mail that comes twice under
one Message-ID does neither.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from kernel.audit import acts
from kernel.uow import UnitOfWork
from notifiers.channels import channels, kind_of
from notifiers.errors import PolicyUnknown, TemplateMissing
from notifiers.tables import Delivery, MessagePolicy
from notifiers.templates import template_exists
from people import Actor

RESEND: Final = "resend"  # once more, under the same number: at least once
ASK: Final = "ask"  # a person decides
DROP: Final = "drop"  # not again: at most once
POLICIES: Final = (RESEND, ASK, DROP)
EDIT: Final = "process.design"


def chosen(session: Session, words: str, template: str, channel: str) -> str:
    """The policy of a new delivery: the wish's word, the text's, or the channel's."""
    for word in words.split():
        if word in POLICIES:
            return word
    of_text = session.get(MessagePolicy, (template, channel))
    return of_text.when_unsure if of_text else _of_channel(channel)


def of(delivery: Delivery) -> str:
    """The policy that a delivery was made with; the channel's for one of an earlier version."""
    return delivery.when_unsure or _of_channel(delivery.channel)


def _of_channel(channel: str) -> str:
    return kind_of(channel).when_unsure if channel in channels else ASK


def decide_for_text(
    uow: UnitOfWork, template: str, channel: str, policy: str, *, by: Actor
) -> None:
    """Set the policy of one text for deliveries to come; an empty one is the channel's.

    Raises: PermissionMissing, PolicyUnknown, ChannelUnknown, TemplateMissing
    """
    by.require(EDIT)
    kind_of(channel)
    if policy and policy not in POLICIES:
        raise PolicyUnknown(policy=policy)
    if policy and not template_exists(uow.session, template, channel):
        raise TemplateMissing(template=template, channel=channel)
    subject = f"{template}.{channel}"
    uow.audit.record(acts.MESSAGE_POLICY_SET, by, subject, policy=policy or "default")
    row = uow.session.get(MessagePolicy, (template, channel))
    if row is not None and not policy:
        uow.session.delete(row)
    elif row is not None:
        row.when_unsure, row.changed_at, row.changed_by = policy, uow.now, by.name
    elif policy:
        uow.session.add(_row(template, channel, policy, uow.now, by))


def _row(template: str, channel: str, policy: str, at: datetime, by: Actor) -> MessagePolicy:
    return MessagePolicy(
        template=template, channel=channel, when_unsure=policy, changed_at=at, changed_by=by.name
    )
