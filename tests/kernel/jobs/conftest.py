"""The two runners behind one face, so that every promise is tested with both."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel.jobs import outside, rq_runner
from kernel.jobs.embedded import EmbeddedRunner
from kernel.jobs.handlers import handlers, sweeps
from kernel.uow import UnitOfWork
from tests.kernel.jobs.work import Runner, nothing_runs, until


@pytest.fixture(autouse=True)
def _registries_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it; no sweep of the product disturbs a count."""
    for registry in (handlers, outside, sweeps):
        monkeypatch.setattr(registry, "_parts", dict(registry._parts))
    for name in list(sweeps):
        if not name.startswith("jobs."):
            del sweeps._parts[name]


@pytest.fixture(params=["threads", "rq"])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """The threads of the web process, and an RQ worker: each does what is due, then stops."""
    if request.param == "rq":
        yield Runner(_rq(request.getfixturevalue("redis_url")))
    else:
        yield Runner(_threads)


def _rq(url: str) -> Callable[[], None]:
    rq_runner.Bell(url).connection.flushall()

    def work() -> None:
        rq_runner.ring_through(url).ring()
        rq_runner.work(url, burst=True)

    return work


def _threads() -> None:
    embedded = EmbeddedRunner()
    embedded.start()
    try:
        until(nothing_runs, "nothing is left to do")
    finally:
        embedded.stop()


@pytest.fixture
def seen() -> list[Any]:
    """What the handler `test.note` was handed."""
    notes: list[Any] = []

    @handlers.register("test.note")
    def note(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        notes.append(payload["n"])

    return notes
