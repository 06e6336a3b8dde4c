"""How a hand-over to a provider can end other than well, and which provider code means what."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Receipt:
    """The provider took the text. `cost` is in Rial, `provider_id` is its own number for it."""

    provider_id: str | None
    cost: int | None = None


class SendFailure(Exception):
    """The text was not handed over. `code` is the provider's code or a word of ours.

    `unsure`: it may be with the provider all the same, so ask before sending again.
    `wait`: how long the provider wants to be left alone, with every text of the channel.
    """

    unsure = False

    def __init__(
        self, code: str | int = "", detail: str = "", *, wait: timedelta | None = None
    ) -> None:
        super().__init__(str(code), detail)
        self.code, self.detail, self.wait = str(code), detail, wait


class Retry(SendFailure):
    """Certainly not sent, and later it may work: try again, after a growing pause."""


class RetryFew(Retry):
    """Like Retry, but the provider's word suggests that two more tries are enough."""


class Park(SendFailure):
    """No text of this channel can leave (credit, key, account): an operator must act."""


class Refused(SendFailure):
    """This text to this address will never leave: no use to repeat it."""


class Uncertain(SendFailure):
    """No answer came: it may be sent or not. Ask by the local id before sending again."""

    unsure = True


# Kavenegar's return codes. Not listed = Refused.
# Source: the provider's table of return codes, REST v1.
OUTCOME_OF_CODE: dict[int, type[SendFailure]] = {
    402: RetryFew,
    409: Retry,
    429: Retry,
    451: Retry,
    500: Uncertain,
    502: Uncertain,
    503: Uncertain,
    504: Uncertain,
    401: Park,
    403: Park,
    407: Park,
    416: Park,
    418: Park,
    426: Park,
    427: Park,
    501: Park,
}


def outcome_of(code: int) -> type[SendFailure]:
    """What a return code means for the text at hand."""
    return OUTCOME_OF_CODE.get(code, Refused)
