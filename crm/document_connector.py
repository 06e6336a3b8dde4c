"""Make a document of a case: the bundle's template and the case's data become a PDF."""

from sqlalchemy.orm import Session

from engine import queries
from engine.connectors import BpmnError, ConnectorCall, connectors
from engine.tables import ProcessInstance
from kernel import files, pdf
from kernel.errors import AppError, NotFound
from kernel.types import JsonObject
from kernel.uow import UnitOfWork


@connectors.register("document.render")
class RenderDocument:
    """Fill `documents/<document>.typ` of the bundle and keep the PDF.

    In: `document` (key), `name` (file name, without ending), `data` (object that the template
    reads); every other input is put into the data under its own name.
    Out: `file` (`id`, `name`, `size`, `content_type`).
    Error: `RENDER_FAILED` when the template is missing or cannot be set.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        """The stored file."""
        key = str(call.inputs.get("document") or "")
        try:
            source = _template(uow.session, call, key)
            content = pdf.render(source, _data(call), {})
        except AppError as error:
            raise BpmnError("RENDER_FAILED", error.sentence()) from error
        name = str(call.inputs.get("name") or key)
        kept = files.store().put(
            uow,
            content,
            name=f"{name}.pdf",
            content_type="application/pdf",
            scope=f"instance:{call.root_id}",
        )
        return {
            "file": {
                "id": str(kept.id),
                "name": kept.name,
                "size": kept.size,
                "content_type": kept.content_type,
            }
        }


class DocumentUnknown(NotFound):
    """The bundle holds no such document."""

    code = "crm.document-unknown"


def _template(session: Session, call: ConnectorCall, key: str) -> str:
    instance = session.get_one(ProcessInstance, call.instance_id)
    found = queries.deployment_file(session, instance.definition_id, f"documents/{key}.typ")
    if found is None:
        raise DocumentUnknown(document=key)
    return found.decode("utf-8")


def _data(call: ConnectorCall) -> JsonObject:
    given = call.inputs.get("data")
    rest = {
        name: value
        for name, value in call.inputs.items()
        if name not in ("document", "name", "data")
    }
    return {**(given if isinstance(given, dict) else {}), **rest}
