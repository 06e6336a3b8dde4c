"""Processes: upload and check, deploy as a draft, release, retire, and read."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

import engine
from engine import preflight, queries
from engine.bpmn.model import ProcessModel
from engine.bundle import Bundle, read_files, read_zip
from engine.preflight import Answer, Report
from engine.problems import Refused
from engine.xml import stored_text
from kernel.errors import NotFound
from kernel.i18n import gettext as _
from kernel.types import JsonObject
from kernel.uow import unit_of_work
from people import SYSTEM, directory
from web import decision_words, step_words, waiting_uploads
from web.access import permission
from web.database import db
from web.when import digits

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
    report = _checked(bundle)
    return _report(bundle, report, waiting_uploads.keep(bundle)), 200 if report.ok else 422


@bp.get("/upload/<uuid:upload_id>")
@permission("process.design")
def waiting(upload_id: UUID) -> ResponseReturnValue:
    """The check of an upload that waits for answers or for being stored."""
    bundle = waiting_uploads.find(upload_id)
    return _report(bundle, _checked(bundle), upload_id)


@bp.post("/upload/<uuid:upload_id>")
@permission("process.design")
def answer(upload_id: UUID) -> ResponseReturnValue:
    """Write the answers into the files and check again; what was given stays when refused."""
    bundle = waiting_uploads.find(upload_id)
    report = _checked(bundle)
    given = _given(report)
    try:
        mended = preflight.fix(bundle, report.questions, given)
    except preflight.AnswersRefused as refused:
        wrong = {one.question: one.sentence() for one in refused.wrong}
        return _report(bundle, report, upload_id, given, wrong), 422
    flash(_("%(count)s answers were written into the files.", count=len(given)))
    return redirect(url_for("definitions.waiting", upload_id=waiting_uploads.keep(mended)))


def _given(report: Report) -> dict[str, Answer]:
    """The answers of the form; the text belongs to the choice that was made."""
    if "all" in request.form:
        return preflight.proposals(report.questions)
    given = {}
    for question in report.questions:
        choice = request.form.get(f"choice:{question.id}")
        if choice:
            text = request.form.get(f"text:{question.id}:{choice}")
            given[question.id] = Answer(choice, text)
    return given


@bp.get("/upload/<uuid:upload_id>/files.zip")
@permission("process.design")
def mended_files(upload_id: UUID) -> ResponseReturnValue:
    """The upload with the answers in it, for the designer's own tool."""
    answer = Response(
        waiting_uploads.packed(waiting_uploads.find(upload_id)), mimetype="application/zip"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="mended.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/upload/<uuid:upload_id>/diagram.bpmn")
@permission("process.design")
def waiting_diagram(upload_id: UUID) -> ResponseReturnValue:
    """One diagram of a waiting upload, for the viewer."""
    path = request.args.get("file", "")
    data = waiting_uploads.find(upload_id).diagrams.get(path)
    if data is None:
        raise NotFound()
    try:
        return _xml(stored_text(data, path), "diagram")
    except Refused:
        raise NotFound() from None


def _checked(bundle: Bundle) -> Report:
    return preflight.check(bundle, preflight.catalogue_of(db.session))


def _read(chosen: list[FileStorage]) -> Bundle:
    if len(chosen) == 1 and (chosen[0].filename or "").lower().endswith(".zip"):
        return read_zip(chosen[0].read())
    return read_files([(file.filename or "", file.read()) for file in chosen])


def _report(
    bundle: Bundle,
    report: Report,
    upload_id: UUID,
    given: Mapping[str, Answer] = MappingProxyType({}),
    wrong: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The page of the check; `given` and `wrong` come back from a form that was refused."""
    chart = directory.of(db.session)
    return render_template(
        "definitions/report.html",
        bundle=bundle,
        report=report,
        upload_id=upload_id,
        given=given,
        wrong=wrong,
        drawings=_drawings(report),
        size=sum(len(data) for data in bundle.files.values()),
        processes=[(model, step_words.steps_in_words(model, chart)) for model in report.models],
    )


def _drawings(report: Report) -> dict[str, dict[str, JsonObject]]:
    """By file that is drawn: the elements with a question, and the question's number."""
    drawn = {model.file for model in report.models if model.has_diagram}
    marks: dict[str, dict[str, JsonObject]] = {}
    blocking = [one for one in report.questions if one.blocking]
    for number, question in enumerate(blocking, start=1):
        problem = question.problem
        if problem.file in drawn:
            mark: JsonObject = {
                "state": "problem",
                "badge": digits(number),
                "title": problem.what(),
            }
            marks.setdefault(problem.file, {}).setdefault(problem.element_id, mark)
    return marks


@bp.post("/deploy")
@permission("process.design")
def deploy() -> ResponseReturnValue:
    """Deploy an upload that was checked, as drafts; it is checked again on the way."""
    bundle = waiting_uploads.find(request.form.get("upload", ""))
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
        next_start=queries.next_start(db.session, definition.id),
        asked=decision_words.asked(db.session, definition.model, definition.deployment_id),
        outside=step_words.outside(definition.model),
        steps=step_words.steps_in_words(definition.model, directory.of(db.session)),
        by=lambda name: _("Ravand") if name == SYSTEM.name else name,
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
