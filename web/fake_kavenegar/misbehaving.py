"""What a provider with a fault says, or does not say, in the place of its answer."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event

import orjson
from flask import Response, request

from web.fake_kavenegar.answers import envelope
from web.fake_kavenegar.faults import DONE, Fault

PAGE = "<!doctype html><title>Oops</title><h1>Something went wrong</h1>"
HUGE = 64 * 1024 * 1024
PIECE = 64 * 1024


def commit(fault: Fault, stopping: Event, work: Callable[[], Response]) -> Response:
    """Answer as the fault wants. `work` does what was asked for; some faults leave it undone."""
    if fault.kind == "delay":  # the text is taken late, too: whoever asks meanwhile hears nothing
        stopping.wait(fault.seconds)
    if fault.kind in DONE:
        return _AFTER[fault.kind](fault, stopping, work())
    return _INSTEAD[fault.kind](fault)


def json_answer(code: int, entries: object, http: int | None = None) -> Response:
    """The provider's envelope; its code is the HTTP status too, unless that is given."""
    body = orjson.dumps(envelope(code, entries))
    return Response(body, http or code, mimetype="application/json")


def silence() -> Response:
    """No answer at all: the connection is closed, what is written afterwards goes nowhere."""
    line = _line()
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
    return Response(b"", 500)


def _line() -> socket.socket | None:
    found: socket.socket | None = request.environ.get("werkzeug.socket")
    return found


def _no_entries(fault: Fault) -> Response:
    body = '{"return":{"status":200,"message":"تایید شد"}}'
    return Response(body, mimetype="application/json")


def _code(fault: Fault) -> Response:
    answer = json_answer(fault.code, None)
    answer.headers.update(_wait(fault))
    return answer


def _wait(fault: Fault) -> dict[str, str]:
    return {"Retry-After": fault.wait} if fault.wait else {}


_INSTEAD: dict[str, Callable[[Fault], Response]] = {
    "page500": lambda fault: Response(
        PAGE, 503 if fault.wait else 500, _wait(fault), mimetype="text/html"
    ),
    "page200": lambda fault: Response(PAGE, 200, mimetype="text/html"),
    "cut": lambda fault: silence(),
    "empty": lambda fault: Response(b"", 200, mimetype="application/json"),
    "no_entries": _no_entries,
    "code": _code,
    "hidden_code": lambda fault: json_answer(fault.code, None, 200),
    "redirect": lambda fault: Response(b"", 307, headers={"Location": fault.to}),
}


def _never(fault: Fault, stopping: Event, answer: Response) -> Response:
    stopping.wait(fault.seconds)
    return silence()


def _half(fault: Fault, stopping: Event, answer: Response) -> Response:
    """The promised length never comes."""
    whole = answer.get_data()
    answer.set_data(whole[: len(whole) // 2])
    answer.headers["Content-Length"] = str(len(whole))
    return answer


def _trickle(fault: Fault, stopping: Event, answer: Response) -> Response:
    whole = answer.get_data()
    answer.response = _drops(whole, fault.seconds, stopping)
    answer.headers["Content-Length"] = str(len(whole))
    return answer


def _trickle_head(fault: Fault, stopping: Event, answer: Response) -> Response:
    line = _line()
    if line is not None:
        head = b"HTTP/1.1 200 OK\r\nServer: slow\r\n" + b"X-Wait: yes\r\n" * 90
        with suppress(OSError):  # nobody waits for the end of it
            for drop in _drops(head, fault.seconds, stopping):
                line.sendall(drop)
    return silence()


def _drops(whole: bytes, seconds: float, stopping: Event) -> Iterator[bytes]:
    for place in range(len(whole)):
        stopping.wait(seconds)
        yield whole[place : place + 1]


def _huge(fault: Fault, stopping: Event, answer: Response) -> Response:
    """The right answer, after so much white space that nobody should read to its end."""

    def pieces() -> Iterator[bytes]:
        for _ in range(HUGE // PIECE):
            yield b" " * PIECE
        yield whole

    whole = answer.get_data()
    answer.response = pieces()
    answer.headers["Content-Length"] = str(HUGE + len(whole))
    return answer


def _stranger(fault: Fault, stopping: Event, answer: Response) -> Response:
    said = orjson.loads(answer.get_data())
    for row in said["entries"] or []:
        row.update(receptor="09350000000", localid="1")
    answer.set_data(orjson.dumps(said))
    return answer


def _no_rows(fault: Fault, stopping: Event, answer: Response) -> Response:
    return json_answer(200, [])


def _wrong_http(fault: Fault, stopping: Event, answer: Response) -> Response:
    answer.status_code = 500
    return answer


_AFTER: dict[str, Callable[[Fault, Event, Response], Response]] = {
    "delay": lambda fault, stopping, answer: answer,
    "accept_then_silence": _never,
    "half": _half,
    "trickle": _trickle,
    "trickle_head": _trickle_head,
    "huge": _huge,
    "stranger": _stranger,
    "no_rows": _no_rows,
    "wrong_http": _wrong_http,
}
