"""People who work on while things die, and try again until they are answered."""

import re
import threading
from collections.abc import Callable
from time import monotonic
from uuid import uuid4

import requests

from tests.product.organisation import PASSWORD, holder_of
from tests.web.test_staff_pages import LEAVE, at, hidden

CLERK, HEAD = "subscribers.expert", "subscribers.head"
AWAY = (502, 503, 504)
PATIENCE = 120.0  # seconds without any answer
_TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')
_ITEM = re.compile(r'id="item-form" method="post" action="([^"]+)"')


class Tally:
    """How many requests were answered, and how many had to be asked again; for all people."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.answered = self.again = 0
        self.over = False

    def note(self, *, answered: bool) -> None:
        """One more of either."""
        with self._changed:
            self.answered += answered
            self.again += not answered
            self._changed.notify_all()

    def end(self) -> None:
        """Nobody works any more."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def wait_for(self, answered: int) -> bool:
        """Until so many were answered; False when work ended before."""
        with self._changed:
            self._changed.wait_for(lambda: self.over or self.answered >= answered, PATIENCE)
            return not self.over


class Person:
    """A browser without scripts whose owner sends the same request until somebody answers."""

    def __init__(self, url: str, position: str, tally: Tally) -> None:
        self._url, self._tally = url, tally
        self._http = requests.Session()
        self.page = self.token = self._location = ""
        self.insist("GET", "/login")
        self.insist("POST", "/login", {"username": holder_of(position), "password": PASSWORD})

    def insist(
        self, verb: str, path: str, form: dict[str, str] | None = None, or_else: int = 200
    ) -> None:
        """Ask until the answer is not "later"; it must be a page, or `or_else`."""
        until = monotonic() + PATIENCE
        while (status := self._ask(verb, path, form)) in (0, *AWAY):
            self._tally.note(answered=False)
            assert monotonic() < until, f"nobody answers {verb} {path}"
            threading.Event().wait(0.1)  # a person's finger
        self._tally.note(answered=True)
        if status in (302, 303):
            self.insist("GET", self._location)
            return
        assert status in (200, or_else), f"{verb} {path}: {status}\n{self.page[-2000:]}"

    def _ask(self, verb: str, path: str, form: dict[str, str] | None) -> int:
        data = {"csrf_token": self.token, **form} if form is not None else None
        try:
            answer = self._http.request(
                verb, self._url + path, data=data, timeout=30, allow_redirects=False
            )
        except requests.RequestException:
            return 0
        if answer.is_redirect:  # what was sent is done; from now on only the next page is asked for
            self._location = answer.headers["Location"]
        elif answer.status_code not in AWAY:
            self.page = answer.text
            found = _TOKEN.search(self.page)
            self.token = found[1] if found else self.token
        return answer.status_code

    def item(self) -> str | None:
        """The address of the work that the page shows."""
        found = _ITEM.search(self.page)
        return found[1] if found else None

    def ask_for_leave(self) -> None:
        """A case of its own, up to the head's decision."""
        self.insist("GET", "/start?process=leave_request")
        wish = {"request_id": str(uuid4()), "start_event": at(self.page)}
        self.insist("POST", "/start/leave_request", wish)
        item = self.item()
        assert item, self.page[-2000:]
        self.insist("POST", item, {**LEAVE, **hidden(self.page)})

    def decide(self) -> bool:
        """The most urgent decision; False when there is none."""
        self.insist("GET", "/inbox/next")
        item = self.item()
        if item is None:
            return False
        sent = {"outcome": "approve", **hidden(self.page)}
        self.insist("POST", item, sent, or_else=409)  # a colleague was faster
        return True


def work(url: str, tally: Tally, clerks: int, each: int) -> threading.Thread:
    """Clerks who ask for leave, and two heads who decide until all is decided; begun."""
    asking = [_begun(lambda: _ask(url, tally, each)) for _ in range(clerks)]
    deciding = [_begun(lambda: _decide(url, tally, asking)) for _ in range(2)]

    def see_the_end() -> None:
        for one in (*asking, *deciding):
            one.join()
        tally.end()

    return _begun(see_the_end)


def _ask(url: str, tally: Tally, each: int) -> None:
    clerk = Person(url, CLERK, tally)
    for _ in range(each):
        clerk.ask_for_leave()


def _decide(url: str, tally: Tally, asking: list[threading.Thread]) -> None:
    head = Person(url, HEAD, tally)
    while True:
        more = any(one.is_alive() for one in asking)  # before looking: the last may end meanwhile
        if not head.decide() and not more:
            return
        threading.Event().wait(0.05)


def _begun(life: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=life, daemon=True)
    thread.start()
    return thread
