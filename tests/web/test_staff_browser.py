"""What scripts add for staff, in a real browser: nothing typed is lost, keys, drawings, looks."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.product.fixtures import Desk, Product
from tests.requirements import requirement

AXE = Path(__file__).parents[2] / "web/assets/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def leave(desk: Desk) -> Page:
    """An expert at the first step of a leave request."""
    page: Page = desk("subscribers.expert")
    page.goto(f"{origin(page)}/start?process=leave_request")
    page.get_by_role("button", name="شروع").click()
    page.wait_for_url("**/items/*")
    return page


def origin(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])


@requirement("C02", "C04")
def test_a_field_appears_with_its_condition_and_the_typed_rest_stays(leave: Page) -> None:
    leave.get_by_label("تعداد روز").fill("۴")

    leave.get_by_text("استعلاجی", exact=True).click()

    expect(leave.locator("input[type=file]")).to_be_attached()
    expect(leave.get_by_label("تعداد روز")).to_have_value("۴")
    leave.get_by_text("استحقاقی", exact=True).click()
    expect(leave.locator("input[type=file]")).not_to_be_attached()
    expect(leave.get_by_label("تعداد روز")).to_have_value("۴")


def test_what_is_typed_saves_itself_and_is_there_again(leave: Page) -> None:
    leave.get_by_label("تعداد روز").fill("۷")

    expect(leave.locator("[data-draft-saved]")).to_contain_text("ذخیره شد", timeout=8000)
    leave.reload()

    expect(leave.get_by_label("تعداد روز")).to_have_value("۷")


def test_a_day_is_picked_from_the_jalali_calendar_by_keys(leave: Page) -> None:
    leave.locator("[data-open-picker]").first.click()
    calendar = leave.locator("dialog.rv-cal")
    expect(calendar).to_be_visible()

    leave.keyboard.press("ArrowDown")
    leave.keyboard.press("Enter")

    expect(calendar).not_to_be_attached()
    expect(leave.locator("[data-jdp]").first).to_have_value(
        re.compile("^[۰-۹]{4}/[۰-۹]{2}/[۰-۹]{2}$")
    )


@requirement("E05")
def test_control_enter_sends_and_a_refusal_asks_its_reason_in_a_dialog(
    leave: Page, desk: Desk
) -> None:
    leave.get_by_text("استحقاقی", exact=True).click()
    leave.locator("[data-jdp]").first.fill("۱۴۰۵/۰۹/۱۴")
    leave.get_by_label("تعداد روز").fill("۲")
    begun = leave.url
    leave.keyboard.press("Control+Enter")
    leave.wait_for_url(lambda url: url != begun)

    head: Page = desk("subscribers.head")
    head.goto(f"{origin(head)}/inbox/next")
    head.locator(".rv-outcomes").get_by_role("button", name="مخالفت").click()
    dialog = head.get_by_role("dialog")
    dialog.get_by_label("دلیل").fill("نیرو کم است")
    dialog.get_by_role("button", name="مخالفت", exact=True).click()

    expect(head.get_by_role("status").filter(has_text="بسته شد")).to_be_visible()


@requirement("B12")
def test_the_step_stands_on_its_diagram_and_the_bpmn_io_mark_is_uncovered(leave: Page) -> None:
    leave.get_by_role("link", name="نمودار و تاریخچه").click()

    expect(leave.locator(".rv-canvas .s-current").first).to_be_visible()
    expect(leave.locator(".rv-badge")).to_have_text("شما")
    covered = leave.evaluate(
        """() => { const mark = document.querySelector('.bjs-powered-by').getBoundingClientRect();
        const top = document.elementFromPoint(mark.x + mark.width / 2, mark.y + mark.height / 2);
        return !top.closest('.bjs-powered-by'); }"""
    )
    assert not covered


def test_a_key_opens_the_search_and_what_is_found_is_not_hidden_by_it(leave: Page) -> None:
    leave.goto(f"{origin(leave)}/inbox")
    leave.keyboard.press("/")
    expect(leave.locator("#f-q")).to_be_focused()
    leave.keyboard.type("مرخصی")
    leave.keyboard.press("Enter")
    leave.wait_for_url("**/inbox?*")

    expect(leave.locator("#f-q")).not_to_be_visible()
    expect(leave.get_by_text("«مرخصی»")).to_be_visible()
    leave.get_by_role("link", name="برداشتن صافی‌ها").first.click()
    expect(leave.get_by_text("«مرخصی»")).not_to_be_visible()


def test_keys_walk_the_list_and_open_the_palette(leave: Page) -> None:
    leave.goto(f"{origin(leave)}/inbox")
    leave.keyboard.press("j")
    expect(leave.locator(".rv-row:focus")).to_be_attached()

    leave.keyboard.press("Control+k")
    leave.get_by_role("combobox").fill("تیکت")
    leave.keyboard.press("Enter")

    leave.wait_for_url("**/tickets")


def test_the_theme_turns_at_once_and_stays(leave: Page) -> None:
    leave.get_by_role("button", name="روشن یا تیره").click()
    turned = leave.evaluate("document.documentElement.dataset.bsTheme")
    leave.wait_for_load_state("networkidle")
    leave.goto(f"{origin(leave)}/inbox")

    assert leave.evaluate("document.documentElement.dataset.bsTheme") == turned


def test_a_phone_shows_one_pane_and_the_bottom_bar(desk: Desk) -> None:
    page: Page = desk("subscribers.expert", width=390)
    page.goto(f"{origin(page)}/inbox")

    expect(page.locator(".rv-tabbar")).to_be_visible()
    expect(page.locator(".rv-split__item")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


PAGES = ("/", "/inbox", "/start", "/tickets", "/tickets/new", "/contacts", "/prefs", "/notices")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_the_policy_no_breach(site: Product, desk: Desk, theme: str) -> None:
    page: Page = desk("subscribers.expert")
    broken: list[str] = []
    page.on("console", lambda one: broken.append(one.text) if one.type == "error" else None)
    token = page.evaluate("document.body.dataset.csrf")
    page.request.post(f"{site.url}/prefs/theme", form={"theme": theme, "csrf_token": token})
    faults: dict[str, object] = {}
    for path in (*PAGES, first_item(page, site.url), first_item(page, site.url) + "/diagram"):
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        faults[path] = axe(page)

    assert {path: found for path, found in faults.items() if found} == {}
    assert broken == []


def first_item(page: Page, url: str) -> str:
    """A work item to look at; begun when there is none."""
    page.goto(f"{url}/inbox")
    if not page.locator('[data-list="inbox"] .rv-row').count():
        page.goto(f"{url}/start?process=leave_request")
        page.get_by_role("button", name="شروع").click()
        page.wait_for_url("**/items/*")
    else:
        page.locator('[data-list="inbox"] .rv-row').first.click()
        page.wait_for_url("**/items/*")
    return page.url.removeprefix(url).partition("?")[0]


def axe(page: Page) -> list[str]:
    """Ids of the rules that fail, once what just happened has been read and is gone."""
    page.evaluate("document.querySelectorAll('[data-toast]').forEach(one => one.remove())")
    page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
    found: list[str] = page.evaluate(
        """rules => axe.run(document, { runOnly: rules })
        .then(result => result.violations.map(one => one.id + ': ' + one.nodes[0].html))""",
        RULES,
    )
    return found
