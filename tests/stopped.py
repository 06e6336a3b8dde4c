"""A case that stopped: somebody divided by zero, so that pages about incidents show one."""

import engine
from engine import queries
from engine.tables import ProcessInstance
from kernel.ids import new_id
from kernel.uow import UnitOfWork
from people import SYSTEM, directory
from people.actors import actor_for
from tests.product.organisation import holder_of
from tests.web.bundles import KEY, bundle


def release_daily_cost(uow: UnitOfWork) -> None:
    """Deploy and release the process that a zero stops."""
    engine.deploy(uow, bundle(), by=SYSTEM)
    engine.release(uow, KEY, by=SYSTEM)


def stop_one(uow: UnitOfWork, total: int = 900, days: int = 0) -> ProcessInstance:
    """Start a case and record a cost; with no days it stops at the division."""
    person = directory.of(uow.session).by_username(holder_of("reception.clerk"))
    clerk = actor_for(uow.session, person.id)
    case = engine.start(uow, KEY, variables={}, by=clerk)
    uow.session.flush()
    item = queries.inbox(uow.session, clerk, root_id=case.id)[0]
    return engine.complete(
        uow,
        item.id,
        {"cost": {"total": total, "days": days}},
        by=clerk,
        revision=1,
        request_id=new_id(),
    )
