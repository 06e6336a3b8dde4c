"""A short case in English: ask for leave, mend a mistake, be refused with a reason."""

from playwright.sync_api import Browser, expect

from kernel import jobs
from tests.e2e.story import story
from tests.product.fixtures import Product
from tests.requirements import requirement


@requirement("C04", "C06", "C09", "E05", "E10")
def test_a_leave_request_is_mended_then_refused_in_english(site: Product, browser: Browser) -> None:
    with story(site, browser, language="en") as told:
        # given: a clerk starts the process from its page
        page = told.desk("subscribers.expert")
        page.goto(f"{site.url}/start?process=leave_request")
        expect(page.locator("html")).to_have_attribute("dir", "ltr")
        page.locator("form[action*='/start/leave_request'] button[data-main]").click()
        page.wait_for_url("**/items/*")
        jobs.run_until_idle()

        # when: a field is forgotten, the page says so and keeps what was typed
        page.locator("[name='leave.kind'][value='annual']").check(force=True)
        page.locator("[name='leave.days']").fill("3")
        page.locator(".rv-outcomes > button").first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("[name='leave.days']")).to_have_value("3")
        page.locator("[name='leave.from_date']").fill("2026-12-05")
        page.locator(".rv-outcomes > button").first.click()
        page.wait_for_url(lambda url: told.open_tasks() == ["approve_leave"])
        told.do(
            "approve_leave", "subscribers.head", {}, "reject", "Two colleagues are away that week"
        )

        # then: the case tells in English who refused it, and why
        page.goto(f"{site.url}/instances/{told.root_id}")
        expect(page.locator("h1")).to_contain_text("Leave request")
        expect(page.locator("main")).to_contain_text("Two colleagues are away that week")
