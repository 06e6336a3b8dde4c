"""The port through which tokens reach the outside of the run-time.

`engine.record` implements it: what is asked for here becomes rows when the run is over.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine.bpmn.model import Assign, DecisionRef, EventSpec, Node, Notify, Repeat
from engine.spiff.faults import Fault
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.spiff.token import Token


class Effects(Protocol):
    """Everything a token may ask for while it runs."""

    def condition(self, token: Token, expression: str) -> bool:
        """The truth of a condition; a Fault when it has none."""

    def script(self, token: Token, node: Node) -> None:
        """Run a script task's assignments."""

    def decide(self, token: Token, wanted: DecisionRef) -> None:
        """Ask a decision and set what it gives; a Fault when it cannot be taken."""

    def open_work(self, token: Token) -> None:
        """Offer a user task to people."""

    def start_activity(self, token: Token) -> None:
        """Hand a service or send task to the machine."""

    def call(self, token: Token) -> None:
        """Start the called process."""

    def listen(self, token: Token, event: EventSpec) -> None:
        """Wait for a timer, message or signal."""

    def rearm(self, token: Token) -> datetime | None:
        """The next instant of a repeating timer, already asked for; None when it is spent."""

    def stop(self, token: Token) -> None:
        """Nothing waits for this token any more: its items, timers and subscriptions go."""

    def throw(self, token: Token, event: EventSpec) -> None:
        """Send a message or signal to other instances."""

    def notify(self, token: Token, notifies: tuple[Notify, ...]) -> None:
        """Tell people."""

    def passed(self, token: Token, *, cancelled: bool = False) -> None:
        """A token left an element."""

    def happened(self, token: Token, kind: str, facts: JsonObject) -> None:
        """Write a line of history."""

    def incident(self, token: Token, fault: Fault) -> None:
        """A token stopped."""

    def uncaught_error(self, token: Token, code: str | None, message: str) -> bool:
        """Offer an error to whoever called this instance; whether somebody caught it."""

    def uncaught_escalation(self, token: Token, code: str | None) -> None:
        """Offer an escalation to whoever called this instance."""

    def items_of(self, token: Token, repeat: Repeat) -> tuple[int, list[Any] | None]:
        """How often a multi-instance activity runs, and over what, unless it only counts."""

    def value(self, token: Token, expression: str) -> Any:
        """The value of an expression, as JSON keeps it."""

    def assign(self, variables: JsonObject, token: Token | None = None) -> None:
        """Set variables: where a token around `token` has them as its own, else the instance's."""

    def declared(self, token: Token, data: tuple[Assign, ...]) -> JsonObject:
        """The first values of data objects and properties."""

    def hand_in(self, token: Token) -> JsonObject:
        """The values of the diagram's `ravand:in`."""

    def hand_out(self, token: Token) -> None:
        """Set what the diagram's `ravand:out` takes out of a subprocess."""

    def mark(self) -> int:
        """Where the effects stand now."""

    def rewind(self, mark: int) -> None:
        """Forget every effect since the mark."""
