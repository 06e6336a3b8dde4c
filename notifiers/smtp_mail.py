"""E-mail through an SMTP server, or into a folder where there is none."""

import re
import smtplib
import ssl
from contextlib import suppress
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
from notifiers.channels import Channel, Composed, Outgoing, channels
from notifiers.errors import AddressInvalid, TextRefused
from notifiers.outcomes import Park, Receipt, Refused, Retry, SendFailure, Uncertain
from notifiers.text import one_line, plain
from people.cards import RecipientPerson

TIMEOUT = 15.0
LONGEST = 64_000
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SUBJECT = re.compile(r"Subject:[ \t]*(.*)", re.IGNORECASE)


@channels.register("email")
class SmtpMail(Channel):
    """Send e-mail: one recipient a message, a Message-ID that stays the same in every repeat.

    An answer that does not come cannot be asked for, so after silence the policy decides; unless
    it says otherwise, the same message goes out again under the same Message-ID, by which mail
    programs join the two.
    """

    when_unsure = "resend"

    def __init__(self, url: str, sender: str) -> None:
        self._url, self.sender = urlsplit(url), sender

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
        failure: SendFailure
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            failure = Park(error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            failure = Retry("not-reached", type(error).__name__)
        else:
            _deliver(server, mail)
            return
        raise failure

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
        try:
            self._greet(server)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if self._url.username:
            self._require_cover(server)
            server.login(unquote(self._url.username), unquote(self._url.password or ""))

    def _require_cover(self, server: smtplib.SMTP) -> None:
        """A password travels encrypted, or not past this machine."""
        local = self._url.hostname in {"127.0.0.1", "::1", "localhost"}
        if not local and not isinstance(server.sock, ssl.SSLSocket):
            raise smtplib.SMTPAuthenticationError(538, b"no encryption is offered")


def _deliver(server: smtplib.SMTP, mail: EmailMessage) -> None:
    """Say it to a server that listens. From here on silence means: not known."""
    failure: SendFailure | None = None
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        failure = _by_code(code, Refused)
    except smtplib.SMTPSenderRefused as error:
        failure = _by_code(error.smtp_code, Park)
    except smtplib.SMTPResponseException as error:
        failure = _by_code(error.smtp_code, Refused)
    except (smtplib.SMTPException, OSError) as error:
        failure = Uncertain("no-answer", type(error).__name__)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    if failure is not None:
        raise failure


def _by_code(code: int, lasting: type[SendFailure]) -> SendFailure:
    """4xx passes by itself, 5xx does not. Source: RFC 5321, 4.2.1."""
    return Retry(code) if 400 <= code < 500 else lasting(code)


def _page(message: Outgoing) -> str:
    """The same words as HTML, for the sake of the direction of Persian lines."""
    paragraphs = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in message.text.split("\n\n")
    )
    lang, towards = escape(message.lang), direction(message.lang)
    return f'<!doctype html><html lang="{lang}" dir="{towards}"><body>{paragraphs}</body></html>'
