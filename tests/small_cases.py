"""Cases of the small test process, so that pages show one stopped, one open, one ended case."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

import engine
from crm.contacts import ContactData, add_contact
from crm.tickets import TicketData, open_ticket
from engine import queries
from kernel import jobs
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, unit_of_work
from people import SYSTEM, Actor, directory
from people.actors import actor_for
from tests.product.organisation import holder_of
from tests.web.bundles import KEY, bundle

PHONE = "+989125550143"


def at(uow: UnitOfWork, position: str) -> Actor:
    """The first holder of a position, acting in it."""
    return actor_in(uow.session, position)


def actor_in(session: Session, position: str) -> Actor:
    """The same, where nothing is written."""
    person = directory.of(session).by_username(holder_of(position))
    return actor_for(session, person.id)


def release_daily_cost(uow: UnitOfWork) -> None:
    """Deploy and release the process that a zero stops."""
    engine.deploy(uow, bundle(), by=SYSTEM)
    engine.release(uow, KEY, by=SYSTEM)


def second_version(*, review: str = "review") -> None:
    """Deploy the process once more; its last step may have another id."""
    made = bundle()
    files = {
        path: data.replace(b'id="review"', f'id="{review}"'.encode())
        .replace(b'Ref="review"', f'Ref="{review}"'.encode())
        .replace(b'Element="review"', f'Element="{review}"'.encode())
        .replace("هزینهٔ روزانه".encode(), "هزینهٔ هر روز".encode())
        for path, data in made.files.items()
        if path != "cases.json"
    }
    with unit_of_work() as uow:
        engine.deploy(uow, replace(made, files=files), by=SYSTEM)


def start_one(links: JsonObject | None = None) -> UUID:
    """Start a case as a clerk."""
    with unit_of_work() as uow:
        by = at(uow, "reception.clerk")
        return engine.start(uow, KEY, links=links, by=by).id


def finish_step(
    case: UUID,
    position: str,
    answers: JsonObject | None = None,
    outcome: str | None = None,
) -> None:
    """Close the one open step of a case as the holder of a position."""
    with unit_of_work() as uow:
        by = at(uow, position)
        item = queries.inbox(uow.session, by, root_id=case)[0]
        engine.complete(
            uow,
            item.id,
            {"cost": answers} if answers else {},
            outcome=outcome,
            by=by,
            revision=queries.item(uow.session, by, item.id).item.revision,
            request_id=new_id(),
        )


def stop_one(total: int = 900, days: int = 0) -> UUID:
    """Start a case and record a cost; with no days it stops at the division."""
    case = start_one()
    finish_step(case, "reception.clerk", {"total": total, "days": days, "phone": PHONE})
    return case


def fill_a_little() -> None:
    """A contact, a ticket, and cases that are open, stopped, ended and cancelled."""
    with unit_of_work() as uow:
        clerk = at(uow, "reception.clerk")
        contact = add_contact(uow, ContactData(name="مینا رضوانی", phones=(PHONE,)), by=clerk)
        links = {"contact": str(contact.id)}
        data = TicketData(
            channel="phone",
            caller_name="مینا رضوانی",
            mobile=PHONE,
            subject="مراقب برای مادر",
            text="از شنبه مراقب می‌خواهد.",
        )
        open_ticket(uow, data, by=clerk)
        release_daily_cost(uow)
    stop_one()
    start_one(links)
    stop_one(days=3)
    ended, cancelled = stop_one(days=5), start_one(links)
    finish_step(ended, "subscribers.expert", outcome="accept")
    with unit_of_work() as uow:
        engine.cancel(uow, cancelled, "مشتری منصرف شد.", by=at(uow, "subscribers.head"))
    jobs.run_until_idle()
