"""Who does which kind of job."""

from typing import TYPE_CHECKING, Any, Protocol

from kernel.queue import lanes_by
from kernel.registry import Registry
from kernel.types import JsonObject

if TYPE_CHECKING:
    from kernel.queue import Claim
    from kernel.uow import UnitOfWork


class Handler(Protocol):
    """Does the work inside the transaction that also ends the job.

    It may have an attribute `on_exhausted`, a `Spent` for jobs of its kind.
    """

    def __call__(self, uow: "UnitOfWork", payload: JsonObject) -> None: ...


class OutsideHandler(Protocol):
    """Work that reaches out of the building, in three steps; only the middle one leaves.

    It may have `unreached(result) -> str`: why nobody answered, "" when somebody did. Three such
    results, or connection errors raised by `act`, open the breaker of the job's connector. With
    `asked_to_wait(result) -> timedelta | None` one result opens it for that long.
    """

    def prepare(self, uow: "UnitOfWork", payload: JsonObject) -> Any:
        """Note the intent and gather what `act` needs; None means nothing is left to do."""

    def act(self, request: Any) -> Any:
        """Talk to the world; no transaction is open."""

    def settle(self, uow: "UnitOfWork", payload: JsonObject, result: Any) -> None:
        """Write down what came of it, in the transaction that ends the job."""


class Spent(Protocol):
    """Told in the transaction that ends a job's last attempt, so that nothing vanishes."""

    def __call__(self, uow: "UnitOfWork", job: "Claim", error: Exception) -> bool:
        """Whether somebody else answers for the work now: then the failed job's row goes away."""


class Sweep(Protocol):
    """Looks for work that no job announces, such as timers that came due.

    It may have an attribute `every`, the pause between two looks; else it is asked each second or
    two, by one process of the installation; and a method `next_due(session)`, the instant at
    which it will find something next (None: nobody knows), so that it is asked then and not later.
    """

    def __call__(self, uow: "UnitOfWork") -> int:
        """Do one bounded batch; how much was done, 0 when nothing is left."""


handlers: Registry[Handler] = Registry("jobs")
outside: Registry[OutsideHandler] = Registry("outside-jobs")
sweeps: Registry[Sweep] = Registry("sweeps")
spent: Registry[Spent] = Registry("spent-jobs")  # for kinds that have no `on_exhausted`
lanes_by(outside.__contains__)
