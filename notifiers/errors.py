"""What can go wrong around messages, as people read it."""

from kernel.errors import AppError, Conflict, Invalid, NotFound


class AddressInvalid(Invalid):
    """What stands in `to` is no address of this channel. Mend: correct the person's data."""

    code = "recipient.bad-address"


class TextRefused(Invalid):
    """The text, once filled in, cannot go out by this channel; `problem` says why."""

    code = "message.refused"

    def __init__(self, problem: str, **facts: object) -> None:
        super().__init__(**facts)
        self.problem = problem


class TemplateInvalid(Invalid):
    """A designer's text cannot be stored: an expression in it cannot be read, or it is too long."""

    code = "message-template.invalid"


class TemplateMissing(NotFound):
    """No text of this key was stored for this channel."""

    code = "message-template.missing"


class DeliveryUnknown(NotFound):
    """No such delivery, or not one that the actor may see."""

    code = "delivery.unknown"


class DeliveryNotRepeatable(Conflict):
    """Only what failed can be sent again, and only if its address and text were right."""

    code = "delivery.not-repeatable"


class ChannelUnknown(NotFound):
    """No channel of this name is installed."""

    code = "channel.unknown"


class ChannelNotParked(AppError):
    """The channel runs; there is nothing to resume."""

    code = "channel.not-parked"


class PolicyUnknown(Invalid):
    """No such word for what becomes of a text of unknown fate."""

    code = "message-policy.unknown"


class DeliveryNotUncertain(Conflict):
    """What became of this delivery is known by now; there is nothing to decide."""

    code = "delivery.not-uncertain"
