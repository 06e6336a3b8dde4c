"""The tables of the dashboard as sheets."""

from sqlalchemy.orm import Session

from kernel.i18n import gettext as _
from people import Actor
from reports.dashboard import Dashboard, dashboard
from reports.sheet import Column, Sheet


def load_sheet(session: Session, actor: Actor) -> Sheet:
    """Open and late work per step. Raises: PermissionMissing."""
    actor.require("report.export")
    seen: Dashboard = dashboard(session, actor)
    return Sheet(
        title=_("Open work by step"),
        columns=[
            Column("process", _("Process")),
            Column("step", _("Step")),
            Column("open", _("Open work"), "number"),
            Column("late", _("Late work"), "number"),
            Column("oldest", _("Oldest"), "instant"),
        ],
        rows=[
            {
                "process": step.process_name,
                "step": step.name,
                "open": step.open,
                "late": step.overdue,
                "oldest": step.oldest,
            }
            for step in seen.steps
        ],
    )


def handling_sheet(session: Session, actor: Actor) -> Sheet:
    """Mean hours of each step in the last seven days. Raises: PermissionMissing."""
    actor.require("report.export")
    seen: Dashboard = dashboard(session, actor)
    return Sheet(
        title=_("Handling times"),
        columns=[
            Column("process", _("Process")),
            Column("step", _("Step")),
            Column("count", _("Count"), "number"),
            Column("hours", _("Mean hours"), "hours"),
        ],
        rows=[
            {
                "process": step.process_name,
                "step": step.name,
                "count": step.count,
                "hours": step.mean_hours,
            }
            for step in seen.handling
        ],
    )
