"""What a step is, said on the drawing: unit, who does it, until when."""

import html
import json
import re

from playwright.sync_api import expect

from tests.engine.drawing import user
from tests.product.fixtures import Desk, Product
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import limit, performer, steps


def notes(page: str) -> dict[str, str]:
    """Element -> what the drawing writes in it."""
    found = re.search(r'data-notes="([^"]*)"', page)
    assert found is not None
    said: dict[str, str] = json.loads(html.unescape(found[1]))
    return said


@requirement("E10")
def test_every_drawing_of_a_case_says_unit_person_and_limit_of_each_step(office: Office) -> None:
    office.deploy(
        steps(
            user("first", limit("PT4H"), performer=performer(position="reception.clerk")),
            user("second", limit("P2D"), performer=performer(person="n.karimi")),
        )
    )
    office.begin("reception.clerk", "p")
    first = "پذیرش و مرکز تماس · کارشناس پذیرش · ۴ ساعت کاری"

    item = office.item("first")
    clerk, admin = office.desk("reception.clerk"), office.desk("platform.admin")
    for page in (
        clerk.get(f"/items/{item.id}/diagram"),
        admin.get(f"/instances/{office.root}"),
        admin.get("/processes/p/1"),
    ):
        said = notes(page)
        assert said["first"] == first
        assert said["second"].endswith("نگار کریمی · ۲ روز کاری")


@requirement("E10")
def test_the_drawing_in_the_browser_shows_them(site: Product, desk: Desk) -> None:
    page = desk("subscribers.expert")
    page.goto(f"{site.url}/processes/leave_request/1")

    shown = page.locator(".rv-stepnote")

    expect(shown).to_have_count(2)
    expect(shown.filter(has_text="۸ ساعت کاری")).to_be_visible()
    expect(shown.filter(has_text="مدیر مستقیم")).to_be_visible()
