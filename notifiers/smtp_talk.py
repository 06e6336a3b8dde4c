"""One conversation with a mail server, and what its end means for the message.

Up to the message itself nothing was handed over, whatever happens; from its first byte until the
server's last word nobody knows. Source: RFC 5321, 4.2.1 and 4.5.3.2.
"""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote

from kernel.deadlines import Cutter, within
from notifiers.outcomes import Park, Refused, Retry, SendFailure, Uncertain

LOCAL = {"127.0.0.1", "::1", "localhost"}


class _Server(smtplib.SMTP):
    """A server whose lines a deadline can cut, and that knows when the message was begun."""

    cutter: Cutter
    begun = False

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        line = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in the stubs
        self.cutter.watch(line)
        return line

    def data(self, msg: Any) -> Any:
        """The message itself. Only a whole "yes" or "no" to it is an answer."""
        if self.cutter.over:  # half an answer to the command before may look like a whole one
            raise smtplib.SMTPServerDisconnected
        self.begun = True
        code, said = super().data(msg)  # raises what was said before the message began
        if 200 <= code < 300:
            return 250, said  # the library knows no other yes
        if not 400 <= code < 600:
            raise smtplib.SMTPServerDisconnected
        return code, said


class _SecureServer(_Server, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def hand_over(
    url: SplitResult, mail: EmailMessage, *, silence: float, total: float
) -> SendFailure | None:
    """Say the message to the server; why it did not go, or may not have gone.

    Args:
        silence: seconds without a word after which the server is given up.
        total: seconds for the whole conversation.
    """
    with within(total) as cutter:
        server = _server(url, silence, cutter)
        try:
            _greet(server, url)
            server.send_message(mail)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return _meaning(error, begun=server.begun)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()
    return None


def _server(url: SplitResult, silence: float, cutter: Cutter) -> _Server:
    if url.scheme == "smtps":
        server: _Server = _SecureServer(timeout=silence, context=ssl.create_default_context())
    else:
        server = _Server(timeout=silence)
    server.cutter = cutter
    # What names the other side in its certificate; `connect` alone does not set it.
    server._host = url.hostname or "localhost"  # type: ignore[attr-defined]
    return server


def _greet(server: _Server, url: SplitResult) -> None:
    host = url.hostname or "localhost"
    code, said = server.connect(host, url.port or (465 if url.scheme == "smtps" else 25))
    if code != 220:
        raise smtplib.SMTPConnectError(code, said)
    server.ehlo_or_helo_if_needed()
    if url.scheme == "smtp" and server.has_extn("starttls"):
        code, said = server.starttls(context=ssl.create_default_context())
        if code != 220:  # offered and then refused: nothing is said in the open instead
            raise smtplib.SMTPConnectError(code, said)
        if server.sock is not None:
            server.cutter.watch(server.sock)  # another object on the same line
        server.ehlo()
    if url.username:
        _require_cover(server, host)
        server.login(unquote(url.username), unquote(url.password or ""))


def _require_cover(server: _Server, host: str) -> None:
    """A password travels encrypted, or not past this machine."""
    if host not in LOCAL and not isinstance(server.sock, ssl.SSLSocket):
        raise smtplib.SMTPAuthenticationError(538, b"no encryption is offered")


def _meaning(error: Exception, *, begun: bool) -> SendFailure:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(next(iter(error.recipients.values()))[0], Refused)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, Refused)
    if isinstance(error, smtplib.SMTPResponseException):  # of the sender, not of this message
        return _by_code(error.smtp_code, Park)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Park("not-trusted")
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        return Park("mail-server.lacks", str(error))  # the library's own words: no such login, …
    kind = type(error).__name__
    return Uncertain("no-answer", kind) if begun else Retry("not-reached", kind)


def _by_code(code: int, lasting: type[SendFailure]) -> SendFailure:
    """4xx passes by itself, 5xx does not; -1 is an answer that was no answer."""
    return lasting(code) if code >= 500 else Retry(code if code > 0 else "not-reached")
