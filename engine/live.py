"""One instance while it is being advanced: its row, its tokens, and what the tokens ask for."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from engine import deciding, notices, signals, waits, work
from engine.bpmn.model import Assign, DecisionRef, EventKind, EventSpec, Node, Notify, Repeat
from engine.definitions import Definition
from engine.evaluate import Evaluator, Scope, given
from engine.events import IncidentOpened
from engine.external import EXTERNAL_TYPE, offer
from engine.ledger import JobWanted, Ledger, Row, Stop
from engine.mapping import assigned
from engine.performers import Resolver, functions
from engine.settings import settings
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.dormitory import place_of
from engine.spiff.faults import Fault
from engine.store import HISTORY, INCIDENT
from kernel.expressions import to_json
from kernel.ids import new_id
from kernel.types import JsonObject
from people.actor import SYSTEM, Actor
from people.chart import Directory
from people.worktime import WorkCalendar, add_worktime, after_duration

if TYPE_CHECKING:
    from engine.advance import Tree
    from engine.spiff.token import Token


MAX_VARIABLES = 2_000_000  # bytes of JSON in one instance


class Live:
    """Implements `engine.spiff.effects.Effects` for one instance of a tree.

    Everything asked for goes to the tree's ledger; nothing touches the database here but the
    cached chart and calendar.
    """

    def __init__(self, tree: Tree, row: JsonObject, definition: Definition, *, new: bool) -> None:
        self.tree = tree
        self.row = row
        self.definition = definition
        self.is_new = new
        self.closed = False
        self.ledger: Ledger = tree.ledger
        self.now: datetime = tree.uow.now
        self.id: UUID = row["id"]
        self.root_id: UUID = row["root_id"]
        self.variables: JsonObject = row["variables"]
        self.acting: tuple[UUID, Actor, JsonObject] | None = None
        if new:
            self.case = Case(definition.graph, self, self.variables, self.now)
            self.case.facts = {"by": {}, "visits": {}}
        else:
            self.case = codec.load(
                row["state"], definition.graph, self, self.variables, self.now, self._parts
            )

    def _parts(self, numbers: list[int]) -> dict[int, bytes]:
        return self.tree.store.parts(self.id, numbers)

    # -- what expressions see --------------------------------------------------------------

    @property
    def chart(self) -> Directory:
        """The organisation."""
        return self.tree.chart

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar that limits run on."""
        return self.tree.calendar

    @property
    def subject(self) -> str:
        """What the case is about, in one line: the variable `subject`, if there is one."""
        named = self.variables.get("subject")
        return str(named)[:300] if isinstance(named, str) and named else str(self.row["subject"])

    @property
    def done_by(self) -> dict[str, str]:
        """Who completed each task last."""
        found: dict[str, str] = self.case.facts["by"]
        return found

    @cached_property
    def given(self) -> JsonObject:
        """The names that the engine gives to expressions and templates."""
        row = self.row
        instance = {
            "id": str(self.id),
            "number": row["number"],
            "business_key": row["business_key"],
            "definition": row["definition_key"],
            "started_at": row["started_at"],
        }
        return given(
            instance=instance,
            initiator=row["initiator"],
            now=self.now,
            organisation=settings().organisation(),
            zone=settings().zone,
        )

    @cached_property
    def functions(self) -> JsonObject:
        """The engine's functions for expressions."""

        def worktime(start: Any, duration: Any) -> datetime:
            moment = start if isinstance(start, datetime) else datetime.fromisoformat(str(start))
            text = duration if isinstance(duration, str) else to_json(duration)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=settings().zone)
            return after_duration(add_worktime(moment, 0, self.calendar), text, self.calendar)

        return {**functions(self.chart, self.done_by), "worktime": worktime}

    def evaluator(self, local: JsonObject | None) -> Evaluator:
        """Evaluates with the instance's variables and some local ones."""
        return Evaluator(Scope(self.given, local, self.variables), self.functions)

    def resolver(self, token: Token) -> Resolver:
        """Finds who gets a token's task."""
        evaluator = self.evaluator(token.local)
        return Resolver(self.chart, evaluator, self.row["initiator"], self.done_by)

    def count_visit(self, element_id: str) -> int:
        """One more visit to a step; how many that makes."""
        visits = self.case.facts["visits"]
        visits[element_id] = visits.get(element_id, 0) + 1
        return int(visits[element_id])

    # -- Effects: data ---------------------------------------------------------------------

    def condition(self, token: Token, expression: str) -> bool:
        return self.evaluator(token.local).condition(expression)

    def script(self, token: Token, node: Node) -> None:
        if node.script is not None:
            self.take(token, self.evaluator(token.local).script(node.script.text))

    def decide(self, token: Token, wanted: DecisionRef) -> None:
        deciding.decide(self, token, wanted)

    def value(self, token: Token, expression: str) -> Any:
        return self.evaluator(token.local).plain(expression)

    def assign(self, variables: JsonObject, token: Token | None = None) -> None:
        self.variables.update(variables if token is None else token.assign(variables))

    def take(self, token: Token, values: JsonObject) -> None:
        """Set what a step of a machine gave.

        Raises: Fault when that alone is more than an instance may hold.
        """
        if len(orjson.dumps(values)) > MAX_VARIABLES:
            raise Fault("engine.state-limit", "the result is too large", **self._full())
        self.assign(values, token)

    def _full(self) -> JsonObject:
        return {"number": self.row["number"], "limit": MAX_VARIABLES}

    def answered(self, token: Token, values: JsonObject) -> None:
        """Set a person's answers; those given in a run of a repeated activity stay its own too."""
        own = {name: value for name, value in values.items() if name in (token.own or {})}
        if own:
            token.own = {**(token.own or {}), **own}
        values = {name: value for name, value in values.items() if name not in own}
        self.variables.update(values)
        for around in token.chain():
            if around.is_body:
                said = around.internal_data.get("said", {})
                around.internal_data["said"] = said | values
                break

    def declared(self, token: Token, data: tuple[Assign, ...]) -> JsonObject:
        evaluator = self.evaluator(token.local)
        return {
            one.target: evaluator.plain(one.expression) if one.expression else None
            for one in data
            if one.target
        }

    def hand_in(self, token: Token) -> JsonObject:
        return assigned(token.node.inputs, self.evaluator(token.local), self.seen(token))

    def hand_out(self, token: Token) -> None:
        values = assigned(token.node.outputs, self.evaluator(token.local), self.seen(token))
        item = token.node.repeat.output_item if token.node.repeat else None
        if token.is_body and item in values:
            token.own = {**(token.own or {}), item: values.pop(item)}
        outside = next(itertools.islice(token.chain(), 1, None), None)
        self.assign(values, outside)

    def seen(self, token: Token) -> JsonObject:
        """Every variable that a token sees."""
        local = token.local
        return {**self.variables, **local} if local else self.variables

    def items_of(self, token: Token, repeat: Repeat) -> tuple[int, list[Any] | None]:
        evaluator = self.evaluator(token.local)
        text = repeat.collection or str(repeat.cardinality or "0")
        found = evaluator.plain(text if text[:1] in "=$#" else f"= {text}")
        if repeat.collection and isinstance(found, list):
            if len(orjson.dumps(found)) > MAX_VARIABLES:
                raise Fault("engine.state-limit", "the list is too large", **self._full())
            return len(found), found
        if not repeat.collection and str(found).isdigit():
            return int(found), None
        raise Fault("engine.not-a-list", "the activity has no list to run over", expression=text)

    # -- Effects: work and waiting -----------------------------------------------------------

    def open_work(self, token: Token) -> None:
        work.open_work(self, token)

    def start_activity(self, token: Token) -> None:
        node = token.node
        inputs = self.hand_in(token)
        if node.connector is not None and node.connector.type == EXTERNAL_TYPE:
            offer(self, token, inputs)
            return
        payload = {
            "activation_id": str(token.id),
            "instance_id": str(self.id),
            "root_id": str(self.root_id),
            "element_id": node.id,
            "type": node.connector.type if node.connector else "",
            "inputs": inputs,
        }
        self.ledger.add(JobWanted("engine.activity", payload, str(self.root_id)))

    def call(self, token: Token) -> None:
        self.tree.call(self, token)

    def listen(self, token: Token, event: EventSpec) -> None:
        waits.listen(self, token, event)

    def rearm(self, token: Token) -> datetime | None:
        return waits.rearm(self, token)

    def stop(self, token: Token) -> None:
        data = token.internal_data
        items, timers = data.get("items", 0) > 0, bool(data.get("timer"))
        subscriptions, incidents = bool(data.get("subscription")), bool(data.get("incident"))
        external = bool(data.get("external"))
        if items or timers or subscriptions or incidents or external:
            self.ledger.add(
                Stop(
                    token.id,
                    self.id,
                    items=items,
                    timers=timers,
                    subscriptions=subscriptions,
                    incidents=incidents,
                    external=external,
                )
            )
        if "child" in data:
            self.tree.cancel_called(UUID(data["child"]))

    def throw(self, token: Token, event: EventSpec) -> None:
        evaluator = self.evaluator(token.local)
        payload: JsonObject = {
            "name": event.name,
            "payload": assigned(event.payload, evaluator, self.seen(token)),
            "from": str(self.id),
            "element_id": token.node.id,
        }
        if event.kind is EventKind.MESSAGE:
            payload["key"] = waits.thrown_key(self, token, event, payload["payload"])
            payload["ttl"] = waits.seconds_to_live(self, token, event)
        kind = "engine.correlate" if event.kind is EventKind.MESSAGE else signals.THROWN
        self.ledger.add(JobWanted(kind, payload, str(self.root_id)))
        self.history("thrown", token, facts={"event": str(event.kind), "name": event.name})
        if event.kind is EventKind.SIGNAL:
            self.case.hear(event.name or "", payload["payload"])

    # -- Effects: telling -------------------------------------------------------------------

    def notify(self, token: Token, notifies: tuple[Notify, ...]) -> None:
        notices.tell(self, token, notifies, None)

    def tell_moment(self, token: Token, moment: str, due: datetime | None) -> None:
        """The texts that a task names for one of its moments."""
        node = token.node
        if wanted := node.notifies_on(moment):
            task = {
                "id": str(token.id),
                "name": node.name,
                "due_at": to_json(due),
            }
            notices.tell(self, token, wanted, task)

    def passed(self, token: Token, *, cancelled: bool = False) -> None:
        if not cancelled:
            if not token.is_live:  # a boundary event that does not interrupt keeps listening
                self.stop(token)
            if token.node.notifies_on("completed"):
                self.tell_moment(token, "completed", None)
        kind: str = "passed"
        by: Actor | None = None
        facts: JsonObject = {}
        if self.acting is not None and self.acting[0] == token.id:
            kind, (_, by, facts) = "completed", self.acting
        if token.internal_data.get("via"):
            facts = {**facts, "via": token.internal_data["via"]}
        self.history("cancelled" if cancelled else kind, token, by=by, facts=facts)

    def happened(self, token: Token, kind: str, facts: JsonObject) -> None:
        self.history(kind, token, facts=facts)

    def history(
        self,
        kind: str,
        token: Token | None = None,
        *,
        by: Actor | None = None,
        facts: JsonObject | None = None,
    ) -> None:
        """Write a line of history."""
        self.ledger.add(Row(HISTORY, history_row(self.row, self.now, kind, token, by, facts)))

    # -- Effects: trouble -------------------------------------------------------------------

    def incident(self, token: Token, fault: Fault) -> None:
        self.note_incident(token, fault, retry=True)

    def note_incident(self, token: Token, fault: Fault, *, retry: bool) -> None:
        """Open an incident; `retry` ties it to the token so that an operator can free it."""
        incident_id = new_id()
        row = {
            "id": incident_id,
            "instance_id": self.id,
            "root_id": self.root_id,
            "activation_id": token.id if retry else None,
            "element_id": token.node.id,
            "element_name": token.node.name or token.node.id,
            "code": fault.code,
            "message": fault.message[:4000],
            "expression": fault.expression,
            "facts": {key: str(value) for key, value in fault.facts.items()},
            "state": "open",
            "opened_at": self.now,
            "resolved_at": None,
            "resolved_by": None,
        }
        self.ledger.add(Row(INCIDENT, row))
        self.ledger.add(IncidentOpened(incident_id, self.id, token.node.id, fault.code))
        told = ("code", "message", "expression", "facts")
        self.history("incident", token, facts={name: row[name] for name in told})

    def uncaught_error(self, token: Token, code: str | None, message: str) -> bool:
        return self.tree.error_to_caller(self, code, message)

    def uncaught_escalation(self, token: Token, code: str | None) -> None:
        self.tree.escalate_to_caller(self, code)

    def mark(self) -> int:
        return self.ledger.mark()

    def rewind(self, mark: int) -> None:
        self.ledger.rewind(mark)

    # -- recording ---------------------------------------------------------------------------

    def active(self) -> list[list[Any]]:
        """Where the tokens stand, for pages: element, since, `incident` or `active`, how many."""
        groups: dict[tuple[str, str], list[Any]] = {}
        for token in self.case.live.values():
            if not token.listener:
                place = place_of(token)
                group = groups.setdefault(place, [place[0], token.since, place[1], 0])
                group[1] = min(group[1], token.since)
                group[3] += 1
        for element, kind, since, count in self.case.sleeping():
            group = groups.setdefault((element, kind), [element, since, kind, 0])
            group[1] = min(group[1], since)
            group[3] += count
        return [[one, at.astimezone(UTC).isoformat(), *rest] for one, at, *rest in groups.values()]


def history_row(
    row: JsonObject,
    now: datetime,
    kind: str,
    token: Token | None,
    by: Actor | None,
    facts: JsonObject | None,
) -> JsonObject:
    """A line of history as it is stored."""
    return {
        "id": new_id(),
        "instance_id": row["id"],
        "root_id": row["root_id"],
        "at": now,
        "kind": kind,
        "element_id": token.node.id if token is not None else None,
        "element_name": (token.node.name or token.node.id) if token is not None else None,
        "activation_id": token.id if token is not None else None,
        "started_at": token.since if token is not None else None,
        "person_id": by.person_id if by is not None else None,
        "person": by.name if by is not None and by is not SYSTEM else None,
        "facts": facts or {},
    }
