"""Who is meant by `to`: addresses of work, phones, e-mails, or a list of these."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifiers.channels import Channel
from notifiers.errors import AddressInvalid
from people.cards import RecipientPerson
from people.chart import Directory

PRINCIPALS = ("person:", "position:", "unit:", "role:")
MOST = 1000


@dataclass(frozen=True)
class Recipient:
    """One address, or why there is none: `problem` is a code then."""

    address: str
    lang: str
    name: str = ""
    person_id: UUID | None = None
    problem: str = ""


def expand(
    channel: type[Channel], to: Any, directory: Directory, default_lang: str
) -> list[Recipient]:
    """Everybody meant, once each by address; never empty, so that nothing is lost unseen.

    Of more than `MOST` the rest is one recipient that cannot be reached, its address their number.
    """
    found: dict[str, Recipient] = {}
    for one in _parts(to):
        for recipient in _meant(channel, one, directory, default_lang):
            found.setdefault(recipient.address, recipient)
    if not found:
        return [Recipient("", default_lang, problem="recipient.nobody")]
    told = list(found.values())
    if len(told) > MOST:
        rest = Recipient(str(len(told) - MOST), default_lang, problem="recipient.rest")
        return [*told[:MOST], rest]
    return told


def _parts(to: Any) -> Iterable[str]:
    if isinstance(to, list | tuple):
        for one in to:
            yield from _parts(one)
    elif to is not None and str(to).strip():
        yield str(to).strip()


def _meant(
    channel: type[Channel], one: str, directory: Directory, lang: str
) -> Iterable[Recipient]:
    if not one.startswith(PRINCIPALS):
        yield _outsider(channel, one, lang)
        return
    people = directory.recipients(one)
    if not people:
        yield Recipient(one, lang, problem="recipient.nobody")
    for person in people:
        yield _insider(channel, person)


def _outsider(channel: type[Channel], text: str, lang: str) -> Recipient:
    try:
        return Recipient(channel.address(text), lang)
    except AddressInvalid as error:
        return Recipient(text[:254], lang, problem=error.code)


def _insider(channel: type[Channel], person: RecipientPerson) -> Recipient:
    address = channel.address_of(person)
    if not address:
        problem = "recipient.no-address"
        return Recipient(f"person:{person.id}", person.locale, person.name, person.id, problem)
    try:
        address = channel.address(address)
    except AddressInvalid as error:
        return Recipient(address[:254], person.locale, person.name, person.id, error.code)
    return Recipient(address, person.locale, person.name, person.id)
