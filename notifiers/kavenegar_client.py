"""The one file that imports `kavenegar`: time-outs, a settable address, and no key in any text.

The library waits for ever, always talks to one host, and puts the API key, which is a part of
the address, into its exceptions and its `repr`. What leaves this file carries neither key nor
address; the log of the HTTP library is cleaned as well, since it writes paths when it debugs.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from kavenegar import KavenegarAPI
from urllib3.exceptions import NewConnectionError

TIMEOUT = (5.0, 15.0)
HIDDEN = "***"


class NoAnswer(Exception):
    """The call was made; what became of it is not known."""


class NotReached(Exception):
    """No connection came about, so nothing was asked of the provider."""


class Rejected(Exception):
    """The provider answered with a code other than 200."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


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
    ) -> None:
        super().__init__(key)
        self._url, self._timeout = url.rstrip("/"), timeout
        self._session = requests.Session()
        if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}:
            self._session.trust_env = False  # a proxy must not stand before this machine
        logging.getLogger("urllib3.connectionpool").addFilter(HideText(key))

    def __repr__(self) -> str:
        return f"KavenegarClient({self._url!r})"

    __str__ = __repr__

    def send(self, to: str, text: str, sender: str, localid: int) -> SentText:
        """Hand one text to the provider; a `localid` seen before is not sent again."""
        params = {"receptor": to, "message": text, "sender": sender, "localid": str(localid)}
        return _sent(_rows(self.sms_send(params))[0])

    def by_localid(self, localids: Iterable[int]) -> list[SentText]:
        """What the provider knows of our own numbers; it remembers 12 hours."""
        params = {"localid": ",".join(map(str, localids))}
        return [_sent(row) for row in _rows(self.sms_statuslocalmessageid(params))]

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
        failure: type[Exception] | None = None
        try:
            answer = self._session.post(
                address,
                headers=self.headers,
                data=params or {},
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            failure = NotReached if _never_left(error) else NoAnswer
        if failure is not None:
            raise failure()  # out here, because the cause's text holds the address, so the key
        return _entries(answer.status_code, answer.content)


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
        return True


def _never_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _entries(http_status: int, body: bytes) -> Any:
    """The entries of an answer. What cannot be read is no answer: the work may be done or not."""
    try:
        answer = json.loads(body)
        code = int(answer["return"]["status"])
        if code == 200:
            return answer["entries"]
    except (ValueError, KeyError, TypeError):
        # A limit is often enforced in front of the provider, by a machine that speaks no JSON.
        raise Rejected(429) if http_status == 429 else NoAnswer() from None
    raise Rejected(code)


def _rows(entries: Any) -> list[Any]:
    if not isinstance(entries, list) or not entries:
        raise NoAnswer
    return entries


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
