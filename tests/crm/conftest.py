"""The organisation of the people's tests, with a clerk at the telephone."""

import pytest

from crm.seed import seed
from kernel.clock import MovableClock
from kernel.uow import unit_of_work
from people import Actor
from people.actors import actor_for
from tests.people.conftest import furnish


@pytest.fixture
def clerk(ravand_both: MovableClock) -> Actor:
    """Sara of the reception."""
    with unit_of_work() as uow:
        office = furnish(uow)
        seed(uow)
        return actor_for(uow.session, office.sara)
