"""Eight people who work at once, over HTTP, as fast as they are answered.

Scaled: an instance is three forms: its start, and the two steps' completions, both by whoever
started it. Embedded: completions only, of instances that were started before. Each has everything
that a submission has (session, token, permission, form, step, history, inbox, deadline, one
durable commit), on kept connections, with no page between them and no proxy. The jobs that this
causes are done at the same time; what is left of them at the last answer is printed beside the
rate. Each round ends with the counts: all instances ended, as much history in each, one message
for each; at the end `ravand verify`.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from benchmarks.installation import installation
from benchmarks.probes import fdatasync
from benchmarks.result import Result
from benchmarks.scaled import Scaled, scaled
from benchmarks.staff import PEOPLE, Report, Staff, read, release, verify

ROUNDS, EACH, WARM_UP = 5, 50, 5
WEB, WORKERS = 4, 2
READS = 200
DISK_ENOUGH = 1000.0  # durable writes per second from which the bars on throughput hold
SCALED = f"PostgreSQL fsync, {WEB} web, {WORKERS} RQ workers, {len(PEOPLE)} clients"
EMBEDDED = f"SQLite FULL, thread runner, {len(PEOPLE)} clients"

Stint = Callable[[], Report]


@dataclass(frozen=True)
class Round:
    """What one round gave.

    Attributes:
        disk: durable writes per second just before.
        bare: requests per second of the bare route just before.
        rate: per second.
        cpu: milliseconds for one of what is counted, of each kind of server.
        late: seconds that the jobs needed after the last answer.
        clients: the load's share of one core.
        completions: milliseconds that each completion took.
    """

    disk: float
    bare: float
    rate: float
    cpu: tuple[float, ...]
    late: float
    clients: float
    completions: list[float]


def run() -> list[Result]:
    """Instances per second in the scaled set-up, completions per second in the embedded one."""
    many, one = _scaled(), _embedded()
    return [
        _rate(f"two-task instances over HTTP, {SCALED}", many, 60, 200),
        *_beside(many, ("… server CPU for each, ours", "… PostgreSQL's")),
        _rate(f"completions over HTTP, {EMBEDDED}", one, 150, 300),
        *_beside(one, ("… server CPU for each",), slowest=250.0),
    ]


def _scaled() -> list[Round]:
    with scaled(WEB, WORKERS, release) as site, closing(Staff(site.urls, site.database)) as staff:

        def prepare(each: int) -> tuple[Stint, int]:
            return lambda: staff.work(each), each * len(PEOPLE)

        with _bare(WEB) as bare:
            rounds = _rounds(site, staff, bare, prepare)
        verify(site.environment)
    return rounds


def _embedded() -> list[Round]:
    with installation(prepare=release) as one:
        site = Scaled([one.url], [one.pid], f"sqlite:///{one.database}", None, one.environment)
        with closing(Staff(site.urls, site.database)) as staff, _bare(1) as bare:

            def prepare(each: int) -> tuple[Stint, int]:
                items = staff.begin(each)
                return lambda: staff.complete(items), 2 * each * len(PEOPLE)

            rounds = _rounds(site, staff, bare, prepare)
        verify(site.environment)
    return rounds


def _rounds(
    site: Scaled, staff: Staff, bare: Sequence[str], prepare: Callable[[int], tuple[Stint, int]]
) -> list[Round]:
    kept, cases = [], 0
    for number in range(ROUNDS + 1):
        each = EACH if number else WARM_UP
        work, count = prepare(each)
        disk, plain = fdatasync(), read(bare, READS)
        before = site.cpu()
        report = work()
        late = staff.finish_jobs()
        spent = tuple(
            (now - then) * 1000 / count for now, then in zip(site.cpu(), before, strict=True)
        )
        cases += each * len(PEOPLE)
        staff.judge(cases)
        kept.append(
            Round(
                disk,
                READS * len(PEOPLE) / plain.seconds,
                count / report.seconds,
                spent,
                late,
                report.cpu / report.seconds,
                report.completions,
            )
        )
    return kept[1:]


@contextmanager
def _bare(count: int) -> Iterator[list[str]]:
    """As many servers with nothing but one route."""
    with ExitStack() as stack:
        yield [stack.enter_context(installation("bare")).url for _ in range(count)]


def _rate(name: str, rounds: list[Round], must: float, aim: float) -> Result:
    rates = [one.rate for one in rounds]
    spread = f"{name} ({min(rates):.0f}–{max(rates):.0f})"
    bar = must if _disk(rounds) >= DISK_ENOUGH else None
    return Result(spread, statistics.median(rates), "per second", bar, aim, "more")


def _beside(
    rounds: list[Round], servers: tuple[str, ...], slowest: float | None = None
) -> list[Result]:
    """What stands beside the rate: the disk, the bare route, latency, who used the cores."""
    waits = sorted(wait for one in rounds for wait in one.completions)
    bar = slowest if _disk(rounds) >= DISK_ENOUGH else None
    spent = zip(servers, zip(*(one.cpu for one in rounds), strict=True), strict=True)
    return [
        Result("… 99 of 100 completions within", waits[len(waits) * 99 // 100], "ms", bar),
        *(Result(name, statistics.median(each), "ms CPU") for name, each in spent),
        Result("… jobs left at the last answer", _late(rounds), "s"),
        Result("… the load's own CPU", statistics.median(_loads(rounds)), "% of a core"),
        Result("… bare Flask text route, same clients", _plain(rounds), "per second", None),
        Result("… fdatasync of 4 KB in these rounds", _disk(rounds), "per second", None),
    ]


def _loads(rounds: list[Round]) -> list[float]:
    return [one.clients * 100 for one in rounds]


def _late(rounds: list[Round]) -> float:
    return statistics.median(one.late for one in rounds)


def _plain(rounds: list[Round]) -> float:
    return statistics.median(one.bare for one in rounds)


def _disk(rounds: list[Round]) -> float:
    return statistics.median(one.disk for one in rounds)
