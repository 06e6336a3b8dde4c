"""What moves while a page is open: counts by server-sent events, the palette's finds, notices.

A stream holds one thread, so there are few of them and each ends after some minutes; a browser
that gets none asks for the counts every half minute instead.
"""

import queue
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import lists
from engine import queries
from kernel import live
from kernel.uow import read_only, unit_of_work
from notifiers import notices as bell
from notifiers import queries as messages
from people.actor import Actor
from web import counts
from web.access import signed_in
from web.database import db
from web.paging import cursor, instant_cursor, with_query

bp = Blueprint("live", __name__)

PING_SECONDS = 15.0
LIFE_SECONDS = 300.0
SETTLE_SECONDS = 1.0
FOUND = 5

_streams = 0
_lock = threading.Lock()
_closing = threading.Event()


@bp.get("/live")
@signed_in
def events() -> ResponseReturnValue:
    """The stream of one open page; no content (and so no second try) when all are taken."""
    if not _take():
        return "", 204
    db.session.close()  # the stream must not hold a connection
    answer = Response(_stream(current_user.actor), mimetype="text/event-stream")
    answer.call_on_close(_give_back)
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


@bp.get("/live/counts")
@signed_in
def numbers() -> ResponseReturnValue:
    """The same numbers for browsers without a stream."""
    return dict(counts.of(db.session, current_user.actor))


@bp.get("/palette")
@signed_in
def palette() -> ResponseReturnValue:
    """Work, files and cases that fit what is typed (options of a list box)."""
    text = request.args.get("q", "").strip()
    actor = current_user.actor
    found: dict[str, list[Any]] = {"items": [], "contacts": [], "instances": []}
    if len(text) >= 2:
        if actor.can("inbox.use"):
            found["items"] = list(queries.inbox(db.session, actor, search=text, limit=FOUND))
        if actor.can("contact.view"):
            found["contacts"] = lists.contacts(db.session, actor, query=text, limit=FOUND).rows[
                :FOUND
            ]
    return render_template("live/found.html", **found)


@bp.get("/notices")
@signed_in
def notices() -> ResponseReturnValue:
    """Everything under the bell, newest first, by day."""
    after = instant_cursor(request.args.get("after"))
    page = messages.notices(db.session, current_user.person.id, after=after)
    return render_template(
        "live/notices.html",
        notices=page.rows,
        next_href=with_query(after=cursor(*page.next)) if page.next else None,
    )


@bp.post("/notices/read")
@signed_in
def read_notices() -> ResponseReturnValue:
    """Mark all as read."""
    with unit_of_work() as uow:
        bell.mark_read(uow, by=current_user.actor)
    counts.forget(current_user.actor)
    return redirect(url_for("live.notices"))


def end_streams() -> None:
    """Let every open stream end now: the process is about to."""
    _closing.set()
    live.deliver("closing", {})


def _take() -> bool:
    """Claim one of the streams: a third of the server's threads."""
    global _streams
    config = current_app.extensions["ravand_config"]
    with _lock:
        if _streams >= max(2, config.threads // 3):
            return False
        _streams += 1
        return True


def _give_back() -> None:
    global _streams
    with _lock:
        _streams -= 1


def _stream(actor: Actor) -> Iterator[bytes]:
    """Counts now, and again a moment after anything happened that may move them."""
    yield b"retry: 10000\n\n"
    ends = monotonic() + LIFE_SECONDS
    with live.listen() as mine:
        sent: bytes = b""
        while monotonic() < ends and not _closing.is_set():
            with read_only() as session:
                now = orjson.dumps(dict(counts.of(session, actor, fresh_for=SETTLE_SECONDS)))
            yield b": ping\n\n" if now == sent else b"event: counts\ndata: %s\n\n" % now
            sent = now
            _wait(mine, min(PING_SECONDS, max(0.0, ends - monotonic())))


def _wait(mine: "queue.Queue[live.Message]", seconds: float) -> None:
    """Until something happens; a burst of events is answered once."""
    try:
        mine.get(timeout=seconds)
        until = monotonic() + SETTLE_SECONDS
        while (left := until - monotonic()) > 0:
            mine.get(timeout=left)
    except queue.Empty:
        return
