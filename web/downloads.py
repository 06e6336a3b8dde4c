"""Lists as files: Excel and PDF, handed out as attachments."""

import io

from flask import send_file
from flask.typing import ResponseReturnValue

from kernel.errors import NotFound
from reports.exporters import export, exporters
from reports.sheet import Sheet


def download(kind: str, sheet: Sheet) -> ResponseReturnValue:
    """The sheet as a file.

    Raises: NotFound for a kind that no exporter makes, TooManyRows
    """
    if kind not in exporters:
        raise NotFound()
    made = export(kind, sheet)
    return send_file(
        io.BytesIO(made.content),
        mimetype=made.content_type,
        as_attachment=True,
        download_name=made.name,
    )
