"""The ways a message can go: one class per channel, found by name.

Others add channels through the entry-point group `ravand.channels`. The class knows addresses
and texts; an instance, made at start from the settings, knows how to hand a text over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

from config import Config
from kernel.registry import Registry
from notifiers.errors import ChannelUnknown, TextRefused
from notifiers.outcomes import Receipt
from notifiers.text import plain
from people.cards import RecipientPerson


@dataclass(frozen=True)
class Composed:
    """A filled-in text, ready for its channel. `parts` is what the provider charges for."""

    text: str
    subject: str = ""
    parts: int = 1


@dataclass(frozen=True)
class Outgoing:
    """All that a channel is told of one delivery. `localid` makes a repeat harmless."""

    to: str
    text: str
    localid: int
    subject: str = ""
    recipient: str = ""
    lang: str = "fa"


@dataclass(frozen=True)
class Report:
    """Where a text is, by the provider's word: a state of `notifiers.tables`, or None: unknown."""

    provider_id: str
    state: str | None
    code: str


@dataclass(frozen=True)
class Incoming:
    """A text that came from outside, before anything was made of it."""

    provider_id: str
    sender: str
    to: str
    text: str


class Channel:
    """A way to tell people something; the base that every channel extends."""

    leaves: ClassVar[bool] = True  # False: written into the product's own tables
    tracks: ClassVar[bool] = False  # True: `statuses` can be asked later
    answers: ClassVar[bool] = False  # True: people can answer; `fetch` brings their texts
    remembers: ClassVar[timedelta | None] = None  # how long `ask` can tell of a text; None: never
    when_unsure: ClassVar[str] = "ask"  # the policy of texts for which nobody chose one

    @classmethod
    def from_config(cls, config: Config) -> Self | None:
        """An instance by the settings; None when they are not filled in."""
        return None

    @classmethod
    def address(cls, text: str) -> str:
        """The address in its one stored form.

        Raises: AddressInvalid
        """
        raise NotImplementedError

    @classmethod
    def address_of(cls, person: RecipientPerson) -> str | None:
        """Where this channel reaches a person; None when it cannot."""
        raise NotImplementedError

    @classmethod
    def compose(cls, text: str) -> Composed:
        """Make a filled-in template fit for this channel.

        Raises: TextRefused
        """
        if not (cleaned := plain(text)):
            raise TextRefused("message.empty")
        return Composed(cleaned)

    def send(self, message: Outgoing) -> Receipt:
        """Hand one text to the provider.

        Raises: Retry, Park, Refused, Uncertain of `notifiers.outcomes`, nothing else.
        """
        raise NotImplementedError

    def ask(self, message: Outgoing) -> Receipt | None:
        """What the provider knows of a text whose hand-over had no answer.

        None only when it says itself that it does not know the text: it is sent again then. Not
        called without `remembers`.

        Raises: as `send`
        """
        return None

    def statuses(self, provider_ids: Sequence[str]) -> list[Report]:
        """Where these texts are.

        Raises: as `send`
        """
        return []

    def fetch(self, *, again: bool) -> list[Incoming]:
        """Texts that came in and were not taken yet; with `again` those taken lately, too.

        Raises: as `send`
        """
        return []


class DryRun(Channel):
    """Takes every text and sends none; for trying a process out."""

    def send(self, message: Outgoing) -> Receipt:
        """Say that it went."""
        return Receipt(provider_id=None)


channels: Registry[type[Channel]] = Registry("channels")
_set_up: dict[str, Channel] = {}


def configure(config: Config) -> None:
    """Make an instance of every registered channel that the settings describe."""
    _set_up.clear()
    channels.load_entry_points()
    for name in channels:
        if instance := channels[name].from_config(config):
            _set_up[name] = instance


def use(name: str, channel: Channel | None) -> None:
    """Put one instance in place (None: take it away); for dry runs and tests."""
    if channel is None:
        _set_up.pop(name, None)
    else:
        _set_up[name] = channel


def close_all() -> None:
    """Take every instance away."""
    _set_up.clear()


def set_up(name: str) -> Channel | None:
    """The working instance of a channel; None when its settings are missing."""
    return _set_up.get(name)


def kind_of(name: str) -> type[Channel]:
    """The class of a channel.

    Raises: ChannelUnknown
    """
    if name not in channels:
        raise ChannelUnknown(channel=name)
    return channels[name]
