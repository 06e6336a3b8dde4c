"""Downloads: only to whoever may see what the file hangs on, never shown inline."""

from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kernel import files
from web.access import signed_in
from web.database import db
from web.file_scopes import require_visible

bp = Blueprint("files", __name__)


@bp.get("/files/<uuid:file_id>")
@signed_in
def download(file_id: UUID) -> ResponseReturnValue:
    """The bytes, as an attachment under the name they came with."""
    stored = files.store().find(db.session, file_id)
    require_visible(db.session, current_user.actor, stored)
    response = Response(files.store().pieces(file_id), mimetype="application/octet-stream")
    response.content_length = stored.size
    response.headers.set("Content-Disposition", "attachment", filename=stored.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
