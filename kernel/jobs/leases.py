"""The leases of the jobs that this process holds, renewed by one thread for all of them."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from kernel.queue import Claim, renew
from kernel.queue_statements import LEASE
from kernel.uow import unit_of_work

log = logging.getLogger("ravand.jobs")

RENEW_AFTER = LEASE.total_seconds() / 3


class LeaseLost(Exception):
    """Another worker may hold the job by now; whatever this one does is rolled back."""


class Leases:
    """What a runner holds. Jobs shorter than `renew_after` (seconds) are never renewed.

    Without a renewer (tests, commands) the leases end by themselves, and so does this.
    """

    def __init__(self, renew_after: float = RENEW_AFTER) -> None:
        self._renew_after = renew_after
        self._lock = threading.Lock()
        self._held: dict[UUID, tuple[Claim, float]] = {}  # when each lease began, at the latest

    @contextmanager
    def holding(self, claims: Sequence[Claim]) -> Iterator[None]:
        """These are mine while the block lasts."""
        now = time.monotonic()
        with self._lock:
            self._held.update({one.id: (one, now) for one in claims})
        try:
            yield
        finally:
            with self._lock:
                for one in claims:
                    self._held.pop(one.id, None)

    def is_held(self, claim: Claim) -> bool:
        """Whether the lease cannot have ended yet, and nobody took the job."""
        with self._lock:
            known = self._held.get(claim.id)
        return known is not None and time.monotonic() - known[1] < LEASE.total_seconds()

    def renewed(self, claim: Claim) -> None:
        """Its lease began anew just now."""
        with self._lock:
            if claim.id in self._held:
                self._held[claim.id] = (claim, time.monotonic())

    def renew_due(self) -> None:
        """Renew those that are old enough, in one unit of work; forget those that are lost.

        The database being away is no error: it is tried again, until the leases have ended.
        """
        began = time.monotonic()
        with self._lock:
            due = [one for one, at in self._held.values() if began - at >= self._renew_after]
        if not due:
            return
        try:
            with unit_of_work() as uow:
                still = renew(uow.session, due, uow.now)
        except DBAPIError as error:
            log.warning("leases could not be renewed: %s", type(error).__name__)
            return
        with self._lock:
            for one in due:
                if one.id not in self._held:
                    continue  # it ended meanwhile
                if one.id in still:
                    self._held[one.id] = (one, began)
                else:
                    log.warning("job %s was taken over by another worker", one.id)
                    del self._held[one.id]

    def renew_until(self, stopping: threading.Event) -> None:
        """Be the renewer's thread."""
        while not stopping.wait(self._renew_after / 2):
            self.renew_due()


_at_hand: ContextVar[tuple[Leases, Claim] | None] = ContextVar("ravand_job_at_hand", default=None)


@contextmanager
def at_hand(leases: Leases, claim: Claim) -> Iterator[None]:
    """The block does this job."""
    token = _at_hand.set((leases, claim))
    try:
        yield
    finally:
        _at_hand.reset(token)


def must_be_held() -> None:
    """Asked before every call outside: whoever lost the job makes no further one.

    Raises: LeaseLost
    """
    known = _at_hand.get()
    if known is not None and not known[0].is_held(known[1]):
        raise LeaseLost
