"""Make a document of a case: the bundle's template and the case's data become a PDF.

Laying out takes a while, so it happens in a job of its own, outside any transaction.
"""

from dataclasses import dataclass
from uuid import UUID

from engine.connectors import BpmnError, ConnectorCall, Pending, connectors
from engine.tables import DeploymentFile
from engine.verbs.activity import finish_activity
from kernel import files, pdf
from kernel.errors import AppError, NotFound
from kernel.jobs import outside
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

JOB = "crm.render-document"


class DocumentUnknown(NotFound):
    """The bundle holds no such document."""

    code = "crm.document-unknown"


class RenderDocument:
    """Fill `documents/<document>.typ` of the bundle and keep the PDF.

    In: `document` (key), `name` (file name, without ending), `data` (object that the template
    reads); every other input is put into the data under its own name.
    Out: `file` (`id`, `name`, `size`, `content_type`).
    Error: `RENDER_FAILED` when the template is missing or cannot be laid out.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> Pending:
        """Queue the laying out; the step ends when the file is there."""
        key = str(call.inputs.get("document") or "")
        uow.jobs.add(
            JOB,
            {
                "activation_id": str(call.activation_id),
                "root_id": str(call.root_id),
                "deployment_id": str(call.deployment_id),
                "document": key,
                "name": str(call.inputs.get("name") or key),
                "data": _data(call.inputs),
            },
            group=str(call.root_id),
        )
        return Pending()


@dataclass(frozen=True)
class Layout:
    """One document to lay out; no source when the bundle holds none of that name."""

    document: str
    source: str | None
    data: JsonObject


class RenderJob:
    """Lays a document out and lets its step end."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> Layout:
        """Read the template of the deployment that the case runs on."""
        path = f"documents/{payload['document']}.typ"
        found = uow.session.get(DeploymentFile, (UUID(payload["deployment_id"]), path))
        source = found.data.decode("utf-8") if found else None
        return Layout(payload["document"], source, payload["data"])

    def act(self, request: Layout) -> bytes | BpmnError:
        """The PDF, or why there is none."""
        try:
            if request.source is None:
                raise DocumentUnknown(document=request.document)
            return pdf.render(request.source, request.data)
        except AppError as error:
            return BpmnError("RENDER_FAILED", error.sentence())

    def settle(self, uow: UnitOfWork, payload: JsonObject, result: bytes | BpmnError) -> None:
        """Keep the file and go on, or raise the error in the diagram."""
        activation_id = UUID(payload["activation_id"])
        if isinstance(result, BpmnError):
            finish_activity(uow, activation_id, error=result)
            return
        kept = files.store().put(
            uow,
            result,
            name=f"{payload['name']}.pdf",
            content_type="application/pdf",
            scope=f"instance:{payload['root_id']}",
        )
        uow.session.flush()
        about = {"name": kept.name, "size": kept.size, "content_type": kept.content_type}
        finish_activity(uow, activation_id, {"file": {"id": str(kept.id), **about}})


def _data(inputs: JsonObject) -> JsonObject:
    given = inputs.get("data")
    rest = {key: value for key, value in inputs.items() if key not in ("document", "name", "data")}
    return {**(given if isinstance(given, dict) else {}), **rest}


connectors.add("document.render", RenderDocument())
outside.add(JOB, RenderJob())
