"""Every page of the product once: its name, who opens it, and its address in a filled database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.tables import Ticket
from engine.tables import Incident, InstanceLink, ProcessInstance, WorkItem
from kernel.files import StoredFile
from notifiers.tables import Delivery
from people.tables import Person
from tests import rich_case
from tests.product.organisation import holder_of
from tests.web.bundles import KEY as DAILY_COST

ADMIN, DESIGNER, CLERK, EXPERT, HEAD = (
    "platform.admin",
    "platform.designer",
    "reception.clerk",
    "subscribers.expert",
    "subscribers.head",
)


@dataclass(frozen=True)
class PageToSee:
    """A page. `position`: whose holder opens it, None for strangers; `path` may say None."""

    name: str
    position: str | None
    path: Callable[[Session], str | None]


def _fixed(path: str) -> Callable[[Session], str | None]:
    return lambda _session: path


def _of(query: Any, form: str) -> Callable[[Session], str | None]:
    def path(session: Session) -> str | None:
        found = session.scalar(query.limit(1))
        return form.format(found) if found else None

    return path


_OPEN = ("open", "claimed")
_STOPPED = select(Incident.instance_id).where(Incident.state == "open")
_SENT = (
    select(Delivery.instance_id)
    .join(ProcessInstance, ProcessInstance.id == Delivery.instance_id)
    .where(ProcessInstance.status == "running", ProcessInstance.id.not_in(_STOPPED))
)
_PARENT = select(ProcessInstance.parent_id).where(
    ProcessInstance.status == "running",
    ProcessInstance.definition_key == "contract_registration",
)
_WITH_WORK = (
    select(WorkItem.instance_id)
    .where(WorkItem.status.in_(_OPEN))
    .order_by(WorkItem.due_at.is_(None), WorkItem.due_at)
)


def _item(position: str) -> Any:
    return (
        select(WorkItem.id)
        .where(WorkItem.status.in_(_OPEN), WorkItem.position_key == position)
        .order_by(WorkItem.due_at.is_(None), WorkItem.due_at)
    )


_ENDED = select(ProcessInstance.id).where(ProcessInstance.status == "completed")
_CANCELLED = select(ProcessInstance.id).where(
    ProcessInstance.status == "cancelled", ProcessInstance.parent_id.is_(None)
)
_CASE = "/instances/{}"
_RICH = select(ProcessInstance.id).where(ProcessInstance.definition_key == rich_case.KEY)
_MOVES = select(ProcessInstance.id).where(
    ProcessInstance.status == "running", ProcessInstance.definition_key == DAILY_COST
)
_UPLOADS = select(StoredFile.id).where(StoredFile.scope.startswith("upload:"))


def _rich(path: str) -> Callable[[Session], str | None]:
    """A page that is there when the case in which everything happens is."""
    return lambda session: path if session.scalar(_RICH.limit(1)) else None


PAGES = (
    PageToSee("login", None, _fixed("/login")),
    PageToSee("my-day", EXPERT, _fixed("/")),
    PageToSee("inbox", EXPERT, _fixed("/inbox")),
    PageToSee("inbox-searched", EXPERT, _fixed("/inbox?q=هزینه&kind=step")),
    PageToSee("item", EXPERT, _of(_item(EXPERT), "/items/{}")),
    PageToSee("item-diagram", EXPERT, _of(_item(EXPERT), "/items/{}/diagram")),
    PageToSee("start", EXPERT, _fixed("/start")),
    PageToSee("start-leave", EXPERT, _fixed("/start?process=leave_request")),
    PageToSee("contacts", EXPERT, _fixed("/contacts")),
    PageToSee(
        "contact",
        EXPERT,
        _of(select(InstanceLink.ref).where(InstanceLink.kind == "contact"), "/contacts/{}"),
    ),
    PageToSee(
        "contact-erase",
        ADMIN,
        _of(select(InstanceLink.ref).where(InstanceLink.kind == "contact"), "/contacts/{}/erase"),
    ),
    PageToSee(
        "contact-erased",
        ADMIN,
        _of(select(InstanceLink.ref).where(InstanceLink.kind == "contact"), "/contacts/{}/erased"),
    ),
    PageToSee("contact-new", EXPERT, _fixed("/contacts/new")),
    PageToSee("tickets", CLERK, _fixed("/tickets")),
    PageToSee("ticket", CLERK, _of(select(Ticket.id), "/tickets/{}")),
    PageToSee("ticket-new", CLERK, _fixed("/tickets/new")),
    PageToSee("prefs", EXPERT, _fixed("/prefs")),
    PageToSee("dashboard", HEAD, _fixed("/reports/")),
    PageToSee("work", HEAD, _fixed("/reports/work")),
    PageToSee("work-done", HEAD, _fixed("/reports/work?state=done")),
    PageToSee("report", HEAD, _fixed("/reports/table?process=contract_signing")),
    PageToSee(
        "report-grouped",
        HEAD,
        _fixed("/reports/table?process=intake_ticket&group=status&column=hours"),
    ),
    PageToSee("instances", HEAD, _fixed("/instances/")),
    PageToSee("instances-empty", HEAD, _fixed("/instances/?q=nothing-like-this")),
    PageToSee("instance", HEAD, _of(_WITH_WORK, _CASE)),
    PageToSee("instance-forms", HEAD, _of(_WITH_WORK, _CASE + "?tab=forms")),
    PageToSee("instance-work", HEAD, _of(_WITH_WORK, _CASE + "?tab=work")),
    PageToSee("instance-messages", HEAD, _of(_SENT, _CASE + "?tab=messages")),
    PageToSee("instance-history", HEAD, _of(_WITH_WORK, _CASE + "?tab=history")),
    PageToSee("instance-calling", HEAD, _of(_PARENT, _CASE + "?tab=called")),
    PageToSee("instance-ended", HEAD, _of(_ENDED, _CASE)),
    PageToSee("instance-cancelled", HEAD, _of(_CANCELLED, _CASE)),
    PageToSee("instance-stopped", ADMIN, _of(_STOPPED, _CASE)),
    PageToSee("instance-waiting", ADMIN, _of(_RICH, _CASE + "?tab=work")),
    PageToSee("instance-told", ADMIN, _of(_RICH, _CASE + "?tab=history")),
    PageToSee("instance-move", ADMIN, _of(_MOVES, _CASE + "/version?version=2")),
    PageToSee("incidents", ADMIN, _fixed("/incidents/")),
    PageToSee("hold", ADMIN, _fixed("/hold/")),
    PageToSee("deliveries", ADMIN, _fixed("/deliveries/")),
    PageToSee("deliveries-unknown", ADMIN, _fixed("/deliveries/texts")),
    PageToSee("deliveries-incoming", ADMIN, _fixed("/deliveries/incoming")),
    PageToSee(
        "delivery",
        ADMIN,
        _of(select(Delivery.id).where(Delivery.channel == "sms"), "/deliveries/{}"),
    ),
    PageToSee("definitions", ADMIN, _fixed("/processes/")),
    PageToSee("definition", ADMIN, _fixed("/processes/contract_signing/1")),
    PageToSee("definition-decisions", ADMIN, _rich("/processes/home_care/1")),
    PageToSee("upload", ADMIN, _fixed("/processes/upload")),
    PageToSee("upload-questions", DESIGNER, _of(_UPLOADS, "/processes/upload/{}")),
    PageToSee("people", ADMIN, _fixed("/people/")),
    PageToSee(
        "person",
        ADMIN,
        _of(select(Person.id).where(Person.username == holder_of(EXPERT)), "/people/?person={}"),
    ),
    PageToSee("person-new", ADMIN, _fixed("/people/new")),
    PageToSee("roles", ADMIN, _fixed("/people/roles")),
    PageToSee("calendar", ADMIN, _fixed("/calendar/")),
    PageToSee("audit", ADMIN, _fixed("/audit/")),
    PageToSee("audit-checked", ADMIN, _fixed("/audit/?check=1&act=person")),
    PageToSee("not-found", ADMIN, _fixed("/nothing-here")),
    PageToSee("refused", CLERK, _fixed("/calendar/")),
)
