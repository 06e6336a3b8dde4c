"""E-mail through an SMTP server, or into a folder where there is none."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from config import Config
from kernel import clock
from kernel.i18n import direction
from notifiers import smtp_talk
from notifiers.channels import Channel, Composed, Outgoing, channels
from notifiers.errors import AddressInvalid, TextRefused
from notifiers.outcomes import Receipt
from notifiers.text import one_line, plain
from people.cards import RecipientPerson

SILENCE, TOTAL = 15.0, 60.0  # seconds without a word, and for a whole conversation
LONGEST = 64_000
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)  # RFC 5322, 3.4.1: a point stands between two others of its kind, never at an end
_SUBJECT = re.compile(r"Subject:[ \t]*(.*)", re.IGNORECASE)


@channels.register("email")
class SmtpMail(Channel):
    """Send e-mail: one recipient a message, a Message-ID that stays the same in every repeat.

    An answer that does not come cannot be asked for, so after silence the policy decides; unless
    it says otherwise, the same message goes out again under the same Message-ID, by which mail
    programs join the two.
    """

    when_unsure = "resend"

    def __init__(
        self, url: str, sender: str, *, silence: float = SILENCE, total: float = TOTAL
    ) -> None:
        self._url, self.sender = urlsplit(url), sender
        self.silence, self.total = silence, total

    @classmethod
    def from_config(cls, config: Config) -> Self | None:
        """By `SMTP_URL`: `smtp://user:password@host:port`, `smtps://…`, `file:///folder`.

        Without it the demo writes into a folder, and everybody else has no e-mail (None).
        """
        demo_folder = (config.data_dir / "mail").as_uri() if config.demo else None
        url = config.smtp_url or demo_folder
        return cls(url, config.mail_from) if url else None

    @classmethod
    def address(cls, text: str) -> str:
        """One plain address: no name, no list, ASCII."""
        cleaned = plain(text)
        if len(cleaned) > 254 or not _ADDRESS.fullmatch(cleaned):
            raise AddressInvalid(address=text)
        return cleaned

    @classmethod
    def address_of(cls, person: RecipientPerson) -> str | None:
        """A person's e-mail."""
        return person.email

    @classmethod
    def compose(cls, text: str) -> Composed:
        """The template's first line is `Subject: …`, the rest is the text."""
        first, _, rest = plain(text).partition("\n")
        named = _SUBJECT.fullmatch(first)
        subject, body = (named[1], rest) if named else (first, plain(text))
        if not subject.strip() or not body.strip():
            raise TextRefused("message.empty")
        if len(body) > LONGEST:
            raise TextRefused("message.too-long", length=len(body), limit=LONGEST)
        return Composed(body.strip(), subject=one_line(subject)[:300])

    def send(self, message: Outgoing) -> Receipt:
        """Hand the message to the server, or write it into the folder."""
        mail = self.mail(message)
        if self._url.scheme == "file":
            folder = Path(unquote(self._url.path))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{message.localid}.eml").write_bytes(mail.as_bytes())
        else:
            self._hand_over(mail)
        return Receipt(provider_id=str(mail["Message-ID"]))

    def mail(self, message: Outgoing) -> EmailMessage:
        """The message as it goes out; header injection is refused by `EmailMessage` itself."""
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = Address(one_line(message.recipient), addr_spec=message.to)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = (
            f"<ravand.{message.localid}@{self.sender.rpartition('@')[2].strip('> ')}>"
        )
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        mail.add_alternative(_page(message), subtype="html")
        mail["Content-Language"] = message.lang  # last: adding parts moves Content-* into them
        return mail

    def _hand_over(self, mail: EmailMessage) -> None:
        failure = smtp_talk.hand_over(self._url, mail, silence=self.silence, total=self.total)
        if failure is not None:
            raise failure


def _page(message: Outgoing) -> str:
    """The same words as HTML, for the sake of the direction of Persian lines."""
    paragraphs = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in message.text.split("\n\n")
    )
    lang, towards = escape(message.lang), direction(message.lang)
    return f'<!doctype html><html lang="{lang}" dir="{towards}"><body>{paragraphs}</body></html>'
