"""Two ways of doing the same, in turns: the ratio of neighbours survives a machine that is busy."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 9  # that count
FEWEST = 7
LONGEST = 2 * ROUNDS
MOVED = 0.15  # a round is discarded when the fixed loop moved more than this from its median

Work = Callable[[], int]  # says how many times it did what is measured
Prepared = Callable[[], Work]  # makes ready, outside of what is measured


@dataclass(frozen=True)
class Compared:
    """Milliseconds of CPU for one of each, and what the pairs say of them."""

    mine: float
    other: float
    ratio: float
    low: float
    high: float

    def spread(self) -> str:
        """The smallest and the largest ratio of neighbours."""
        return f"{self.low:.2f}–{self.high:.2f}"


def compared(mine: Prepared, other: Prepared) -> Compared:
    """Run both in turns.

    The first round warms up.
    """
    kept = _quiet_rounds(mine, other)
    ratios = sorted(one / two for one, two in kept)
    return Compared(
        statistics.median(one for one, _ in kept) * 1000,
        statistics.median(two for _, two in kept) * 1000,
        statistics.median(ratios),
        ratios[0],
        ratios[-1],
    )


def milliseconds(work: Prepared) -> float:
    """Milliseconds of CPU of one: the median of quiet rounds."""
    return statistics.median(one for (one,) in _quiet_rounds(work)) * 1000


def _quiet_rounds(*works: Prepared) -> list[list[float]]:
    """Seconds of CPU for one of each kind of work, by round."""
    _round(works)
    seen: list[tuple[float, list[float]]] = []
    kept: list[list[float]] = []
    while len(kept) < ROUNDS and len(seen) < LONGEST:
        seen.append(_round(works))
        middle = statistics.median(loop for loop, _ in seen)
        kept = [one for loop, one in seen if abs(loop / middle - 1) <= MOVED]
    if len(kept) < FEWEST:  # a restless machine: then the least restless rounds
        kept = [one for loop, one in sorted(seen, key=lambda it: abs(it[0] / middle - 1))[:FEWEST]]
    return kept


def _round(works: Sequence[Prepared]) -> tuple[float, list[float]]:
    prepared = [one() for one in works]
    gc.collect()  # what making ready left behind
    return _fixed_loop(), [_cpu(one) for one in prepared]


def _cpu(work: Work) -> float:
    began = time.process_time()
    done = work()
    return (time.process_time() - began) / done


def _fixed_loop() -> float:
    began = time.process_time()
    total = 0
    for number in range(200_000):
        total += number & 7
    assert total
    return time.process_time() - began
