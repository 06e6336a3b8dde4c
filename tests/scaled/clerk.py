"""A person in a browser, on whom everything falls."""

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from tests.product.organisation import PASSWORD, holder_of

POSITION = "subscribers.expert"
PATIENCE = 5  # retries of one act; nobody tries for ever
AGAIN = ".rv-errorpage form button, .rv-errorpage a.btn-primary, [data-again]"


class Clerk:
    """A person at a browser, who tries once more when no page comes, and counts how often."""

    def __init__(self, page: Page, url: str, come_back: Callable[[], None]) -> None:
        self.page, self.url, self.retries = page, url, 0
        self._come_back = come_back  # returns when it makes sense to try again

    def log_in(self) -> None:
        self.page.goto(f"{self.url}/login")
        self.page.fill("[name=username]", holder_of(POSITION))
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("[data-main]")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def open(self, path: str) -> None:
        """Open a page."""
        self._insist(lambda: self.page.goto(self.url + path), lambda: self.page.url.endswith(path))

    def press(self) -> None:
        """Press the page's main button; it leads to another page."""
        here = self.page.url
        self._insist(lambda: self._by_button("[data-main]"), lambda: self.page.url != here)

    def type_in(self, days: int) -> None:
        """Fill the form of a leave request."""
        self.page.locator("[name='leave.kind'][value=annual]").check()
        self.page.fill("[name='leave.from_date']", "1405/12/05")
        self.page.fill("[name='leave.days']", str(days))
        self.page.fill("[name='leave.note']", f"{days} days\nfor a journey")

    def _insist(self, act: Callable[[], object], reached: Callable[[], bool]) -> None:
        with suppress(BrowserError):
            act()
        given_up = self.retries + PATIENCE
        # Asked twice: the browser's own error page may come between the two questions.
        while self._broken() or not reached() or self._broken():
            if self.retries == given_up:
                raise AssertionError(f"{self.page.url}\n{self.page.content()[:3000]}")
            self.retries += 1
            self._come_back()
            with suppress(BrowserError):
                self._by_button(AGAIN) if self.page.locator(AGAIN).count() else self.page.reload()

    def _broken(self) -> bool:
        """Whether there is no page, or one that says to try again."""
        gone = self.page.url.startswith("chrome-error:")
        return gone or self.page.locator(AGAIN).count() > 0

    def _by_button(self, button: str) -> None:
        with self.page.expect_navigation(timeout=40_000):
            self.page.locator(button).first.click()
