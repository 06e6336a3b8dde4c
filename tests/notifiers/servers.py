"""Real servers on free ports: the fake provider over HTTP, and a small SMTP server."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Keeps no access log: the provider's own would hold the keys of its customers."""

    def log_request(self, *_: object) -> None: ...


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address at which a WSGI application answers while the block lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
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
                if verb in mailbox.refuse:
                    self.say(mailbox.refuse[verb])
                elif verb == "DATA":
                    self.say("354 go on")
                    self.take(sender, to)
                    if mailbox.hang_up_after_data > 0:
                        mailbox.hang_up_after_data -= 1
                        return
                    self.say("250 taken")
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

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        mailbox.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield mailbox
        server.shutdown()
        thread.join()
