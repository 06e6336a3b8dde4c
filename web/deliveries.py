"""Texts that went out and came in, and the channels they take."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import or_

import notifiers
from engine.queries import may_see_instance
from kernel import phone
from kernel.errors import Invalid
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext
from kernel.uow import unit_of_work
from notifiers import policy, queries, reasons
from notifiers.stored_texts import PAGE, stored_texts
from notifiers.tables import Delivery, InboundMessage
from web.access import permission
from web.database import db
from web.paging import cursor, instant_cursor, with_query

bp = Blueprint("deliveries", __name__, url_prefix="/deliveries")

# What a reader looks for -> the states it stands for.
GROUPS = {
    "": (lazy_gettext("All"), None),
    "waiting": (lazy_gettext("Waiting"), ("ready", "sending", "parked")),
    "unknown": (lazy_gettext("Not known"), ("uncertain",)),
    "sent": (lazy_gettext("Sent"), ("sent", "delivered")),
    "failed": (lazy_gettext("Not sent"), ("failed", "undelivered", "blocked")),
}
CHANNELS = {"sms": "chat-left-text", "email": "envelope", "inbox": "bell"}


@bp.get("/")
@permission("delivery.view")
def index() -> ResponseReturnValue:
    """Deliveries of the cases that the reader may see, newest first, by state and channel."""
    group, channel = request.args.get("state", ""), request.args.get("channel", "")
    states = GROUPS.get(group, GROUPS[""])[1]
    page = queries.deliveries(
        db.session,
        current_user.actor,
        state=states,
        channel=channel if channel in CHANNELS else None,
        address=_address(request.args.get("q", "")),
        only=may_see_instance(current_user.actor, Delivery.instance_id),
        after=instant_cursor(request.args.get("after")),
    )
    return render_template(
        "deliveries/index.html",
        rows=page.rows,
        next_href=with_query(after=cursor(*page.next)) if page.next else None,
        states=_chips("state", {key: text for key, (text, _s) in GROUPS.items()}, group),
        channels=_chips("channel", _channel_names(), channel),
        marks=CHANNELS,
        channel_word=reasons.channel_word,
        reason=reasons.reason_of,
        parked=[one for one in queries.channel_states(db.session) if one.parked],
        query=request.args.get("q", ""),
    )


def _address(typed: str) -> str | None:
    """A phone as it is stored, when it is one; else what was typed, for e-mail."""
    try:
        return phone.normalise(typed) if typed.strip() else None
    except Invalid:
        return typed.strip()


def _channel_names() -> dict[str, object]:
    return {"": _("By any channel"), **{key: reasons.channel_word(key) for key in CHANNELS}}


def _chips(name: str, texts: "dict[str, object]", chosen: str) -> list[dict[str, object]]:
    return [
        {"text": text, "href": with_query(**{name: key, "after": None}), "on": key == chosen}
        for key, text in texts.items()
    ]


@bp.get("/incoming")
@permission("delivery.view")
def incoming() -> ResponseReturnValue:
    """Texts that people sent, newest first; those of no case wait for whoever knows them."""
    seen = may_see_instance(current_user.actor, InboundMessage.instance_id)
    page = queries.inbound(
        db.session,
        current_user.actor,
        only=or_(InboundMessage.instance_id.is_(None), seen),
        after=instant_cursor(request.args.get("after")),
    )
    return render_template(
        "deliveries/incoming.html",
        rows=page.rows,
        next_href=with_query(after=cursor(*page.next)) if page.next else None,
    )


@bp.get("/<uuid:delivery_id>")
@permission("delivery.view")
def show(delivery_id: UUID) -> ResponseReturnValue:
    """One text with all that its provider said."""
    seen = may_see_instance(current_user.actor, Delivery.instance_id)
    row = queries.delivery(db.session, current_user.actor, delivery_id, only=seen)
    return render_template(
        "deliveries/show.html",
        row=row,
        receipts=queries.receipts(db.session, delivery_id),
        situation=reasons.situation(row),
        policy=reasons.policy_word(policy.of(row)) if row.channel != "inbox" else "",
        channel_word=reasons.channel_word,
        reason=reasons.reason_of,
    )


@bp.post("/<uuid:delivery_id>/retry")
@permission("incident.retry")
def retry(delivery_id: UUID) -> ResponseReturnValue:
    """Try a failed text, or one of unknown fate, again."""
    _require_visible(delivery_id)
    with unit_of_work() as uow:
        notifiers.retry_delivery(uow, delivery_id, by=current_user.actor)
    flash(_("It will be sent again."))
    return redirect(url_for("deliveries.show", delivery_id=delivery_id))


@bp.post("/<uuid:delivery_id>/arrived")
@permission("incident.retry")
def arrived(delivery_id: UUID) -> ResponseReturnValue:
    """Somebody knows that a text of unknown fate arrived."""
    _require_visible(delivery_id)
    with unit_of_work() as uow:
        notifiers.confirm_arrival(uow, delivery_id, by=current_user.actor)
    flash(_("Noted: it arrived."))
    return redirect(url_for("deliveries.show", delivery_id=delivery_id))


def _require_visible(delivery_id: UUID) -> None:
    seen = may_see_instance(current_user.actor, Delivery.instance_id)
    queries.delivery(db.session, current_user.actor, delivery_id, only=seen)


@bp.get("/texts")
@permission("process.design")
def texts() -> ResponseReturnValue:
    """Every text that leaves the building, and what is done when nobody knows its fate."""
    after = (request.args.get("key", ""), request.args.get("by", ""))
    rows = stored_texts(db.session, current_user.actor, after=after)
    last = rows[-1] if len(rows) == PAGE else None
    return render_template(
        "deliveries/texts.html",
        rows=rows,
        next_href=with_query(key=last.key, by=last.channel) if last else None,
        marks=CHANNELS,
        channel_word=reasons.channel_word,
        policies={one: reasons.policy_word(one) for one in policy.POLICIES},
    )


@bp.post("/texts")
@permission("process.design")
def set_policy() -> ResponseReturnValue:
    """Choose what is done about one text of unknown fate."""
    form = request.form
    with unit_of_work() as uow:
        notifiers.decide_for_text(
            uow,
            form.get("key", ""),
            form.get("channel", ""),
            form.get("policy", ""),
            by=current_user.actor,
        )
    flash(_("Kept. It holds for messages from now on."))
    row = f"{form.get('key', '')}-{form.get('channel', '')}"
    key, by = form.get("from") or None, form.get("by") or None
    return redirect(url_for("deliveries.texts", key=key, by=by, _anchor=row))


@bp.post("/channels/<channel>/resume")
@permission("incident.retry")
def resume(channel: str) -> ResponseReturnValue:
    """Let a parked channel run again."""
    with unit_of_work() as uow:
        count = notifiers.resume_channel(uow, channel, by=current_user.actor)
    flash(_("The channel runs again; %(count)s messages leave now.", count=count))
    return redirect(url_for("deliveries.index"))
