"""One completion in memory, ours with load and save, stock SpiffWorkflow without."""

from benchmarks.memory import Ours, Stock
from benchmarks.models import ANSWERS, contract, crowd
from benchmarks.result import Result
from benchmarks.rounds import Work, compared

INSTANCES, STEPS = 60, 4
CROWD, STOCK_CROWD, PER_ROUND = 5000, 500, 20


def run() -> list[Result]:
    """The contract model's step and size, and one completion among thousands of bodies."""
    step = compared(_contracts, stock_contracts)
    crowds = _Crowds()
    among = compared(crowds.ours, crowds.stock)
    return [
        Result(
            f"contract model: load, step, save / stock's step ({step.spread()})",
            step.ratio,
            "x",
            1.0,
            0.5,
        ),
        Result("… ours, with load and save", step.mine, "ms CPU"),
        Result("… stock SpiffWorkflow's, without", step.other, "ms CPU"),
        Result("contract model: its largest saved state", largest_state() / 1024, "KB", 2, 1),
        Result(f"one of {CROWD} bodies completed in memory", among.mine, "ms CPU", 1, 0.3),
        Result(f"… stock SpiffWorkflow, one of {STOCK_CROWD}", among.other, "ms CPU"),
    ]


def _contracts() -> Work:
    started = [Ours(contract(), {}) for _ in range(INSTANCES)]
    for one in started:
        one.store()

    def work() -> int:
        for one in started:
            steps = 1
            while one.step(ANSWERS):
                steps += 1
            assert (steps, one.effects.variables["total"]) == (STEPS, 3000)
        return INSTANCES * STEPS

    return work


def stock_contracts() -> Work:
    """Contract instances of the stock engine, to be led to their end."""
    started = [Stock(contract(stock=True), "contract", {}) for _ in range(INSTANCES)]

    def work() -> int:
        for one in started:
            steps = 1
            while one.step(ANSWERS):
                steps += 1
            assert (steps, one.workflow.last_task.data["total"]) == (STEPS, 3000)
        return INSTANCES * STEPS

    return work


def largest_state() -> int:
    """Bytes of the contract model's state where it is largest."""
    one = Ours(contract(), {})
    one.store()
    sizes = [len(one.blob)]
    while one.step(ANSWERS):
        sizes.append(len(one.blob))
    return max(sizes)


class _Crowds:
    """One large activity in each engine, of which each round completes some more bodies."""

    def __init__(self) -> None:
        self.mine = Ours(crowd(), {"people": list(range(CROWD))})
        self.peer = Stock(crowd(stock=STOCK_CROWD), "crowd", {})

    def ours(self) -> Work:
        case, effects = self.mine.case, self.mine.effects

        def work() -> int:
            assert case is not None
            before = len(case.live)
            for _ in range(PER_ROUND):
                case.finish(case.live[effects.open.pop(0)[1]])
                case.run()
            assert len(case.live) == before - PER_ROUND
            return PER_ROUND

        return work

    def stock(self) -> Work:
        def work() -> int:
            for _ in range(2):
                assert self.peer.step({})
            return 2

        return work
