"""A contact's personal data: handed out as JSON, and erased after a look at what goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import queries
from crm.erasing import Erasure
from crm.erasure_plan import Stay
from crm.tables import Contact, ContactErasure
from kernel import clock, text
from kernel.i18n import gettext as _
from people import directory
from web import erasing
from web.access import permission
from web.database import db
from web.erasing_words import kind_word, why_words
from web.filters import named

bp = Blueprint("contact_data", __name__, url_prefix="/contacts")


@dataclass(frozen=True)
class Shown:
    """One erasure as its page shows it."""

    row: ContactErasure
    by: str
    counts: list[tuple[str, int]]
    stays: list[str]
    copies: list[str]


@bp.get("/<uuid:contact_id>/data.json")
@permission("contact.export")
def export(contact_id: UUID) -> ResponseReturnValue:
    """Everything that is held of the contact, as a file; the bytes of files are not in it."""
    found = erasing.hand_out(contact_id, by=current_user.actor)
    data = orjson.dumps(found, option=orjson.OPT_INDENT_2)
    named = {"Content-Disposition": f'attachment; filename="contact-{contact_id}.json"'}
    return Response(data, mimetype="application/json", headers=named)


@bp.get("/<uuid:contact_id>/erase")
@permission("contact.erase")
def ask(contact_id: UUID) -> ResponseReturnValue:
    """What would go and what would stay, before anything does."""
    file = queries.contact_file(db.session, current_user.actor, contact_id)
    if file.contact.erased_at is not None:
        return redirect(url_for("contact_data.erased", contact_id=contact_id))
    return _question(file, erasing.look(contact_id, by=current_user.actor))


@bp.post("/<uuid:contact_id>/erase")
@permission("contact.erase")
def erase(contact_id: UUID) -> ResponseReturnValue:
    """Erase, once the name was typed."""
    file = queries.contact_file(db.session, current_user.actor, contact_id)
    if text.joined_key(request.form.get("confirm", "")) not in _names(file.contact):
        seen = erasing.look(contact_id, by=current_user.actor)
        return _question(file, seen, confirm=_("This is not the name of the contact.")), 422
    db.session.rollback()
    seen = erasing.look(contact_id, by=current_user.actor)
    if seen.running and request.form.get("running") != "redact":
        return _question(file, seen, running=_undecided(request.form.get("running"))), 422
    _done, left = erasing.erase(
        seen,
        by=current_user.actor,
        reason=request.form.get("reason", ""),
        running="redact" if seen.running else "refuse",
    )
    words = ", ".join(left) or None
    return redirect(url_for("contact_data.erased", contact_id=contact_id, left=words))


@bp.get("/<uuid:contact_id>/erased")
@permission("contact.erase")
def erased(contact_id: UUID) -> ResponseReturnValue:
    """The reports of what was erased of this contact."""
    actor = current_user.actor
    return render_template(
        "contacts/erased.html",
        contact_id=contact_id,
        reports=[_shown(one) for one in queries.erasures(db.session, actor, contact_id)],
        left=request.args.get("left", "")[:300],
    )


def _names(contact: Contact) -> set[str]:
    """As people may type it: the page shows the name in the reader's language."""
    return {text.joined_key(one) for one in (contact.name, contact.name_en) if one}


def _undecided(wanted: str | None) -> str:
    if wanted == "refuse":
        return _(
            "Nothing was erased: cases still run, and you chose to wait for them. "
            "Come back when they have ended, or have the name taken out of them now."
        )
    return _("Say what becomes of the cases that still run.")


def _question(file: queries.ContactFile, found: Erasure, **wrong: str) -> str:
    return render_template(
        "contacts/erase.html",
        contact=file.contact,
        asked=named(file.contact),
        counts=_counted(found.counts),
        stays=[why_words(stay) for stay in found.stays],
        copies=_copies(clock.now()),
        running=found.running,
        values=request.form,
        wrong=wrong,
    )


def _shown(row: ContactErasure) -> Shown:
    stays = [Stay(**{**one, "cases": tuple(one["cases"])}) for one in row.stays]
    card = directory.of(db.session).persons.get(row.by_id) if row.by_id else None
    by = named(card) if card else row.by
    words = [why_words(stay) for stay in stays]
    return Shown(row, by, _counted(row.counts), words, _copies(row.at))


def _copies(at: datetime) -> list[str]:
    """Names of the files in which that instant's erasure is not carried out."""
    return [one.name for one in erasing.still_copied(at)]


def _counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Words and numbers, the most first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(kind_word(kind), count) for kind, count in ordered]
