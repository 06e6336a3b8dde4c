"""No page breaks WCAG 2.1 AA: axe-core in a real browser, both languages, themes and widths."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kernel import clock, db
from kernel.clock import MovableClock
from kernel.uow import read_only
from tests.conftest import START
from tests.hand_drawn import upload_by_hand
from tests.pages import PAGES, PageToSee
from tests.product.fixtures import Served, configuration
from tests.rich_case import start_rich
from tests.screenshots import Theme, log_in, settle, speak
from tests.small_cases import fill_a_little, second_version
from web.app import create_app
from web.assets import SOURCES
from web.fake_kavenegar import FakeState, create_fake

AXE = SOURCES / "node_modules" / "axe-core" / "axe.min.js"
# Each page in both languages, themes and widths; the four looks are shared between the languages.
LOOKS: dict[str, tuple[tuple[Theme, int], ...]] = {
    "fa": (("light", 1400), ("dark", 390)),
    "en": (("dark", 1400), ("light", 390)),
}
NOT_HERE = {"instance-calling"}  # needs a contract that has gone far
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
ASK = """async (rules) => {
  await new Promise((done) => setTimeout(done, 60));
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.map((one) => ({
    id: one.id, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " | " +
      node.any.concat(node.all, node.none).map((check) => check.message).join("; ").slice(0, 200)),
  }));
}"""


@pytest.fixture(scope="module")
def filled_site(product_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product with a few cases of every kind, served."""
    folder = tmp_path_factory.mktemp("axe") / "data"
    shutil.copytree(product_template, folder)
    before = clock.use(MovableClock(START))
    sms = Served(create_fake(FakeState(api_key="test-key-canary", path=None, callback_url="")))
    app = create_app(configuration(folder, kavenegar_url=sms.url))
    site = Served(app)
    fill_a_little()
    second_version()
    start_rich()
    upload_by_hand(app)
    yield site.url
    site.close()
    sms.close()
    clock.use(before)
    db.database().dispose()


@pytest.mark.parametrize("language", ["fa", "en"])
def test_no_page_breaks_wcag(filled_site: str, browser: Browser, language: str) -> None:
    speak(language)
    broken: list[str] = []
    for position in dict.fromkeys(one.position for one in PAGES):
        context = browser.new_context(locale=language, bypass_csp=True, reduced_motion="reduce")
        page = context.new_page()
        if position:
            log_in(page, filled_site, position)
        for one in (page_ for page_ in PAGES if page_.position == position):
            broken += _violations(page, filled_site, one, language)
        context.close()
    assert not broken, "\n".join(broken)


def _violations(page: Page, url: str, one: PageToSee, language: str) -> Iterator[str]:
    with read_only() as session:
        path = one.path(session)
    if path is None:
        assert one.name in NOT_HERE, f"{one.name}: nothing to look at"
        return
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(url + path)
    settle(page)
    page.add_style_tag(content="* { transition: none !important; }")  # colours change at once
    page.evaluate(AXE.read_text())
    for theme, width in LOOKS[language]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", theme)
        found: list[dict[str, Any]] = page.evaluate(ASK, RULES)
        yield from (
            f"{one.name} {theme} {width}: {json.dumps(v, ensure_ascii=False)}" for v in found
        )
