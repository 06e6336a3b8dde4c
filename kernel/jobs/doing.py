"""One claimed job is done, put back, or given up; its failure is written down, never raised."""

import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from kernel import errors, faults, logs
from kernel.again import again
from kernel.jobs import breaker
from kernel.jobs.handlers import OutsideHandler, Spent, handlers, outside, spent
from kernel.jobs.leases import LeaseLost, Leases, at_hand, must_be_held
from kernel.queue import Claim, fail, finish, forget, give_back, postpone, renew
from kernel.uow import UnitOfWork, unit_of_work

log = logging.getLogger("ravand.jobs")

FIRST_BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(hours=1)
# Trying again gives the same answer.
HOPELESS = (errors.LimitReached, errors.Invalid, errors.Forbidden)


class _NotNow(Exception):
    """The connector's breaker is open: the job waits, and cost nothing."""


def run(held: Claim, leases: Leases) -> None:
    """Do one claimed job."""
    with logs.about(job=str(held.id), kind=held.kind), at_hand(leases, held):
        if leases.is_held(held):
            _run(held, leases)


def _run(held: Claim, leases: Leases) -> None:
    if held.attempts > held.max_attempts:  # its workers died each time: do not kill another
        _put_back(held, None, "every worker that tried it died")
        return
    try:
        if held.kind in outside:
            _run_outside(held, outside[held.kind], leases)
        else:
            again(lambda: _run_inside(held))
    except LeaseLost:
        log.warning("job %s was taken over by another worker", held.id)
    except _NotNow:
        with unit_of_work() as uow:
            give_back(uow.session, held)
    except errors.Retry as retry:
        _put_back(held, retry.after, retry.sentence())
    except Exception as error:
        log.warning("job %s (%s) failed: %s", held.id, held.kind, type(error).__name__)
        log.debug("traceback of job %s", held.id, exc_info=True)
        if isinstance(error, HOPELESS):
            _give_up(held, error)
        else:
            _put_back(held, None, sentence_of(error), error)


def _run_inside(held: Claim) -> None:
    with unit_of_work() as uow:
        _end(uow, held)
        handlers[held.kind](uow, held.payload)


def _run_outside(held: Claim, handler: OutsideHandler, leases: Leases) -> None:
    request = again(lambda: _prepare(held, handler))
    if request is None:
        return
    leases.renewed(held)
    faults.point("before-act")
    must_be_held()
    try:
        result = handler.act(request)
    except Exception as error:
        if held.connector and (reason := breaker.why_silent(error)):
            again(lambda: _note(held.connector, reason))
        raise
    faults.point("after-act")
    again(lambda: _settle(held, handler, result))


def _prepare(held: Claim, handler: OutsideHandler) -> Any:
    with unit_of_work() as uow:
        # A batch may have waited behind slow calls: only the holder of the job goes out.
        if not renew(uow.session, [held], uow.now):
            raise LeaseLost
        request = handler.prepare(uow, held.payload)
        if request is None:
            _end(uow, held)
        elif held.connector and not breaker.admit(uow, held.connector):
            raise _NotNow
        return request


def _settle(held: Claim, handler: OutsideHandler, result: Any) -> None:
    with unit_of_work() as uow:
        _end(uow, held)
        handler.settle(uow, held.payload, result)
        if held.connector:
            unreached, asked = _word(handler, "unreached"), _word(handler, "asked_to_wait")
            if wait := asked(result):
                breaker.rest(uow, held.connector, wait)
            else:
                _tell(uow, held.connector, unreached(result) or "")


def _word(handler: OutsideHandler, name: str) -> Callable[[Any], Any]:
    """What a handler can say of a result, if it can."""
    said: Callable[[Any], Any] = getattr(handler, name, lambda _result: None)
    return said


def _note(connector: str | None, reason: str) -> None:
    with unit_of_work() as uow:
        _tell(uow, connector or "", reason)


def _tell(uow: UnitOfWork, connector: str, reason: str) -> None:
    if reason:
        breaker.silent(uow, connector, reason)
    else:
        breaker.answered(uow, connector)


def _end(uow: UnitOfWork, held: Claim) -> None:
    if not finish(uow.session, held):
        raise LeaseLost


def _put_back(
    held: Claim, after: timedelta | None, reason: str, error: Exception | None = None
) -> None:
    if held.attempts >= held.max_attempts:
        _give_up(held, error or RuntimeError(reason))
        return
    wait = backoff(held.attempts) if after is None else after
    with unit_of_work() as uow:
        postpone(uow.session, held, uow.now + wait, reason)


def _give_up(held: Claim, error: Exception) -> None:
    """Leave the job to an operator, and tell whoever can say where it belongs."""
    try:
        with unit_of_work() as uow:
            if not fail(uow.session, held, sentence_of(error)):
                return
            taken_over = [told(uow, held, error) for told in _told_of(held.kind)]
            if any(taken_over):
                forget(uow.session, held.id)
    except Exception:
        log.exception("nobody could be told that job %s (%s) failed", held.id, held.kind)
        with unit_of_work() as uow:
            fail(uow.session, held, sentence_of(error))


def _told_of(kind: str) -> list[Spent]:
    own: Spent | None = getattr(outside.get(kind) or handlers.get(kind), "on_exhausted", None)
    return [own] if own is not None else [spent[name] for name in spent]


def sentence_of(error: Exception) -> str:
    """What went wrong, for the operator's eye."""
    if isinstance(error, errors.AppError):
        return error.sentence()[:2000]
    return f"{type(error).__name__}: {error}"[:2000]


def backoff(attempts: int) -> timedelta:
    """Full jitter: anything up to 10 s, doubled each time up to an hour; none march in step."""
    longest = min(FIRST_BACKOFF * 2 ** min(attempts - 1, 20), LONGEST_BACKOFF)
    return timedelta(seconds=random.uniform(0, longest.total_seconds()))  # noqa: S311 not a secret
