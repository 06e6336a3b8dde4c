"""Fixtures of the whole product: `product` (HTTP without a socket), `site` (served), `browser`."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from wsgiref.simple_server import WSGIServer

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from config import Config
from kernel import clock, db
from kernel.clock import MovableClock
from tests import chromium
from tests.conftest import START
from tests.product.organisation import PASSWORD, build, holder_of
from tests.product.visitor import Visitor
from web import counts
from web.app import create_app
from web.fake_kavenegar import FakeState, create_fake


@dataclass
class Product:
    """The application on a copy of the demo organisation, with a clock that stands still."""

    app: Flask
    clock: MovableClock
    sms: FakeState
    url: str = ""

    def visitor(self, position: str | None = None) -> Visitor:
        """A browser without scripts; logged in when a position is given."""
        one = Visitor(self.app)
        return one.login_at(position) if position else one


class Served:
    """A WSGI application on a free port of the loopback interface."""

    def __init__(self, app: Flask) -> None:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self.server: WSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture(scope="session")
def product_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an organisation with every shipped model released."""
    folder = tmp_path_factory.mktemp("product")
    build(configuration(folder))
    return folder


def configuration(folder: Path, **changes: object) -> Config:
    """The configuration of a test installation in `folder`."""
    values: dict[str, object] = {
        "data_dir": folder,
        "database_url": f"sqlite:///{folder / 'ravand.db'}",
        "kavenegar_api_key": "test-key-canary",
        "kavenegar_callback_secret": "callback-secret",
    }
    return Config(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def sms_double() -> Iterator[tuple[FakeState, str]]:
    """A double of the SMS provider, and its address."""
    state = FakeState(api_key="test-key-canary", path=None, callback_url="")
    served = Served(create_fake(state))
    yield state, served.url
    served.close()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Pages are compiled once in a run, not once in a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def product(
    product_template: Path,
    tmp_path: Path,
    sms_double: tuple[FakeState, str],
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[Product]:
    """The application without a socket: requests through Werkzeug's client."""
    folder = tmp_path / "data"
    shutil.copytree(product_template, folder)
    standing = MovableClock(START)
    before = clock.use(standing)
    state, address = sms_double
    app = create_app(configuration(folder, kavenegar_url=address))
    app.jinja_env.bytecode_cache = compiled_templates
    counts.forget_everybody()
    yield Product(app, standing, state)
    clock.use(before)
    db.database().dispose()


@pytest.fixture
def site(product: Product) -> Iterator[Product]:
    """The application served on a port, for real browsers."""
    served = Served(product.app)
    product.url = served.url
    yield product
    served.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium.executable(), args=list(chromium.FLAGS)
        )
        yield launched
        launched.close()


Desk = Callable[..., Page]


@pytest.fixture
def desk(site: Product, browser: Browser) -> Iterator[Desk]:
    """`desk("reception.clerk")` is a page where the holder of that position is logged in."""
    contexts = []

    def open_desk(position: str, *, language: str = "fa", width: int = 1400) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="fa-IR" if language == "fa" else "en"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.url}/login")
        page.fill("[name=username]", holder_of(position))
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit], main form button.btn-primary")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield open_desk
    for context in contexts:
        context.close()
