"""How the drawing of one case is marked: what is done, where it stands, how far it has come."""

from engine.bpmn.model import EventKind
from engine.queries import ElementState, InstanceView
from kernel.i18n import gettext as _
from web.when import jdatetime


def marks(view: InstanceView) -> dict[str, dict[str, str]]:
    """Element id -> how the drawing shows it: state, badge, and its times in the title."""
    shown = ("done", "current", "overdue", "incident")
    made = {one.element_id: _mark(one) for one in view.elements if one.state in shown}
    for host in _undone(view):
        made[host] = {"title": "", **made.get(host, {}), "state": "undone", "badge": _("undone")}
    return made


def _undone(view: InstanceView) -> set[str]:
    """Activities whose compensation ran."""
    done = {one.element_id for one in view.elements if one.state == "done"}
    events = (view.definition.model.nodes.get(one) for one in done)
    return {
        node.attached_to
        for node in events
        if node and node.attached_to and node.event.kind is EventKind.COMPENSATION
    }


def _mark(one: ElementState) -> dict[str, str]:
    badge = {
        "overdue": _("late (badge)"),
        "incident": _("stopped"),
        "current": one.person or _("here now"),
        "done": _("%(count)s×", count=one.count) if one.count > 1 else "",
    }[one.state]
    if one.runs:
        badge = _runs(*one.runs)
    times = " – ".join(jdatetime(at) for at in (one.since, one.until) if at)
    title = " · ".join(part for part in (times, one.person or "") if part)
    return {"state": one.state, "badge": badge, "title": title}


def _runs(done: int, whole: int | None) -> str:
    """How far an activity that runs several times has come."""
    if whole is None:
        return _("run %(number)s", number=done + 1)
    return _("%(done)s of %(all)s", done=done, all=whole)


def opens_at(view: InstanceView) -> str:
    """The element that the drawing opens at: trouble first, then what is current."""
    order = {"incident": 0, "overdue": 1, "current": 2}
    standing = [one for one in view.elements if one.state in order]
    return min(standing, key=lambda one: order[one.state]).element_id if standing else ""
