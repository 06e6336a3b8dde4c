"""One real case in Chromium: from the first call, through contract, care and trial, to renewal."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from engine.tables import ProcessInstance, Submission
from kernel import jobs
from kernel.uow import read_only
from notifiers.tables import Delivery
from tests.e2e.story import Story, steps_of, story
from tests.product.fixtures import Product
from tests.requirements import requirement

MOBILE = "09121112233"


@pytest.fixture
def told(site: Product, browser: Browser) -> Iterator[Story]:
    with story(site, browser) as one:
        yield one


def open_ticket(told: Story) -> None:
    """The clerk takes the call."""
    page = told.desk("reception.clerk")
    page.goto(f"{told.site.url}/tickets/new")
    page.fill("[name=caller_name]", "مینا صادقی")
    page.fill("[name=mobile]", "۰۹۱۲ ۱۱۱ ۲۲۳۳")
    page.fill("[name=subject]", "مراقب برای مادر")
    page.fill("[name=text]", "مادرم پس از جراحی به مراقب نیاز دارد.")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/tickets/*-*")
    jobs.run_until_idle()


def texts_to(mobile: str) -> list[str]:
    """Templates of the texts that went to a phone."""
    with read_only() as session:
        query = select(Delivery.template).where(Delivery.address == "+98" + mobile[1:])
        return list(session.scalars(query))


@requirement(
    *("A14", "A15", "A18", "B07", "C04", "C08", "C09", "E02", "E05", "E06", "E07", "E08"),
    *("E09", "E10", "E12", "E13", "E14", "E15", "E04"),
)
def test_one_contract_from_the_first_call_to_its_renewal(told: Story) -> None:
    # given: a call
    open_ticket(told)
    told.play(steps_of("intake_ticket", "ادامه"))

    # when: everybody does their part; the trial is approved by a text, time passes
    steps = steps_of("contract_signing", "تمدید")
    opinion = next(i for i, s in enumerate(steps) if s.get("complete") == "subscriber_opinion")
    told.play(steps[:opinion])
    told.wait("PT25H")
    assert "opinion_reminder" in texts_to(MOBILE)
    told.answer_by_sms(MOBILE, "۱", "in-1")
    end = next(i for i, s in enumerate(steps) if "message" in s)
    told.play(steps[opinion + 1 : end])
    for _day in range(7):  # a weekly report that nobody wrote is chased, then given up
        if not {"weekly_report", "chase_report"} & set(told.open_tasks()):
            break
        told.wait("P1D")
    told.play(steps[end:])

    # then: renewed, with every called process an instance of its own
    with read_only() as session:
        tree = session.scalars(
            select(ProcessInstance).where(ProcessInstance.root_id == told.root_id)
        ).all()
        visits = session.scalars(
            select(Submission.visit).where(
                Submission.root_id == told.root_id, Submission.element_id == "sign_contract"
            )
        ).all()
    assert {one.definition_key for one in tree} >= {
        "intake_ticket",
        "contract_signing",
        "needs_assessment",
        "caregiver_approval",
        "contract_registration",
        "invoicing_finance",
        "final_control",
        "retention",
        "renewal",
    }
    assert len(visits) == 2, "the addendum's signature is kept beside the first"
    renewal = next(one for one in tree if one.definition_key == "renewal")
    assert renewal.status == "completed"
    assert {one.status for one in tree} == {"completed"}, "the whole case has ended"
    page = told.desk("management.ceo")
    page.goto(f"{told.site.url}/instances/{told.root_id}")
    expect(page.locator("h1")).to_contain_text("۱۴۰۵")
