"""`office`: the whole product, used over HTTP."""

import pytest

from tests.product.fixtures import Product
from tests.requirements_http.office import Office


@pytest.fixture
def office(product: Product) -> Office:
    """Everybody at their desks, nobody logged in yet."""
    return Office(product)
