"""One call over HTTP that ends in time, reads no more than it should, and is led nowhere else.

What leaves this file carries neither the address, which holds the API key, nor the library's
exceptions, whose texts hold the address.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from kernel import clock
from kernel.deadlines import Cutter, within
from notifiers import retry_after

MOST_BYTES = 1024 * 1024
PIECE = 16 * 1024


class NoAnswer(Exception):
    """The call was made; what became of it is not known.

    `wait`: how long the other side asks to be left alone all the same; None when it said nothing.
    """

    def __init__(self, wait: timedelta | None = None) -> None:
        super().__init__()
        self.wait = wait


@dataclass(frozen=True)
class Answer:
    """What came back. `wait` is what its `Retry-After` asks for."""

    status: int
    body: bytes
    wait: timedelta | None


class NotReached(Exception):
    """No connection came about, so nothing was asked of the provider."""


class NotTrusted(NotReached):
    """Whoever answers cannot show that it is the provider; nothing was said to it."""


class Redirected(NotReached):
    """The address points elsewhere, and the key is not carried there."""


@dataclass
class _Call:
    """The call that this thread makes."""

    cutter: Cutter
    left: bool = field(default=False)


_call: ContextVar[_Call | None] = ContextVar("ravand_http_call", default=None)


class _Watched:
    """Notes when something was said, and shows its line to the deadline."""

    sock: Any

    def send(self, data: Any) -> None:
        call = _call.get()
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]  # of the connection mixed in
        if call is not None:
            call.cutter.watch(self.sock)
            call.left = True
        super().send(data)  # type: ignore[misc]


class _Plain(_Watched, HTTPConnection):
    pass


class _Encrypted(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class WatchedAdapter(HTTPAdapter):
    """Connections that a deadline can cut."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Pools of such connections."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        """The same where a proxy stands between."""
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS = {"http": _PlainPool, "https": _EncryptedPool}


def post(
    session: requests.Session,
    address: str,
    data: dict[str, str],
    *,
    timeout: tuple[float, float],
    total: float,
) -> Answer:
    """Make one call; its answer.

    Args:
        timeout: seconds to connect, and of silence.
        total: seconds for all of it.

    Raises: NoAnswer, NotReached, NotTrusted, Redirected
    """
    failure: Exception
    with within(total) as cutter:
        call = _Call(cutter)
        token = _call.set(call)
        try:
            return _exchange(session, address, data, timeout)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = _failure(error, left=call.left)
        finally:
            _call.reset(token)
    raise failure  # out here, because the cause's text holds the address, so the key


def _exchange(
    session: requests.Session, address: str, data: dict[str, str], timeout: tuple[float, float]
) -> Answer:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "charset": "utf-8"}
    with session.post(
        address, data=data, headers=headers, timeout=timeout, allow_redirects=False, stream=True
    ) as answer:
        if 300 <= answer.status_code < 400:
            raise Redirected
        body = bytearray()
        while piece := answer.raw.read(PIECE):
            body += piece
            if len(body) > MOST_BYTES:
                raise NoAnswer
        wait = retry_after.read(answer.headers.get("Retry-After"), clock.now())
        return Answer(answer.status_code, bytes(body), wait)


def _failure(error: Exception, *, left: bool) -> Exception:
    if left:
        return NoAnswer()
    return NotTrusted() if "CERTIFICATE_VERIFY_FAILED" in str(error) else NotReached()
