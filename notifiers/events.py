"""What this package tells the others, through the outbox."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class DeliverySettled:
    """A delivery left our hands, or never will. Once per round of a delivery.

    Attributes:
        state: `sent`, `delivered` (in-app), `failed`, or `uncertain`: nobody knows, and by its
            policy it is not sent again.
        code: why it failed: a provider's code or a word of ours; empty when it did not.
        detail: what was said about it, such as the place in a text that could not be filled in.
        last: with this one all deliveries of the notification are settled; true once for each.
        failed: how many of the notification's deliveries failed so far.
    """

    kind: ClassVar[str] = "delivery.settled"
    delivery_id: UUID
    notification_id: UUID
    channel: str
    state: str
    code: str
    detail: str
    last: bool
    failed: int
    instance_id: UUID | None
    root_id: UUID | None
    element_id: str | None
    item_id: UUID | None
    activation_id: UUID | None


@dataclass(frozen=True)
class DeliveryReported:
    """The provider said later what became of a text: delivered, undelivered, blocked, failed."""

    kind: ClassVar[str] = "delivery.reported"
    delivery_id: UUID
    state: str
    code: str
    instance_id: UUID | None
    root_id: UUID | None
    element_id: str | None


@dataclass(frozen=True)
class DeliveryUndecided:
    """Nobody knows whether a text arrived, and its policy leaves it to a person."""

    kind: ClassVar[str] = "delivery.undecided"
    delivery_id: UUID
    channel: str
    code: str
    instance_id: UUID | None
    element_id: str | None


@dataclass(frozen=True)
class DeliveryDecided:
    """What a person was to decide is decided: by a person (`by`), or because it is known now."""

    kind: ClassVar[str] = "delivery.decided"
    delivery_id: UUID
    instance_id: UUID | None
    arrived: bool
    by: str


@dataclass(frozen=True)
class ReplyReceived:
    """A text came in. Without `instance_id` nobody was asked anything: a clerk should look.

    `phone` is E.164 when it can be read as a number; `text` has Latin digits and no edges.
    """

    kind: ClassVar[str] = "reply.received"
    inbound_id: UUID
    phone: str
    text: str
    instance_id: UUID | None
    delivery_id: UUID | None


@dataclass(frozen=True)
class ChannelParked:
    """A provider takes nothing more until an operator acts. `code` is its word."""

    kind: ClassVar[str] = "channel.parked"
    channel: str
    code: str


@dataclass(frozen=True)
class ChannelResumed:
    """A parked channel runs again; `deliveries` texts were waiting."""

    kind: ClassVar[str] = "channel.resumed"
    channel: str
    deliveries: int


@dataclass(frozen=True)
class NoticePosted:
    """A person has a new in-app message."""

    kind: ClassVar[str] = "notice.posted"
    notice_id: UUID
    person_id: UUID
