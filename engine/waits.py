"""What a token waits for outside: timers with their due times, messages, signals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import schedule
from engine.bpmn.model import EventKind, EventSpec, TimerSpec
from engine.deadlines import cycle_of, due_of
from engine.ledger import Row
from engine.schedule import Tick, Turn
from engine.settings import settings
from engine.store import SUBSCRIPTION, TIMER
from kernel.ids import new_id
from kernel.phone import PhoneInvalid, normalise
from kernel.text import latin_digits
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.live import Live
    from engine.spiff.token import Token

REPLY = "sms.reply"  # its correlation key is a phone number
EARLY_END = "CancelRequest"  # wakes the event subprocess that ends a case early
LONGEST = 300  # characters of a key that are compared


def listen(live: Live, token: Token, event: EventSpec) -> None:
    """Wait for a timer, message or signal; other kinds wait for nothing outside."""
    if event.kind is EventKind.TIMER and event.timer is not None:
        _set_timer(live, token, event.timer)
    elif event.kind in (EventKind.MESSAGE, EventKind.SIGNAL):
        _subscribe(live, token, event)


def rearm(live: Live, token: Token) -> datetime | None:
    """Set a repeating timer again; None when it is spent."""
    turn = _turn(live, token)
    if turn is None or turn.next is None:
        return None
    tick = turn.next
    token.internal_data["cycle"] = tick.facts()
    token.internal_data["timer"] = tick.due.timestamp()
    live.ledger.add(Row(TIMER, timer_row(live, token, tick.due)))
    return tick.due


def was_missed(live: Live, token: Token) -> bool:
    """Whether a repeating timer leaves out the occurrence that is due: it was missed."""
    turn = _turn(live, token)
    return turn is not None and not turn.fires


def _turn(live: Live, token: Token) -> Turn | None:
    """What comes of a repeating timer's occurrence; None for one that fires once."""
    cycle, spec = token.internal_data.get("cycle"), token.node.event.timer
    if cycle is None or spec is None:
        return None
    return schedule.turn(Tick.read(cycle, live.calendar), spec, live.now, live.calendar)


def _set_timer(live: Live, token: Token, spec: TimerSpec) -> None:
    value = live.evaluator(token.local).value(spec.text)
    due = due_of(spec, value, live.now, live.calendar)
    if spec.kind == "cycle" and token.listener and not token.node.interrupting:
        cycle = cycle_of(value)
        token.internal_data["cycle"] = Tick(due, cycle.every, cycle.left).facts()
    live.ledger.add(Row(TIMER, timer_row(live, token, due)))
    token.internal_data["timer"] = due.timestamp()


def listen_again(live: Live, token: Token) -> None:
    """Wait once more for what a token waited for: a timer for the instant it had."""
    due = token.internal_data.get("timer")
    if due:
        planned = datetime.fromtimestamp(due, UTC)
        live.ledger.add(Row(TIMER, timer_row(live, token, planned)))
    elif token.internal_data.get("subscription"):
        _subscribe(live, token, token.node.event)


def timer_row(live: Live, token: Token, due: datetime) -> JsonObject:
    """A timer that wakes a token."""
    return {
        "id": new_id(),
        "instance_id": live.id,
        "root_id": live.root_id,
        "activation_id": token.id,
        "definition_id": None,
        "kind": "token",
        "element_id": token.node.id,
        "due_at": due.astimezone(UTC),
        "queued_at": None,
        "job_id": None,
        "facts": {},
    }


def _subscribe(live: Live, token: Token, event: EventSpec) -> None:
    key = match = None
    if event.correlation is not None:
        evaluator = live.evaluator(token.local)
        key = message_key(event.name or "", evaluator.text(event.correlation.key))
        if event.correlation.match:
            match = match_text(evaluator.text(event.correlation.match))
    row = subscription_row(live, token, str(event.kind), event.name or "", key, match)
    live.ledger.add(Row(SUBSCRIPTION, row))
    token.internal_data["subscription"] = True


def subscription_row(
    live: Live, token: Token, kind: str, name: str, key: str | None, match: str | None
) -> JsonObject:
    """A token's wait for something with a name."""
    return {
        "id": new_id(),
        "kind": kind,
        "name": name,
        "key": key,
        "match": match,
        "instance_id": live.id,
        "root_id": live.root_id,
        "activation_id": token.id,
        "definition_id": None,
        "element_id": token.node.id,
        "created_at": live.now,
    }


def thrown_key(live: Live, token: Token, event: EventSpec, carried: JsonObject) -> str | None:
    """Whose a thrown message is."""
    if event.correlation is None:
        return None
    local = {**(token.local or {}), **carried} if event.correlation.of_payload else token.local
    return message_key(event.name or "", live.evaluator(local).text(event.correlation.key))


def seconds_to_live(live: Live, token: Token, event: EventSpec) -> float:
    """How long a thrown message is kept for somebody who does not wait yet."""
    text = event.correlation.ttl if event.correlation else None
    if text is None:
        return settings().message_ttl.total_seconds()
    value = live.evaluator(token.local).value(text)
    until = due_of(TimerSpec("duration", text), value, live.now, live.calendar)
    return (until - live.now).total_seconds()


def message_key(name: str, key: str | None) -> str | None:
    """A correlation key as it is compared: latin digits, phones in E.164."""
    if key is None:
        return None
    text = latin_digits(key).strip()
    if name == REPLY:
        try:
            return normalise(text)
        except PhoneInvalid:
            pass
    return text[:LONGEST]


def match_text(text: str) -> str:
    """A message's text as it is compared with `match`."""
    return latin_digits(text).strip().casefold()[:LONGEST]
