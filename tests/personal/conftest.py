"""An installation in which one contact's case has ended; `planted` says where they stand."""

import shutil
from pathlib import Path

import pytest

from crm import keeping
from kernel import clock, db
from kernel.clock import MovableClock
from kernel.i18n import use_locale
from tests.conftest import START
from tests.personal.planting import Planted, Words, find, plant
from tests.product.fixtures import Product, Served, configuration
from tests.requirements_http.office import Office
from web import counts
from web.app import create_app
from web.fake_kavenegar import FakeState, create_fake


@pytest.fixture(scope="session")
def product_template(product_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The organisation's data folder after a contact went through it all; made once."""
    folder = tmp_path_factory.mktemp("planted") / "data"
    shutil.copytree(product_template, folder)
    state = FakeState(api_key="test-key-canary", path=None, callback_url="")
    double = Served(create_fake(state))
    before = clock.use(MovableClock(START))
    try:
        with use_locale("fa"):
            app = create_app(configuration(folder, kavenegar_url=double.url))
            counts.forget_everybody()
            plant(Office(Product(app, MovableClock(START), state)))
    finally:
        clock.use(before)
        double.close()
        db.database().dispose()
    return folder


@pytest.fixture
def office(product: Product) -> Office:
    """Everybody at their desks, nobody logged in yet; the usual periods."""
    keeping.configure(keep={}, cases={}, messages=None, replies=None)
    return Office(product)


@pytest.fixture
def planted(office: Office) -> Planted:
    """The contact whose case has ended."""
    return find(office, Words())
