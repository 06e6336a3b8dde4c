"""Draining the queue: claim a batch, do each job in a transaction of its own.

Both runners, the threads of the web process and the RQ workers, call `drain`; tests call
`run_until_idle`.
"""

import time
from collections.abc import Callable, Sequence

from kernel import clock
from kernel.again import again
from kernel.i18n import house_locale, use_locale
from kernel.job_table import INSIDE, LANES, OUTSIDE
from kernel.jobs.doing import run
from kernel.jobs.leases import Leases
from kernel.jobs.sweeping import sweep
from kernel.queue import Claim, claim, give_back, lanes_due
from kernel.uow import read_only, unit_of_work

# A call outside may hang, so nothing else is taken along to wait behind it.
BATCH = {INSIDE: 50, OUTSIDE: 1}
AT_ONCE = 500  # jobs after which a drain ends, so that sweeping gets its turn
LONGEST = 1.0  # seconds after which it ends, too


def _nothing() -> None: ...


def _never() -> bool:
    return False


def drain(
    limit: int = AT_ONCE,
    *,
    lanes: Sequence[str] = LANES,
    sweeping: bool = True,
    rung: bool = False,
    leases: Leases | None = None,
    claimed: Callable[[], None] = _nothing,
    stopping: Callable[[], bool] = _never,
) -> int:
    """Sweep, then run the jobs that are due, `limit` at most, for a second; how many things ran.

    What jobs write for people is in the organisation's language, whoever started the worker.

    Args:
        rung: there is work, somebody said so: it is taken without asking first.
        leases: renewed by somebody while this runs.
        claimed: called when jobs were taken: there may be more for others.
        stopping: asked before each job; those that were not begun are given back.
    """
    leases = leases or Leases()
    with use_locale(house_locale()):
        ran = sweep() if sweeping else 0
        until = time.monotonic() + LONGEST
        while ran < limit and not stopping() and (not ran or time.monotonic() < until):
            done = 0
            for lane in lanes:
                claims = _claim(lane, min(BATCH[lane], limit - ran), rung=rung and not ran)
                if claims:
                    claimed()
                    _run_all(claims, leases, stopping)
                done += len(claims)
            ran += done
            if not done:  # none is due, or others hold the rest of its group
                break
    return ran


def _run_all(claims: list[Claim], leases: Leases, stopping: Callable[[], bool]) -> None:
    with leases.holding(claims):
        for place, held in enumerate(claims):
            if place and stopping():
                with unit_of_work() as uow:
                    for one in claims[place:]:
                        give_back(uow.session, one)
                return
            leases.renew_due()  # where no thread does it
            run(held, leases)


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


def _claim(lane: str, limit: int, *, rung: bool) -> list[Claim]:
    if limit <= 0:
        return []
    if rung:  # for something new: what a dead worker left is looked for when there is time
        found = again(lambda: _claim_once(lane, limit, lapsed=False))
        if found:
            return found
    with read_only() as session:
        if not lanes_due(session, clock.now(), (lane,)):
            return []
    return again(lambda: _claim_once(lane, limit, lapsed=True))


def _claim_once(lane: str, limit: int, *, lapsed: bool) -> list[Claim]:
    with unit_of_work() as uow:
        return claim(uow.session, uow.now, limit, lane, lapsed=lapsed)
