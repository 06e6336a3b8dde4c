"""Lists as files: Excel and PDF, handed out as attachments."""

import io

from flask import request, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kernel.audit import acts
from kernel.errors import NotFound
from kernel.uow import unit_of_work
from reports.exporters import export, exporters
from reports.sheet import Sheet


def download(kind: str, sheet: Sheet) -> ResponseReturnValue:
    """The sheet as a file.

    Raises: NotFound for a kind that no exporter makes, TooManyRows
    """
    if kind not in exporters:
        raise NotFound()
    made = export(kind, sheet)
    with unit_of_work() as uow:
        uow.audit.record(acts.LIST_EXPORTED, current_user.actor, request.endpoint or "", kind=kind)
    return send_file(
        io.BytesIO(made.content),
        mimetype=made.content_type,
        as_attachment=True,
        download_name=made.name,
    )
