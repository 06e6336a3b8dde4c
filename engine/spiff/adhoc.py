# mypy: allow-subclassing-any
"""The ad-hoc subprocess: activities that people or the designer begin, in no drawn order.

Those that nothing flows into can begin. Which of them do as it is entered, the designer says; the
others wait to be started by hand. It is over when its completion condition holds after one of its
activities; without a condition, when nothing runs in it any more, or, when nothing was begun on
entering, when somebody says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.details import AdHoc
from engine.bpmn.walk import startable
from engine.spiff.elements import SubProcess
from engine.spiff.faults import Fault

if TYPE_CHECKING:
    from engine.spiff.token import Token


class AdHocSubProcess(SubProcess):
    """Its own state: `done` activities, those in the `queue`, whether it is `over`."""

    @property
    def rules(self) -> AdHoc:
        """What the diagram says of it."""
        return self.node.adhoc or AdHoc()

    def begin(self, token: Token) -> None:
        """Begin what the designer wants begun; the rest is offered."""
        case = token.workflow
        chosen = self._chosen(token)
        case.listen_for_handlers(token, token.id)
        now = chosen[:1] if self.rules.sequential else chosen
        token.internal_data["adhoc"] = {"done": 0, "queue": chosen[len(now) :], "over": False}
        case.note_adhoc(token)
        for element_id in now:
            case.spawn(element_id, scope=token.id)

    def _chosen(self, token: Token) -> list[str]:
        known = [node.id for node in startable(self.graph.model, self.node.id)]
        start = self.rules.start
        if start in ("all", "none"):
            return known if start == "all" else []
        found = token.workflow.effects.value(token, start)
        wanted = found if isinstance(found, list) else [found]
        for one in wanted:
            if one not in known:
                raise Fault("engine.adhoc-unknown", str(one), activity=str(one), expression=start)
        return wanted

    def may_start(self, token: Token, element_id: str) -> bool:
        """Whether an activity can be started by hand now."""
        state = token.internal_data["adhoc"]
        busy = self.rules.sequential and token.workflow.population.get(token.id)
        known = (node.id for node in startable(self.graph.model, self.node.id))
        return not (state["over"] or busy) and element_id in known

    def activity_done(self, token: Token, done: Token) -> bool:
        """One of its activities finished: whether the subprocess is over by its condition, so
        that nothing follows."""
        if "adhoc" not in token.internal_data:  # stands again, only to be undone
            return False
        before = token.internal_data["adhoc"]
        state = token.internal_data["adhoc"] = {**before, "done": before["done"] + 1}
        if state["over"]:
            return True
        try:
            until = self.rules.until
            if not until or not token.workflow.effects.condition(done, until):
                return False
        except Fault:
            token.internal_data["adhoc"] = before
            raise
        self.close(token)
        return True

    def close(self, token: Token) -> None:
        """End it: at once, or when what runs in it is done."""
        case = token.workflow
        token.internal_data["adhoc"] |= {"over": True, "queue": []}
        if self.rules.cancel_rest or not case.population.get(token.id):
            case.clear(token.id)
            case.finish(token)

    def emptied(self, token: Token) -> None:
        """Nothing runs in it: go on with the next, end, or wait for people."""
        if "adhoc" not in token.internal_data or "undo" in token.internal_data:
            super().emptied(token)
            return
        case, state = token.workflow, token.internal_data["adhoc"]
        waits = self.rules.until is not None or self.rules.start == "none" or not state["done"]
        if state["queue"]:
            case.spawn(state["queue"].pop(0), scope=token.id)
        elif state["over"] or not waits:
            case.finish(token)

    def hopes(self, token: Token) -> bool:
        """People can start what it offers."""
        if token._state != TaskState.STARTED or "repeat" in token.internal_data:
            return bool(token._state == TaskState.ERROR)
        state = token.internal_data.get("adhoc")
        busy = self.rules.sequential and token.workflow.population.get(token.id)
        return state is not None and not (state["over"] or busy)

    def _on_complete_hook(self, token: Token) -> None:
        super()._on_complete_hook(token)
        token.workflow.note_adhoc(token)

    def _on_cancel(self, token: Token) -> None:
        super()._on_cancel(token)
        token.workflow.note_adhoc(token)
