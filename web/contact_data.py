"""A contact's personal data: handed out as JSON, and erased after a look at what goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import queries
from crm.erasing import erase_contact, preview
from crm.erasure_plan import Stay
from crm.exporting import export_contact
from crm.tables import ContactErasure
from kernel import clock, text
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from web.access import permission
from web.database import db
from web.erasing import afterwards
from web.erasing_words import kind_word, why_words

bp = Blueprint("contact_data", __name__, url_prefix="/contacts")


@dataclass(frozen=True)
class Shown:
    """One erasure as its page shows it."""

    row: ContactErasure
    counts: list[tuple[str, int]]
    stays: list[str]


@bp.get("/<uuid:contact_id>/data.json")
@permission("contact.export")
def export(contact_id: UUID) -> ResponseReturnValue:
    """Everything that is held of the contact, as a file; the bytes of files are not in it."""
    with unit_of_work() as uow:
        found = export_contact(uow, contact_id, by=current_user.actor)
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
    return _question(file)


@bp.post("/<uuid:contact_id>/erase")
@permission("contact.erase")
def erase(contact_id: UUID) -> ResponseReturnValue:
    """Erase, once the name was typed."""
    file = queries.contact_file(db.session, current_user.actor, contact_id)
    typed, named = request.form.get("confirm", ""), file.contact.name
    if text.joined_key(typed) != text.joined_key(named):
        return _question(file, confirm=_("This is not the name of the contact.")), 422
    found = preview(db.session, contact_id, by=current_user.actor, now=clock.now())
    if found.running and request.form.get("running") != "redact":
        return _question(file, running=_("Say what becomes of the cases that still run.")), 422
    db.session.rollback()
    with unit_of_work() as uow:
        done = erase_contact(
            uow,
            contact_id,
            by=current_user.actor,
            reason=request.form.get("reason", ""),
            running="redact" if found.running else "refuse",
        )
    left = ", ".join(afterwards(done)) or None
    return redirect(url_for("contact_data.erased", contact_id=contact_id, left=left))


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


def _question(file: queries.ContactFile, **wrong: str) -> str:
    actor = current_user.actor
    found = preview(db.session, file.contact.id, by=actor, now=clock.now())
    return render_template(
        "contacts/erase.html",
        contact=file.contact,
        counts=_counted(found.counts),
        stays=[why_words(stay) for stay in found.stays],
        running=found.running,
        values=request.form,
        wrong=wrong,
    )


def _shown(row: ContactErasure) -> Shown:
    stays = [Stay(**{**one, "cases": tuple(one["cases"])}) for one in row.stays]
    return Shown(row, _counted(row.counts), [why_words(stay) for stay in stays])


def _counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Words and numbers, the most first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(kind_word(kind), count) for kind, count in ordered]
