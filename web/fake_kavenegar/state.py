"""What the fake provider remembers; kept in a JSON file when one is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from kernel import clock
from web.fake_kavenegar.answers import JsonObject
from web.fake_kavenegar.faults import Fault

FINAL_OF_SCRIPT = {"delivered": 10, "failed": 6, "undelivered": 11, "blocked": 14, "silent": 5}
TO_OPERATOR_AFTER = 2
FINAL_AFTER = 10
FORGOTTEN_AFTER = 48 * 3600
REMEMBERED = 5_000


@dataclass
class Message:
    """One text that the provider accepted. Times are unix seconds, cost is in Rial."""

    messageid: int
    receptor: str
    sender: str
    message: str
    date: int
    cost: int
    parts: int
    script: str = "delivered"
    localid: str | None = None
    tag: str | None = None
    cancelled: bool = False

    def status(self, now: float) -> int:
        """1 queued, 5 with the operator, then what the phone's script says."""
        age = now - self.date
        if self.cancelled:
            return 13
        if age < 0:
            return 2
        if age < TO_OPERATOR_AFTER:
            return 1
        return 5 if age < FINAL_AFTER else FINAL_OF_SCRIPT[self.script]


@dataclass
class Incoming:
    """One text from a phone to one of our lines."""

    messageid: int
    sender: str
    receptor: str
    message: str
    date: int
    read: bool = False


@dataclass
class FakeState:
    """The provider's memory. All of it may be read and set by a test.

    Args:
        path: a JSON file that survives a restart; None keeps all in memory.
        callback_url: where answers of phones are posted, with its secret path.
        scripts: how the texts to a number end: see `FINAL_OF_SCRIPT`.
    """

    api_key: str = "fake-key"
    lines: tuple[str, ...] = ("10008663", "10004346", "2000500666")
    credit: int = 50_000_000
    price: int = 1_200
    path: Path | None = None
    callback_url: str = ""
    now: Callable[[], datetime] = clock.now
    templates: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"verify": ("token",), "mission": ("token", "token10")}
    )
    scripts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[JsonObject] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    inbox: list[Incoming] = field(default_factory=list)
    last_id: int = 1_000_000
    lock: threading.RLock = field(default_factory=threading.RLock)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.path and self.path.exists():
            self._load(orjson.loads(self.path.read_bytes()))

    @property
    def timestamp(self) -> float:
        return self.now().timestamp()

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def by_localid(self, localid: str) -> Message | None:
        return next((m for m in reversed(self.messages) if m.localid == localid), None)

    def by_id(self, messageid: int) -> Message | None:
        return next((m for m in reversed(self.messages) if m.messageid == messageid), None)

    def texts_to(self, receptor: str) -> list[str]:
        """What that phone was sent, oldest first; for assertions."""
        return [m.message for m in self.messages if m.receptor == receptor]

    def calls(self, method: str) -> list[JsonObject]:
        """The recorded requests of one method, such as `sms/send`."""
        return [call for call in self.requests if call["method"] == method]

    def save(self) -> None:
        """Forget the oldest texts, then write the file anew, whole or not at all."""
        del self.messages[:-REMEMBERED], self.inbox[:-REMEMBERED]
        if self.path is None:
            return
        data = {
            "last_id": self.last_id,
            "credit": self.credit,
            "messages": [asdict(m) for m in self.messages],
            "inbox": [asdict(m) for m in self.inbox],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2))
        draft.replace(self.path)

    def _load(self, data: JsonObject) -> None:
        self.last_id = data["last_id"]
        self.credit = data["credit"]
        self.messages = [Message(**row) for row in data["messages"]]
        self.inbox = [Incoming(**row) for row in data["inbox"]]
