"""Staff at their desks: plays the steps of a case through Chromium, one desk per position."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

import engine
from engine.tables import ProcessInstance, WorkItem
from kernel import jobs
from kernel.jalali import table_date
from kernel.text import persian_digits
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from people.durations import IsoDuration
from tests.product.fixtures import Product
from tests.product.organisation import PASSWORD, holder_of

MODELS = Path(__file__).parents[2] / "bpmn_models"
Answers = dict[str, Any]


def steps_of(process: str, case: str) -> list[dict[str, Any]]:
    """The steps of a shipped case, by the beginning of its name."""
    cases = json.loads((MODELS / process / "cases.json").read_text())
    found: list[dict[str, Any]] = next(c for c in cases if c["name"].startswith(case))["steps"]
    return found


class Story:
    """One case in the browser. `root` is set once it has begun."""

    def __init__(self, site: Product, browser: Browser, language: str = "fa") -> None:
        self.site, self.browser, self.language = site, browser, language
        self.desks: dict[str, Page] = {}
        self.contexts: list[BrowserContext] = []
        self.root = ""

    def desk(self, position: str) -> Page:
        """The page of whoever holds the position; logs in when the session has ended."""
        if position not in self.desks:
            context = self.browser.new_context(viewport={"width": 1400, "height": 1000})
            context.set_default_timeout(15_000)
            self.contexts.append(context)
            self.desks[position] = context.new_page()
            self._log_in(self.desks[position], position)
        return self.desks[position]

    def _log_in(self, page: Page, position: str) -> None:
        page.goto(f"{self.site.url}/login")
        page.fill("[name=username]", holder_of(position))
        page.fill("[name=password]", PASSWORD)
        page.click("[data-main]")
        page.wait_for_url(lambda url: "/login" not in url)
        if page.locator("html").get_attribute("lang") != self.language:
            page.locator("form[action$='/language'] button").first.click()
            expect(page.locator("html")).to_have_attribute("lang", self.language)

    def do(
        self,
        task: str,
        position: str,
        answers: Answers | None = None,
        outcome: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Find the open item in the position's inbox, fill its form, choose the outcome."""
        item = self.open_item(task)
        page = self.desk(position)
        page.goto(f"{self.site.url}/inbox")
        page.locator(f"a[href*='/items/{item}']").first.click()
        page.wait_for_url(f"**/items/{item}*")
        form = page.locator("#item-form")
        for name, value in (answers or {}).items():
            fill(form, name, value)
        self._send(page, outcome, reason)
        page.wait_for_url(lambda url: item not in url)
        jobs.run_until_idle()

    def _send(self, page: Page, outcome: str | None, reason: str | None) -> None:
        buttons = page.locator(".rv-outcomes > button[name=outcome]")
        if outcome is None:
            page.locator(".rv-outcomes > button").first.click()
            return
        buttons.locator(f"xpath=self::*[@value='{outcome}']").click()
        if reason is not None:
            page.fill("#reason-text", reason)
            page.click("#reason [data-send]")

    def play(self, steps: list[dict[str, Any]]) -> None:
        """Play the steps of a shipped case."""
        for step in steps:
            if "complete" in step:
                self.do(
                    step["complete"],
                    step["by"],
                    step.get("answers"),
                    step.get("outcome"),
                    step.get("reason"),
                )
            elif "move" in step:
                self.wait(step["move"])
            elif "message" in step:
                self.message(step["message"], step.get("key"), step.get("payload", {}))
            elif "expect" in step:
                assert set(step["expect"].get("open", ())) <= set(self.open_tasks())

    def wait(self, duration: str) -> None:
        """Let time pass by the clock, an hour at a time, doing what comes due on the way."""
        left = IsoDuration.parse(duration).as_timedelta()
        while left > timedelta(0):
            hop = min(left, timedelta(hours=6))
            self.site.clock.move(hop)
            jobs.run_until_idle()
            left -= hop

    def answer_by_sms(self, mobile: str, text: str, message_id: str) -> None:
        """The provider calls back: this phone has answered."""
        answer = requests.post(
            f"{self.site.url}/hooks/sms/callback-secret/receive",
            data={"from": mobile, "to": "10008663", "message": text, "messageid": message_id},
            timeout=10,
        )
        assert answer.status_code == 200
        jobs.run_until_idle()

    def message(self, name: str, key: str | None, payload: dict[str, Any]) -> None:
        """Another system tells the case something."""
        with unit_of_work() as uow:
            assert engine.correlate(uow, name, key, payload, by=SYSTEM) == 1
        jobs.run_until_idle()

    def open_tasks(self) -> list[str]:
        """Element ids of the open work of the whole case."""
        with read_only() as session:
            query = select(WorkItem.element_id).where(
                WorkItem.root_id == self.root_id, WorkItem.status.in_(("open", "claimed"))
            )
            return list(session.scalars(query))

    def open_item(self, task: str) -> str:
        """The id of the open item of a task, anywhere in the case."""
        with read_only() as session:
            query = select(WorkItem.id).where(
                WorkItem.root_id == self.root_id,
                WorkItem.element_id == task,
                WorkItem.status.in_(("open", "claimed")),
            )
            found = session.scalars(query).first()
        assert found is not None, f"{task} is not open; open: {self.open_tasks()}"
        return str(found)

    @property
    def root_id(self) -> Any:
        """The root instance of the case that was begun last."""
        with read_only() as session:
            query = select(ProcessInstance.id).where(ProcessInstance.parent_id.is_(None))
            return session.scalars(query.order_by(ProcessInstance.started_at.desc())).first()

    def close(self) -> None:
        """Everybody goes home."""
        for context in self.contexts:
            context.close()


def fill(form: Locator, name: str, value: Any) -> None:
    """Fill one field as a person would: Persian digits, Jalali dates, buttons for rows."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        _fill_rows(form, name, value)
        return
    seen = ":not([type=hidden])"
    field = form.locator(f"[name='{name}']{seen}, [name$='.{name}']{seen}")
    kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
    if kind == "radio":
        field.locator(f"xpath=self::*[@value='{_plain(value)}']").check(force=True)
    elif kind == "checkbox" and isinstance(value, list):
        for one in value:
            field.locator(f"xpath=self::*[@value='{_plain(one)}']").check(force=True)
    elif kind == "checkbox":
        field.last.set_checked(bool(value), force=True)
    elif kind == "select":
        field.select_option([str(_plain(one)) for one in _listed(value)])
    else:
        field.first.fill(_typed(value))


def _fill_rows(form: Locator, name: str, rows: list[dict[str, Any]]) -> None:
    for index, row in enumerate(rows):
        if form.locator(f"[name*='{name}[{index}].']").count() == 0:
            form.locator(f"button[value*='{name}'], button[name*='{name}']").last.click()
            form.page.wait_for_selector(f"[name*='{name}[{index}].']")
        for column, value in row.items():
            fill(form, f"{name}[{index}].{column}", value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _typed(value: Any) -> str:
    """As somebody types it in Persian: digits and dates of the Persian calendar."""
    text = str(value)
    try:
        return table_date(date.fromisoformat(text), "fa")
    except ValueError:
        return persian_digits(text) if isinstance(value, int | float) else text


@contextmanager
def story(site: Product, browser: Browser, language: str = "fa") -> Iterator[Story]:
    """A story whose desks are cleared when it ends."""
    told = Story(site, browser, language)
    try:
        yield told
    finally:
        told.close()
