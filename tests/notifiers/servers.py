"""Real servers on free ports: the fake provider over HTTP, and a small SMTP server."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Keeps no access log: the provider's own would hold the keys of its customers."""

    def log_request(self, *_: object) -> None: ...


@contextmanager
def serving(app: Any, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address at which a WSGI application answers while the block lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """What an SMTP server took, and what it is told to answer instead of taking it."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)  # verb -> answer line
    hang_up_after_data: int = 0
    last_word: str = "250 taken\r\n"  # the answer to a message; the line is cut after half of one
    hang_up_at: str = ""  # the verb at which the line is cut without a word
    trickle_at: str = ""  # the verb whose answer comes byte by byte and never ends
    extensions: tuple[str, ...] = ()
    stopping: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@contextmanager
def smtp_server(mailbox: Mailbox) -> Iterator[Mailbox]:
    """A server that speaks enough SMTP for one client at a time."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            sender, to = "", list[str]()
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].split(" ")[0].upper()
                if verb == mailbox.hang_up_at:
                    return
                if verb == mailbox.trickle_at:
                    self.trickle()
                    return
                if verb in mailbox.refuse:
                    self.say(mailbox.refuse[verb])
                elif verb == "EHLO" and mailbox.extensions:
                    self.say("250-test\r\n250 " + "\r\n250 ".join(mailbox.extensions))
                elif verb == "DATA":
                    self.say("354 go on")
                    self.take(sender, to)
                    if mailbox.hang_up_after_data > 0:
                        mailbox.hang_up_after_data -= 1
                        return
                    self.wfile.write(mailbox.last_word.encode())
                    if not mailbox.last_word.endswith("\n"):
                        return
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    sender = line if verb == "MAIL" else sender
                    to += [line] if verb == "RCPT" else []
                    self.say("250 fine")

        def take(self, sender: str, to: list[str]) -> None:
            lines = iter(self.rfile.readline, b".\r\n")
            body = b"".join(line[1:] if line.startswith(b"..") else line for line in lines)
            mail = message_from_bytes(body, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            mailbox.mails.append(mail)
            mailbox.envelopes.append((sender, list(to)))

        def trickle(self) -> None:
            with suppress(OSError):
                for byte in b"250 " + b"x" * 8000:
                    self.wfile.write(bytes([byte]))
                    if mailbox.stopping.wait(0.05):
                        return

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        mailbox.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield mailbox
        mailbox.stopping.set()
        server.shutdown()
        thread.join()


def unknown_authority(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
