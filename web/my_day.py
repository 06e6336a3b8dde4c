"""The first page: one sentence, numbers that are links, today's work, what is new."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine import queries
from kernel import clock
from kernel.i18n import gettext as _
from notifiers import queries as messages
from web import counts
from web.access import signed_in
from web.database import db
from web.filters import tally
from web.when import local

bp = Blueprint("my_day", __name__)
SHOWN = 8


@bp.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """Where the day begins."""
    actor = current_user.actor
    works = actor.can("inbox.use")
    counted = counts.of(db.session, actor) if works else None
    rows = queries.inbox(db.session, actor, limit=SHOWN) if works else []
    mine = queries.instances(db.session, actor, started_by_me=True, limit=5)
    notices = messages.notices(db.session, current_user.person.id, limit=5)
    return render_template(
        "my_day/page.html",
        greeting=_greeting(),
        sentence=_sentence(counted),
        counted=counted,
        closed=queries.closed_count(db.session, actor, since=_week_start()) if works else 0,
        rows=rows,
        started=mine,
        notices=notices.rows,
    )


def _greeting() -> str:
    hour = local(clock.now()).hour
    name = current_user.person.name.split()[0]
    if current_user.locale == "en" and current_user.person.name_en:
        name = current_user.person.name_en.split()[0]
    if hour < 11:
        return _("Good morning, %(name)s", name=name)
    if hour < 16:
        return _("Good day, %(name)s", name=name)
    return _("Good evening, %(name)s", name=name)


def _sentence(counted: Mapping[str, int] | None) -> str:
    """How the day stands, in words."""
    if counted is None or not counted["inbox"]:
        return _("Nothing waits for you.")
    numbers = {key: tally(counted[key]) for key in ("inbox", "overdue", "today")}
    today, late = numbers["today"], numbers["overdue"]
    if counted["overdue"] and counted["today"]:
        return _("%(today)s due today, %(late)s late.", today=today, late=late)
    if counted["overdue"]:
        return _("%(late)s late.", late=late)
    if counted["today"]:
        return _("%(today)s due today, nothing is late.", today=today)
    return _("%(open)s open, none due today.", open=numbers["inbox"])


def _week_start() -> datetime:
    """Saturday, midnight on the organisation's wall."""
    now = local(clock.now())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=(now.weekday() + 2) % 7)
