"""The one file that imports `kavenegar`: time-outs, a settable address, and no key in any text.

The library waits for ever, always talks to one host, believes whatever it is told, and puts the
API key, which is a part of the address, into its exceptions and its `repr`. What leaves this file
carries neither key nor address; the log of the HTTP library is cleaned as well, since it writes
paths when it debugs.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from kavenegar import KavenegarAPI

from notifiers.kavenegar_http import Answer, NoAnswer, NotReached, WatchedAdapter, post

__all__ = ["KavenegarClient", "NoAnswer", "NotReached", "Rejected"]

TIMEOUT = (5.0, 15.0)  # seconds to connect, and of silence
TOTAL = 30.0  # seconds for a whole call
HIDDEN = "***"
SPEAKERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")


class Rejected(Exception):
    """The provider answered with a code other than 200. `wait`: as of `NoAnswer`."""

    def __init__(self, code: int, wait: timedelta | None = None) -> None:
        super().__init__(code)
        self.code, self.wait = code, wait


@dataclass(frozen=True)
class SentText:
    """The provider's record of one text. `status` is its own number, see `status.py`."""

    message_id: str
    status: int
    localid: str | None = None
    cost: int | None = None


@dataclass(frozen=True)
class IncomingText:
    """A text that a phone sent to one of our lines."""

    message_id: str
    sender: str
    line: str
    text: str


class KavenegarClient(KavenegarAPI):  # type: ignore[misc]  # the library has no types
    """Kavenegar's REST v1 with time-outs and a key that nobody can read back.

    Raises, from every method: NoAnswer, NotReached, Rejected.
    """

    def __init__(
        self,
        key: str,
        url: str = "https://api.kavenegar.com",
        timeout: tuple[float, float] = TIMEOUT,
        total: float = TOTAL,
    ) -> None:
        super().__init__(key)
        self._url, self._timeout, self._total = url.rstrip("/"), timeout, total
        self._session = requests.Session()
        self._session.mount("http://", WatchedAdapter())
        self._session.mount("https://", WatchedAdapter())
        if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}:
            self._session.trust_env = False  # a proxy must not stand before this machine
        for name in SPEAKERS:
            logging.getLogger(name).addFilter(HideText(key))

    def __repr__(self) -> str:
        return f"KavenegarClient({self._url!r})"

    __str__ = __repr__

    def send(self, to: str, text: str, sender: str, localid: int) -> SentText:
        """Hand one text to the provider; a `localid` seen before is not sent again."""
        params = {"receptor": to, "message": text, "sender": sender, "localid": str(localid)}
        [row] = _rows(self.sms_send(params), 1)
        sent = _sent(row)
        if _national(str(row.get("receptor", ""))) != _national(to):
            raise NoAnswer  # it speaks of somebody else's text
        if sent.localid not in (None, str(localid)):
            raise NoAnswer
        return sent

    def by_localid(self, localid: int) -> SentText:
        """What the provider knows of our own number; it remembers 12 hours."""
        [row] = _rows(self.sms_statuslocalmessageid({"localid": str(localid)}), 1)
        known = _sent(row)
        if known.localid != str(localid):
            raise NoAnswer
        return known

    def statuses(self, message_ids: Iterable[str]) -> list[SentText]:
        """Where texts are; 500 at most, and not older than 48 hours."""
        params = {"messageid": ",".join(message_ids)}
        return [_sent(row) for row in _rows(self.sms_status(params))]

    def received(self, line: str, *, read: bool) -> list[IncomingText]:
        """Up to 100 texts to a line; asking for unread ones marks them read at the provider."""
        rows = self.sms_receive({"linenumber": line, "isread": "1" if read else "0"}) or []
        return [_incoming(row) for row in rows]

    def credit(self) -> int:
        """What is left, in Rial."""
        return int(self.account_info()["remaincredit"])

    def _request(self, action: str, method: str, params: Mapping[str, str] | None = None) -> Any:
        """Make one call; its entries. Overrides the library's, which has the faults above."""
        address = f"{self._url}/{self.version}/{self.apikey}/{action}/{method}.json"
        given = dict(params or {})
        answer = post(self._session, address, given, timeout=self._timeout, total=self._total)
        return _entries(answer)


class HideText(logging.Filter):
    """Replaces a secret in everything a logger says."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, cleaned."""
        text = record.getMessage()
        if self._secret in text:
            record.msg, record.args = text.replace(self._secret, HIDDEN), ()
            record.exc_info = record.exc_text = None  # it may quote the same address
        return True


def _entries(answer: Answer) -> Any:
    """The entries of an answer. What cannot be read is no answer: the work may be done or not."""
    try:
        said = json.loads(answer.body)
        code = int(said["return"]["status"])
        if code == 200 and answer.status == 200:
            return said["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        # A limit is often enforced in front of the provider, by a machine that speaks no JSON.
        limited = answer.status == 429
        raise Rejected(429, answer.wait) if limited else NoAnswer(answer.wait) from None
    if code == 200:
        raise NoAnswer(answer.wait)  # its two statuses contradict each other
    raise Rejected(code, answer.wait)


def _rows(entries: Any, count: int | None = None) -> list[Any]:
    if not isinstance(entries, list) or not entries or count not in (None, len(entries)):
        raise NoAnswer
    return entries


def _national(phone: str) -> str:
    """The last ten digits: the provider writes 09…, we write +989…."""
    return phone[-10:]


def _sent(row: Any) -> SentText:
    try:
        localid, cost = row.get("localid"), row.get("cost")
        return SentText(
            message_id=str(row["messageid"]),
            status=int(row["status"]),
            localid=None if localid is None else str(localid),
            cost=None if cost is None else int(cost),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoAnswer from None


def _incoming(row: Any) -> IncomingText:
    try:
        return IncomingText(
            str(row["messageid"]), str(row["sender"]), str(row["receptor"]), str(row["message"])
        )
    except (KeyError, TypeError):
        raise NoAnswer from None
