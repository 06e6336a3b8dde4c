"""`python -m tests.screenshots [page …]`: every page, both languages, light and dark, 1400 and 390.

They land in `build/screenshots/<page>.<lang>.<theme>.<width>.png`; a few go to `docs/images/`.
The demo is made anew in a temporary folder unless `--data` names one to keep it in.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import update

from kernel import clock, db
from kernel.clock import MovableClock
from kernel.migrate import upgrade
from kernel.uow import read_only, unit_of_work
from people import versions
from people.tables import Person
from tests import chromium
from tests.conftest import START
from tests.hand_drawn import upload_by_hand
from tests.pages import PAGES, PageToSee
from tests.product.fixtures import Served, configuration
from tests.product.organisation import PASSWORD, holder_of
from tests.rich_case import start_rich
from web.app import create_app
from web.auth.passwords import hash_password
from web.cli.connect import connect
from web.demo.load import load_demo

ROOT = Path(__file__).parent.parent
OUT = ROOT / "build" / "screenshots"
IMAGES = ROOT / "docs" / "images"
Theme = Literal["light", "dark"]
LANGUAGES, WIDTHS = ("fa", "en"), (1400, 390)
THEMES: tuple[Theme, ...] = ("light", "dark")
FOR_THE_README = (
    "inbox.fa.light.1400.png",
    "item.fa.light.1400.png",
    "instance.fa.light.1400.png",
    "dashboard.fa.light.1400.png",
    "definition.fa.light.1400.png",
    "instance.en.dark.1400.png",
    "inbox.en.dark.390.png",
)


def main(arguments: list[str]) -> None:
    """Write the pictures of the pages named, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--data", type=Path, help="a folder to keep the demo in")
    given = parser.parse_args(arguments)
    wanted = [one for one in PAGES if not given.pages or one.name in given.pages]
    for folder in (OUT, IMAGES):
        folder.mkdir(parents=True, exist_ok=True)
    with _filled(given.data) as folder, served(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=list(chromium.FLAGS)
        )
        for language in LANGUAGES:
            speak(language)
            for position in dict.fromkeys(one.position for one in wanted):
                _take(browser, url, language, position, wanted)
        browser.close()


@contextmanager
def _filled(kept: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as passing:
        folder = kept or Path(passing)
        if not (folder / "ravand.db").exists():
            fill(folder)
        yield folder


def fill(folder: Path) -> None:
    """Make the demo, with one password for everybody."""
    folder.mkdir(parents=True, exist_ok=True)
    config = configuration(folder)
    before = clock.use(MovableClock(START))
    upgrade(db.configure(config.database_url))
    connect(config)
    load_demo(config)
    start_rich()
    with unit_of_work() as uow:
        uow.session.execute(update(Person).values(password_hash=hash_password(PASSWORD)))
    upload_by_hand(create_app(config))
    clock.use(before)
    db.database().dispose()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The product on a port, at the moment the demo ends."""
    before = clock.use(MovableClock(START))
    site = Served(create_app(configuration(folder)))
    yield site.url
    site.close()
    clock.use(before)
    db.database().dispose()


def speak(language: str) -> None:
    """Everybody reads this language from now on."""
    with unit_of_work() as uow:
        uow.session.execute(update(Person).values(locale=language))
        versions.renew(uow)


def _take(
    browser: Browser, url: str, language: str, position: str | None, wanted: list[PageToSee]
) -> None:
    context = browser.new_context(locale="fa-IR" if language == "fa" else "en")
    page = context.new_page()
    if position:
        log_in(page, url, position)
    else:
        page.goto(f"{url}/login")
        page.click(f"button[name=locale][value={language}]")
    for one in wanted:
        if one.position == position:
            _picture(page, url, language, one)
    context.close()


def log_in(page: Page, url: str, position: str) -> None:
    """Log in as the first holder of a position."""
    page.goto(f"{url}/login")
    page.fill("[name=username]", holder_of(position))
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit], main form button.btn-primary")
    page.wait_for_url(lambda address: "/login" not in address)


def _picture(page: Page, url: str, language: str, one: PageToSee) -> None:
    with read_only() as session:
        path = one.path(session)
    if path is None:
        print(f"{one.name}: nothing to show", file=sys.stderr)
        return
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.goto(url + path)
            settle(page)
            name = f"{one.name}.{language}.{theme}.{width}.png"
            page.screenshot(path=OUT / name, full_page=True)
            if name in FOR_THE_README:
                page.screenshot(path=IMAGES / name)


def settle(page: Page) -> None:
    """Wait for fonts and for the diagram, when the page has one."""
    page.evaluate("document.fonts.ready")
    if page.locator("[data-island=bpmn-viewer]").count():
        page.wait_for_selector("[data-canvas] .djs-container svg, .rv-canvas--text", timeout=15000)
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main(sys.argv[1:])
