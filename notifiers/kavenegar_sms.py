"""SMS through Kavenegar."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

from config import Config
from kernel import phone
from kernel.errors import AppError
from notifiers.channels import Channel, Composed, Incoming, Outgoing, Report, channels
from notifiers.errors import AddressInvalid, TextRefused
from notifiers.kavenegar_client import (
    KavenegarClient,
    NoAnswer,
    NotReached,
    Rejected,
    SentText,
)
from notifiers.kavenegar_http import NotTrusted, Redirected
from notifiers.outcomes import Park, Receipt, Retry, SendFailure, Uncertain, outcome_of
from notifiers.tables import BLOCKED, DELIVERED, FAILED, SENT, UNDELIVERED
from notifiers.text import plain, sms_parts
from people.cards import RecipientPerson

LONGEST = 900  # characters; more is 413 at the provider
MOBILE = "+989"
UNKNOWN = 100
# A provider that limits calls wants minutes of silence, also where it does not say how many.
LIMITED = {429: timedelta(minutes=2), 451: timedelta(minutes=5)}
# The provider's message status -> ours. Source: its table of message statuses, REST v1.
STATE_OF_STATUS = {
    1: SENT,
    2: SENT,
    4: SENT,
    5: SENT,
    6: FAILED,
    10: DELIVERED,
    11: UNDELIVERED,
    13: FAILED,
    14: BLOCKED,
}


@channels.register("sms")
class KavenegarSms(Channel):
    """Send short texts through Kavenegar.

    Phone numbers are E.164 (`+98912...`), Iranian mobiles only; a text over 70 Persian characters
    costs a second part, which the delivery reports.
    Source: Kavenegar REST v1, sms/send.
    """

    tracks = True
    answers = True
    remembers = timedelta(hours=12)
    when_unsure = "ask"  # a second text costs money, and people act on it twice

    def __init__(self, client: KavenegarClient, sender: str) -> None:
        self.client, self.sender = client, sender

    @classmethod
    def from_config(cls, config: Config) -> Self | None:
        """None without an API key."""
        if not config.kavenegar_api_key:
            return None
        client = KavenegarClient(config.kavenegar_api_key, config.kavenegar_url)
        return cls(client, config.kavenegar_sender)

    @classmethod
    def address(cls, text: str) -> str:
        """E.164 of one Iranian mobile; lists are refused, the provider would split them."""
        try:
            number = phone.normalise(text)
        except AppError:
            raise AddressInvalid(address=text) from None
        if not number.startswith(MOBILE):
            raise AddressInvalid(address=text)
        return number

    @classmethod
    def address_of(cls, person: RecipientPerson) -> str | None:
        """A person's mobile."""
        return person.mobile

    @classmethod
    def compose(cls, text: str) -> Composed:
        """Clean and count; texts past the provider's limit are refused, never cut."""
        cleaned = plain(text)
        if not cleaned:
            raise TextRefused("message.empty")
        if len(cleaned) > LONGEST:
            raise TextRefused("message.too-long", length=len(cleaned), limit=LONGEST)
        return Composed(cleaned, parts=sms_parts(cleaned))

    def send(self, message: Outgoing) -> Receipt:
        """Hand one text to the provider; `localid` makes a repeat harmless."""
        with _failing_in_our_words():
            return _receipt(
                self.client.send(message.to, message.text, self.sender, message.localid)
            )

    def ask(self, message: Outgoing) -> Receipt | None:
        """Look the text up by our own number."""
        with _failing_in_our_words():
            known = self.client.by_localid(message.localid)
        return None if known.status == UNKNOWN else _receipt(known)

    def statuses(self, provider_ids: Sequence[str]) -> list[Report]:
        """Ask for up to 500 texts at once."""
        with _failing_in_our_words():
            rows = self.client.statuses(provider_ids)
        return [
            Report(row.message_id, STATE_OF_STATUS.get(row.status), str(row.status)) for row in rows
        ]

    def fetch(self, *, again: bool) -> list[Incoming]:
        """Unread texts of our line; asking marks them read, so a crash has to ask `again`."""
        with _failing_in_our_words():
            rows = self.client.received(self.sender, read=False)
            if again:
                rows += self.client.received(self.sender, read=True)
        return [Incoming(row.message_id, row.sender, row.line, row.text) for row in rows]


def _receipt(sent: SentText) -> Receipt:
    return Receipt(provider_id=sent.message_id, cost=sent.cost)


@contextmanager
def _failing_in_our_words() -> Iterator[None]:
    try:
        yield
    except (NoAnswer, NotReached, Rejected) as error:
        raise _failure(error) from None


def _failure(error: NoAnswer | NotReached | Rejected) -> SendFailure:
    if isinstance(error, Rejected):
        wait = error.wait if error.wait is not None else LIMITED.get(error.code)
        return outcome_of(error.code)(error.code, wait=wait)
    if isinstance(error, NotTrusted):
        return Park("not-trusted")
    if isinstance(error, Redirected):
        return Park("redirected")
    if isinstance(error, NotReached):
        return Retry("not-reached")
    return Uncertain("no-answer", wait=error.wait)
