"""`python -m benchmarks.clients`: browsers that send one form after the other, from one process.

It reads an `Order` as JSON and prints a `Report`. One thread and plain sockets: what it costs is
taken from the two cores that it shares with the servers. Each connection is kept; the cookie stays
the one from after log-in, as if a page had shown each message in between; every form carries the
session's token and a request id of its own.
"""

import json
import selectors
import socket
import sys
import time
import uuid
from collections.abc import Generator
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

LONGEST = 60.0  # seconds without any answer, after which the round has failed


@dataclass(frozen=True)
class Browser:
    """Somebody who is logged in at one of the web processes."""

    host: str
    port: int
    cookie: str
    token: str


@dataclass(frozen=True)
class Order:
    """What each browser does, again and again.

    Attributes:
        begins: cases that each browser starts; it completes each before the next.
        items: where each browser begins: the address of an open step, or nothing.
        answers: what the form of each step is given; none: only start.
        reads: pages that each browser asks for before all of that.
        page: their address.
    """

    browsers: list[Browser]
    process: str
    begins: int
    items: list[str]
    answers: dict[str, str]
    reads: int = 0
    page: str = "/"


@dataclass(frozen=True)
class Report:
    """Seconds of wall and of this process's CPU, milliseconds of each completion, what was begun.

    Attributes:
        begun: for each browser, where its last start led to, if it was not completed.
    """

    seconds: float
    cpu: float
    completions: list[float]
    begun: list[str]


Cases = Generator[bytes, bytes, None]  # yields a request, is sent the address it leads to


class Client:
    """A browser's connection, and what it still has to send."""

    def __init__(self, order: Order, number: int) -> None:
        self.browser, self.order = order.browsers[number], order
        self.begun = ""
        self.completions: list[float] = []
        self.socket = socket.create_connection((self.browser.host, self.browser.port), LONGEST)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._cases = self._all(order.items[number])
        self._heard = b""

    def go_on(self, address: bytes | None = None) -> bool:
        """Send the next form; False when there is none."""
        try:
            request = next(self._cases) if address is None else self._cases.send(address)
        except StopIteration:
            return False
        self.socket.sendall(request)
        return True

    def answer(self) -> bytes | None:
        """Where the answer leads to, once all of it has come."""
        part = self.socket.recv(65536)
        assert part, "the server closed a connection that was to be kept"
        self._heard += part
        head, gap, body = self._heard.partition(b"\r\n\r\n")
        if not gap or len(body) < int(_header(head, b"content-length")):
            return None
        status, self._heard = head[9:12], b""
        if status == b"200":
            return b""
        assert status in (b"302", b"303"), (head + body[:600]).decode(errors="replace")
        return _header(head, b"location")

    def _all(self, item: str) -> Cases:
        for _ in range(self.order.reads):
            yield f"GET {self.order.page} HTTP/1.1\r\nHost: {self.browser.host}\r\n\r\n".encode()
        yield from self._complete(item.encode())
        for _ in range(self.order.begins):
            first = yield self._form(f"/start/{self.order.process}", {})
            if self.order.answers:
                yield from self._complete(first)
            else:
                self.begun = first.decode()

    def _complete(self, item: bytes) -> Cases:
        """Go on where each answer leads to, as long as that is work."""
        while item.startswith(b"/items/"):
            began = time.monotonic()
            item = yield self._form(item.decode(), {"revision": "1", **self.order.answers})
            self.completions.append((time.monotonic() - began) * 1000)

    def _form(self, path: str, fields: dict[str, str]) -> bytes:
        hidden = {"csrf_token": self.browser.token, "request_id": str(uuid.uuid4())}
        body = urlencode(hidden | fields)
        return (
            f"POST {path} HTTP/1.1\r\nHost: {self.browser.host}:{self.browser.port}\r\n"
            f"Cookie: {self.browser.cookie}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        key, _, value = line.partition(b": ")
        if key.lower() == name:
            return value
    raise AssertionError(f"no {name.decode()} in {head.decode(errors='replace')}")


def carry_out(order: Order) -> Report:
    """Let all browsers send as fast as they are answered."""
    clients = [Client(order, number) for number in range(len(order.browsers))]
    began, cpu = time.monotonic(), time.process_time()
    with selectors.DefaultSelector() as selector:
        for one in clients:
            if one.go_on():
                selector.register(one.socket, selectors.EVENT_READ, one)
        while selector.get_map():
            heard = selector.select(LONGEST)
            assert heard, f"no answer in {LONGEST:.0f} s"
            for key, _ in heard:
                client: Client = key.data
                address = client.answer()
                if address is not None and not client.go_on(address):
                    selector.unregister(client.socket)
    return Report(
        time.monotonic() - began,
        time.process_time() - cpu,
        [one for client in clients for one in client.completions],
        [client.begun for client in clients],
    )


def main() -> None:
    """From an order on standard input to a report on standard output."""
    told = json.load(sys.stdin)
    browsers = [Browser(**one) for one in told.pop("browsers")]
    json.dump(asdict(carry_out(Order(browsers, **told))), sys.stdout)


if __name__ == "__main__":
    main()
