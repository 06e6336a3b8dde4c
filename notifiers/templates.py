"""Designers' texts: stored per deployment, found by key, channel and language, filled in.

`{expression}` is the only thing that is evaluated in them. A few texts of the product's own lie
in `texts/`; a designer's text of the same key goes before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kernel.expressions import ExpressionError, compile_template
from kernel.i18n import LOCALES
from kernel.prepared import Prepared
from kernel.uow import UnitOfWork
from notifiers.channels import Composed, kind_of
from notifiers.errors import TemplateInvalid, TemplateMissing
from notifiers.tables import MessageTemplate
from notifiers.text import Length, measure

LONGEST = 8_000
_OWN = Path(__file__).parent / "texts"
_TEXTS = Prepared(
    select(MessageTemplate.deployment_id, MessageTemplate.lang, MessageTemplate.text)
    .where(MessageTemplate.key == bindparam("key"), MessageTemplate.channel == bindparam("channel"))
    .order_by(MessageTemplate.version.desc())
    .limit(200)
)


@dataclass(frozen=True)
class Preview:
    """A text as it would go out, before it does. `length` counts as a phone network does."""

    subject: str
    text: str
    parts: int
    length: Length
    lang: str


def check_template(key: str, channel: str, text: str) -> None:
    """Refuse a text that could never be filled in.

    Raises: TemplateInvalid, ChannelUnknown
    """
    kind_of(channel)
    if not text.strip() or len(text) > LONGEST:
        raise TemplateInvalid(key=key, channel=channel, problem=f"1-{LONGEST}")
    try:
        compile_template(text)
    except ExpressionError as error:
        raise TemplateInvalid(key=key, channel=channel, problem=error.sentence()) from None


def store_template(
    uow: UnitOfWork, deployment_id: UUID | None, key: str, channel: str, lang: str, text: str
) -> MessageTemplate:
    """Keep one text of a deployment as the newest version of its key.

    Raises: TemplateInvalid, ChannelUnknown
    """
    check_template(key, channel, text)
    if lang not in LOCALES:
        raise TemplateInvalid(key=key, channel=channel, problem=lang)
    same = (
        MessageTemplate.key == key,
        MessageTemplate.channel == channel,
        MessageTemplate.lang == lang,
    )
    newest = uow.session.scalar(select(func.max(MessageTemplate.version)).where(*same)) or 0
    row = MessageTemplate(
        deployment_id=deployment_id,
        key=key,
        channel=channel,
        lang=lang,
        version=newest + 1,
        text=text,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def template_exists(session: Session, key: str, channel: str) -> bool:
    """Whether any language of this text can be found: stored, or the product's own."""
    stored = select(MessageTemplate.id).where(
        MessageTemplate.key == key, MessageTemplate.channel == channel
    )
    found = session.execute(stored.limit(1)).first() is not None
    return found or any((key, channel, lang) in own_texts() for lang in LOCALES)


def find_text(
    session: Session, key: str, channel: str, lang: str, deployment_id: UUID | None = None
) -> tuple[str, str]:
    """The text and its language: the deployment's, else the newest, else the product's own.

    A text in another language is better than none.

    Raises: TemplateMissing
    """
    rows = _TEXTS.all(session.connection(), {"key": key, "channel": channel})
    mine = [row for row in rows if deployment_id is not None and row[0] == deployment_id]
    for wanted in (lang, *LOCALES):
        for _, written_in, text in mine or rows:
            if written_in == wanted:
                return text, wanted
        if not rows and (own := own_texts().get((key, channel, wanted))):
            return own, wanted
    raise TemplateMissing(template=key, channel=channel)


def fill_in(
    session: Session,
    channel: str,
    template: str,
    variables: Mapping[str, Any],
    lang: str,
    deployment_id: UUID | None = None,
) -> tuple[Composed, str]:
    """The text for these variables, and its language.

    Raises: TemplateMissing, ExpressionError, TextRefused
    """
    text, lang = find_text(session, template, channel, lang, deployment_id)
    filled = compile_template(text).render(variables, locale=lang)
    return kind_of(channel).compose(filled), lang


def preview(
    session: Session,
    channel: str,
    template: str,
    variables: Mapping[str, Any],
    locale: str,
    deployment_id: UUID | None = None,
) -> Preview:
    """What would go out, and how many parts it would cost (E11).

    Raises: TemplateMissing, ExpressionError, TextRefused, ChannelUnknown
    """
    made, lang = fill_in(session, channel, template, variables, locale, deployment_id)
    return Preview(made.subject, made.text, made.parts, measure(made.text), lang)


@cache
def own_texts() -> dict[tuple[str, str, str], str]:
    """(key, channel, language) -> text, of the files `<key>.<channel>.<lang>.txt`."""
    texts = {}
    for path in _OWN.glob("*.txt"):
        key, channel, lang = path.stem.rsplit(".", 2)
        texts[(key, channel, lang)] = path.read_text(encoding="utf-8")
    return texts
