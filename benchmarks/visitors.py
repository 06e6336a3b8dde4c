"""People who look at pages at a walking pace while something else goes on."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle

from benchmarks.two_task_http import Desk
from tests.product.organisation import holder_of

PAGES = ("/inbox", "/", "/start")
PAUSE = 0.25  # seconds between two pages of one person
PEOPLE = ("subscribers.expert", "subscribers.head", "management.ceo", "subscribers.expert")


@contextmanager
def looking(urls: Sequence[str]) -> Iterator[list[float]]:
    """Milliseconds that each page took, filled while the block lasts."""
    desks = [Desk(urls[number % len(urls)], holder_of(one)) for number, one in enumerate(PEOPLE)]
    taken: list[float] = []
    enough = threading.Event()

    def look(desk: Desk) -> None:
        for page in cycle(PAGES):
            began = time.monotonic()
            desk.get(page)
            taken.append((time.monotonic() - began) * 1000)
            if enough.wait(PAUSE):
                return

    with ThreadPoolExecutor(len(desks)) as pool:
        looks = [pool.submit(look, one) for one in desks]
        try:
            yield taken
        finally:
            enough.set()
    for one in looks:
        one.result()
