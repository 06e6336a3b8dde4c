"""Processes: upload and check, deploy as a draft, release, retire, and read."""

import io
import zipfile
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

import engine
from engine import preflight, queries
from engine.bpmn.model import ProcessModel
from engine.bundle import Bundle, read_files, read_zip
from engine.preflight import Report
from engine.problems import Refused
from kernel import files
from kernel.errors import NotFound
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from people import directory
from web import step_words
from web.access import permission
from web.database import db

bp = Blueprint("definitions", __name__, url_prefix="/processes")


@bp.app_template_global()
def step_notes(model: ProcessModel) -> dict[str, str]:
    """What a drawing of this model writes in its steps."""
    return step_words.step_notes(model, directory.of(db.session))


@bp.get("/")
@permission("process.view")
def index() -> ResponseReturnValue:
    """Every process with its newest versions and how many cases run."""
    return render_template("definitions/index.html", rows=queries.definitions(db.session))


@bp.get("/upload")
@permission("process.design")
def upload() -> ResponseReturnValue:
    """Choose the files of a bundle, or one zip."""
    return render_template("definitions/upload.html", problem=None)


@bp.post("/upload")
@permission("process.design")
def check() -> ResponseReturnValue:
    """Read the upload and show its steps and every problem. No definition is stored."""
    chosen = [file for file in request.files.getlist("files") if file.filename]
    try:
        bundle = _read(chosen)
    except Refused as refused:
        return render_template("definitions/upload.html", problem=refused.problem), 422
    report = preflight.check(bundle, preflight.catalogue_of(db.session))
    token = _keep(bundle) if report.ok else None
    return _report(bundle, report, token), 200 if report.ok else 422


def _read(chosen: list[FileStorage]) -> Bundle:
    if len(chosen) == 1 and (chosen[0].filename or "").lower().endswith(".zip"):
        return read_zip(chosen[0].read())
    return read_files([(file.filename or "", file.read()) for file in chosen])


def _keep(bundle: Bundle) -> UUID:
    """Put the checked upload aside for the button that deploys it; only its uploader can."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in bundle.files.items():
            archive.writestr(name, data)
    with unit_of_work() as uow:
        stored = files.store().put(
            uow,
            packed.getvalue(),
            name="bundle.zip",
            content_type="application/zip",
            scope=_scope(),
        )
    return stored.id


def _scope() -> str:
    return f"upload:{current_user.person.id}"


def _report(bundle: Bundle, report: Report, token: UUID | None) -> str:
    chart = directory.of(db.session)
    return render_template(
        "definitions/report.html",
        bundle=bundle,
        report=report,
        token=token,
        size=sum(len(data) for data in bundle.files.values()),
        processes=[(model, step_words.steps_in_words(model, chart)) for model in report.models],
    )


@bp.post("/deploy")
@permission("process.design")
def deploy() -> ResponseReturnValue:
    """Deploy an upload that was checked, as drafts; it is checked again on the way."""
    try:
        stored = files.store().find(db.session, UUID(request.form.get("upload", "")))
    except ValueError:
        raise NotFound() from None
    if stored.scope != _scope():
        raise NotFound()
    bundle = read_zip(files.store().read(stored.id))
    with unit_of_work() as uow:
        deployment = engine.deploy(uow, bundle, by=current_user.actor)
        made = [(one.key, one.version) for one in deployment.definitions]
    flash(_("Saved as a draft. Nobody can start it before it is released."))
    if len(made) == 1:
        return redirect(url_for("definitions.show", key=made[0][0], version=made[0][1]))
    return redirect(url_for("definitions.index"))


@bp.get("/<key>")
@permission("process.view")
def newest(key: str) -> ResponseReturnValue:
    """The newest version."""
    versions = queries.versions(db.session, key)
    return redirect(url_for("definitions.show", key=key, version=versions[0].version))


@bp.get("/<key>/<int:version>")
@permission("process.view")
def show(key: str, version: int) -> ResponseReturnValue:
    """One version: diagram, steps, who deployed and released it."""
    definition = queries.definition(db.session, key, version)
    return render_template(
        "definitions/show.html",
        definition=definition,
        versions=queries.versions(db.session, key),
        events=queries.definition_events(db.session, definition.id),
        steps=step_words.steps_in_words(definition.model, directory.of(db.session)),
    )


@bp.get("/<key>/<int:version>/diagram.bpmn")
@permission("process.view")
def diagram(key: str, version: int) -> ResponseReturnValue:
    """The BPMN document, for the viewer and for download."""
    definition = queries.definition(db.session, key, version)
    return _xml(definition.xml, f"{key}-{version}")


def _xml(text: str, name: str) -> Response:
    answer = Response(text, mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.bpmn"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@bp.post("/<key>/<int:version>/release")
@permission("process.release")
def release(key: str, version: int) -> ResponseReturnValue:
    """Let people start this version; cases of older versions go on as they are."""
    with unit_of_work() as uow:
        engine.release(uow, key, version, by=current_user.actor)
    flash(_("Version %(version)s is released. New cases take it.", version=version))
    return redirect(url_for("definitions.show", key=key, version=version))


@bp.post("/<key>/<int:version>/retire")
@permission("process.release")
def retire(key: str, version: int) -> ResponseReturnValue:
    """Let nobody start this version any more; its running cases go on."""
    with unit_of_work() as uow:
        engine.retire(uow, key, version, by=current_user.actor)
    flash(_("Version %(version)s is retired. Its running cases go on.", version=version))
    return redirect(url_for("definitions.show", key=key, version=version))
