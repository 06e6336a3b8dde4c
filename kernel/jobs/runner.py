"""Draining the queue: claim a batch, do each job in a transaction of its own, sweep.

Both runners, the embedded thread and the RQ workers, call `drain`; tests call `run_until_idle`.
"""

import logging
import random
from datetime import timedelta

from kernel import clock, errors, faults, hold, logs
from kernel.i18n import house_locale, use_locale
from kernel.jobs.handlers import OutsideHandler, Spent, handlers, outside, spent, sweeps
from kernel.queue import Claim, anything_due, claim, fail, finish, forget, postpone, renew
from kernel.uow import read_only, unit_of_work

log = logging.getLogger("ravand.jobs")

BATCH = 50
AT_ONCE = 500  # jobs after which a drain ends, so that sweeping gets its turn
FIRST_BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(hours=1)
HOPELESS = (errors.LimitReached, errors.Invalid)  # trying again gives the same answer


class _LostLease(Exception):
    """Another worker holds the job now; whatever this one did is rolled back."""


def drain(limit: int = AT_ONCE, *, sweeping: bool = True, rung: bool = False) -> int:
    """Sweep, then run the jobs that are due, at most `limit`; how many things ran.

    What jobs write for people is in the organisation's language, whoever started the worker.

    Args:
        rung: there is work, somebody said so: it is taken without asking first.
    """
    with use_locale(house_locale()):
        ran = sweep() if sweeping else 0
        while ran < limit:
            most = min(BATCH, limit - ran)
            claims = _claim(most, rung=rung and not ran)
            for held in claims:
                run(held)
            ran += len(claims)
            if not claims:  # none is due, or others hold the rest of its group
                break
    return ran


def run_until_idle(limit: int = 10_000) -> int:
    """Run everything that is due at the clock's instant, and what that causes.

    Raises: RuntimeError past `limit` things: something makes work for ever.
    """
    ran = 0
    while done := drain(limit):
        ran += done
        if ran >= limit:
            raise RuntimeError(f"still not idle after {ran} jobs")
    return ran


def sweep() -> int:
    """Let every sweep do all that is due; how much was done."""
    with read_only() as session:
        if hold.is_on(session):
            return 0
    done = 0
    for name in list(sweeps):
        try:
            while count := _sweep_once(name):
                done += count
        except Exception:
            log.exception("sweep %s failed", name)
    return done


def _sweep_once(name: str) -> int:
    with unit_of_work() as uow:
        return sweeps[name](uow)


def _claim(limit: int, *, rung: bool) -> list[Claim]:
    if not rung:
        with read_only() as session:
            if not anything_due(session, clock.now()):
                return []
    with unit_of_work() as uow:
        return claim(uow.session, uow.now, limit)


def run(held: Claim) -> None:
    """Do one claimed job; its failure is written to the job, never raised."""
    with logs.about(job=str(held.id), kind=held.kind):
        _run(held)


def _run(held: Claim) -> None:
    if held.attempts > held.max_attempts:  # its workers died each time: do not kill another
        _put_back(held, None, "every worker that tried it died")
        return
    try:
        if held.kind in outside:
            _run_outside(held, outside[held.kind])
        else:
            with unit_of_work() as uow:
                _end(uow.session, held)
                handlers[held.kind](uow, held.payload)
    except _LostLease:
        log.warning("job %s was taken over by another worker", held.id)
    except errors.Retry as retry:
        _put_back(held, retry.after, retry.sentence())
    except Exception as error:
        log.warning("job %s (%s) failed: %s", held.id, held.kind, type(error).__name__)
        log.debug("traceback of job %s", held.id, exc_info=True)
        if isinstance(error, HOPELESS):
            _give_up(held, error)
        else:
            _put_back(held, None, sentence_of(error), error)


def _run_outside(held: Claim, handler: OutsideHandler) -> None:
    with unit_of_work() as uow:
        # A batch may have waited behind slow calls: only the holder of the job goes out.
        if not renew(uow.session, held, uow.now):
            raise _LostLease
        request = handler.prepare(uow, held.payload)
        if request is None:
            _end(uow.session, held)
            return
    faults.point("before-act")
    result = handler.act(request)
    faults.point("after-act")
    with unit_of_work() as uow:
        _end(uow.session, held)
        handler.settle(uow, held.payload, result)


def _end(session: object, held: Claim) -> None:
    if not finish(session, held):  # type: ignore[arg-type]  # a Session
        raise _LostLease


def _put_back(
    held: Claim, after: timedelta | None, reason: str, error: Exception | None = None
) -> None:
    if held.attempts >= held.max_attempts:
        _give_up(held, error or RuntimeError(reason))
        return
    with unit_of_work() as uow:
        postpone(uow.session, held, uow.now + (after or backoff(held.attempts)), reason)


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
    """10 s, doubled each time up to an hour, with jitter so that none march in step."""
    wait = min(FIRST_BACKOFF * 2 ** (attempts - 1), LONGEST_BACKOFF)
    jitter = random.uniform(0.875, 1.125)  # noqa: S311 not a secret
    return timedelta(seconds=wait.total_seconds() * jitter)
