"""`office`: the whole product over HTTP; `planted`: a contact all over it."""

import pytest

from tests.personal.planting import Planted, plant
from tests.product.fixtures import Product
from tests.requirements_http.office import Office


@pytest.fixture
def office(product: Product) -> Office:
    """Everybody at their desks, nobody logged in yet."""
    return Office(product)


@pytest.fixture
def planted(office: Office) -> Planted:
    """A contact whose case has ended."""
    return plant(office)
