"""Figures: the dashboard, the work behind a figure, and reports over a process' own fields."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from engine import queries
from kernel.errors import Invalid, NotFound
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext, locale
from notifiers import reasons
from people import directory
from reports import dashboard as figures
from reports import dynamic, lists
from reports.cells import shown
from reports.conditions import SIGNS, Condition
from reports.dynamic import Report
from reports.figures import handling_sheet, load_sheet
from reports.sheet import FIGURES
from web import case_words, work_list
from web.access import permission
from web.database import db
from web.downloads import download
from web.filters import named
from web.paging import SIZE, cursor, instant_cursor, with_query
from web.work_list import NOWHERE, Wish

bp = Blueprint("reports", __name__, url_prefix="/reports")

SHOWN_ROWS = 200
FILTER_ROWS = 3
WORK_STATES = {
    "open": lazy_gettext("Open (work)"),
    "late": lazy_gettext("Late (chip)"),
    "done": lazy_gettext("Done in the last 7 days"),
}
SHEETS = {"load": load_sheet, "handling": handling_sheet, "inbox": lists.inbox_sheet}


@bp.get("/")
@permission("report.view")
def index() -> ResponseReturnValue:
    """The figures of this moment; every number leads to its rows."""
    board = figures.dashboard(db.session, current_user.actor)
    return render_template(
        "reports/dashboard.html",
        board=board,
        most_day=max((one.count for one in board.days), default=0) or 1,
        most_unit=max((one.open for one in board.units), default=0) or 1,
        most_process=max((one.open for one in board.processes), default=0) or 1,
        most_hours=max((one.mean_hours for one in board.handling), default=0) or 1,
        nowhere=NOWHERE,
        reason=reasons.reason_of,
        channel_word=reasons.channel_word,
    )


@bp.get("/work")
@permission("report.view")
def work() -> ResponseReturnValue:
    """The pieces of work behind a figure."""
    wish = _wish()
    rows = work_list.work(
        db.session,
        current_user.actor,
        wish,
        after=instant_cursor(request.args.get("after")),
        limit=SIZE + 1,
    )
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    chart = directory.of(db.session)
    processes = queries.process_names(db.session)
    return render_template(
        "reports/work.html",
        rows=rows[:SIZE],
        next_href=with_query(after=cursor(*work_list.end_of(last, wish))) if last else None,
        wish=wish,
        chips=[
            {"text": str(text), "href": with_query(state=key, after=None), "on": key == wish.state}
            for key, text in WORK_STATES.items()
        ],
        units=[(key, named(unit)) for key, unit in chart.units.items()]
        + [(NOWHERE, _("in no unit"))],
        processes=[(one.key, named(one)) for one in processes],
        process_names={one.key: named(one) for one in processes},
        step_name=named(rows[0]) if wish.step and rows else wish.step,
        chart=chart,
        holder=lambda step: case_words.holder(step, chart),
    )


def _wish() -> Wish:
    asked = request.args
    state = asked.get("state", "open")
    return Wish(
        state=state if state in WORK_STATES else "open",
        unit=asked.get("unit", ""),
        process=asked.get("process", ""),
        step=asked.get("step", ""),
    )


@bp.get("/work.<kind>.file")
@permission("report.export")
def work_file(kind: str) -> ResponseReturnValue:
    """The same list as Excel or PDF."""
    return download(kind, work_list.sheet(db.session, current_user.actor, _wish()))


@bp.get("/<name>.<kind>.file")
@permission("report.export")
def sheet(name: str, kind: str) -> ResponseReturnValue:
    """A table of the dashboard, or one's own open work, as Excel or PDF."""
    if name not in SHEETS:
        raise NotFound()
    return download(kind, SHEETS[name](db.session, current_user.actor))


@dataclass(frozen=True)
class Asked:
    """What a report over a process is asked for; all of it stands in the address."""

    process: str
    columns: list[str]
    conditions: list[Condition]
    typed: list[Condition]
    group_by: str


@bp.get("/table")
@permission("report.view")
def table() -> ResponseReturnValue:
    """The fields of a process' forms as columns, with filters and groups (C03)."""
    processes = [(one.key, named(one)) for one in queries.process_names(db.session)]
    if not processes:
        return render_template("reports/table.html", processes=[], asked=None)
    asked = _asked(request.args, processes[0][0])
    known = dynamic.columns_of(db.session, current_user.actor, asked.process)
    report, wrong = None, ""
    try:
        report = _report(asked)
    except Invalid as error:
        wrong = error.sentence()
    page = render_template(
        "reports/table.html",
        processes=processes,
        asked=asked,
        known=known,
        signs=[(sign, str(text)) for sign, text in SIGNS.items()],
        report=report,
        lines=_lines(report) if report else [],
        figures=FIGURES,
        shown_rows=SHOWN_ROWS,
        wrong=wrong,
        downloads=_downloads(),
    )
    return page, 422 if wrong else 200


@bp.get("/table.<kind>.file")
@permission("report.export")
def table_file(kind: str) -> ResponseReturnValue:
    """The same report, all rows, as Excel or PDF."""
    return download(kind, _report(_asked(request.args, "")).sheet)


def _asked(given: "MultiDict[str, str]", first: str) -> Asked:
    typed = [
        Condition(column, sign, value)
        for column, sign, value in zip(
            given.getlist("where"), given.getlist("sign"), given.getlist("value"), strict=False
        )
    ][:FILTER_ROWS]
    empty = Condition("", "=", "")
    needs_value = {sign for sign in SIGNS if sign not in ("empty", "filled")}
    return Asked(
        process=given.get("process") or first,
        columns=given.getlist("column") or list(dynamic.USUAL),
        conditions=[
            one for one in typed if one.column and (one.value or one.sign not in needs_value)
        ],
        typed=(typed + [empty] * FILTER_ROWS)[:FILTER_ROWS],
        group_by=given.get("group", ""),
    )


def _report(asked: Asked) -> Report:
    return dynamic.process_report(
        db.session,
        current_user.actor,
        asked.process,
        asked.columns,
        asked.conditions,
        asked.group_by or None,
    )


def _lines(report: Report) -> list[tuple[str, list[str]]]:
    """Texts of the first rows, each with the address of its case when it has one."""
    speaks = locale()
    rows = report.sheet.rows[:SHOWN_ROWS]
    ids = report.instances or ("",) * len(rows)
    return [
        (
            url_for("instances.show", instance_id=UUID(ids[place])) if ids[place] else "",
            [shown(row.get(c.key), c.kind, speaks) for c in report.sheet.columns],
        )
        for place, row in enumerate(rows)
    ]


def _downloads() -> list[tuple[str, Any]]:
    query: dict[str, Any] = request.args.to_dict(flat=False)
    return [(kind, url_for("reports.table_file", kind=kind, **query)) for kind in ("xlsx", "pdf")]
