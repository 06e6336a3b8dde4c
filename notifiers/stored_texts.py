"""The texts that an installation can send, one line for each key and channel, for the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import Session

from kernel.i18n import locale
from notifiers.channels import channels
from notifiers.policy import EDIT
from notifiers.tables import MessagePolicy, MessageTemplate
from notifiers.templates import own_texts
from people import Actor

PAGE = 50
Name = tuple[str, str]


@dataclass(frozen=True)
class StoredText:
    """One text. `policy` is what the organisation chose, `default` what its channel does else.

    `words` are how it runs now, in the reader's language where there is one.
    """

    key: str
    channel: str
    languages: tuple[str, ...]
    policy: str
    default: str
    words: str


def stored_texts(
    session: Session, actor: Actor, *, after: Name = ("", ""), limit: int = PAGE
) -> list[StoredText]:
    """Texts that leave the building, by key and channel, following `after`.

    Raises: PermissionMissing
    """
    actor.require(EDIT)
    leaving = [name for name in channels if channels[name].leaves]
    where = tuple_(MessageTemplate.key, MessageTemplate.channel)
    stored = session.execute(
        select(MessageTemplate.key, MessageTemplate.channel, MessageTemplate.lang)
        .where(where > tuple_(*after), MessageTemplate.channel.in_(leaving))
        .distinct()
        .order_by(MessageTemplate.key, MessageTemplate.channel)
        .limit(limit * 4)
    ).all()
    own = [one for one in own_texts() if one[:2] > after and one[1] in leaving]
    brought = [(row.key, row.channel, row.lang) for row in stored]
    found = _joined([*brought, *own])[:limit]
    chosen = select(MessagePolicy).where(MessagePolicy.template.in_([key for (key, _), _ in found]))
    policies = {(row.template, row.channel): row.when_unsure for row in session.scalars(chosen)}
    words = _words(session, [key for (key, _), _ in found])
    return [
        StoredText(
            *name,
            languages,
            policies.get(name, ""),
            channels[name[1]].when_unsure,
            _said(words, name, languages),
        )
        for name, languages in found
    ]


def _said(words: dict[tuple[str, str, str], str], name: Name, languages: tuple[str, ...]) -> str:
    """In the reader's language before any other."""
    ordered = sorted(languages, key=lambda lang: lang != locale())
    return next((text for lang in ordered if (text := words.get((*name, lang)))), "")


def _words(session: Session, keys: list[str]) -> dict[tuple[str, str, str], str]:
    """The newest version of each text, by key, channel and language; else the product's own."""
    name = (MessageTemplate.key, MessageTemplate.channel, MessageTemplate.lang)
    newest = (
        select(*name, func.max(MessageTemplate.version).label("version"))
        .where(MessageTemplate.key.in_(keys))
        .group_by(*name)
        .subquery()
    )
    same = and_(*(newest.c[column.key] == column for column in name))
    rows = session.execute(
        select(*name, MessageTemplate.text).join(
            newest, and_(same, newest.c.version == MessageTemplate.version)
        )
    )
    return {**own_texts(), **{(row.key, row.channel, row.lang): row.text for row in rows}}


def _joined(rows: Iterable[tuple[str, str, str]]) -> list[tuple[Name, tuple[str, ...]]]:
    ordered = sorted(set(rows))
    return [
        (name, tuple(lang for *_, lang in group))
        for name, group in groupby(ordered, key=lambda one: (one[0], one[1]))
    ]
