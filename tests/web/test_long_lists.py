"""The pages of contacts and tickets say when only a part of a long list was looked through."""

from urllib.parse import quote

import pytest
from lxml import html

from crm.contacts import ContactData, add_contact
from kernel import looking
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.product.fixtures import Product
from tests.requirements_http.office import Office


@pytest.mark.parametrize("page", ["/contacts", "/tickets"])
def test_a_page_goes_on_where_it_stopped_looking(
    product: Product, page: str, monkeypatch: pytest.MonkeyPatch
):
    office = Office(product)
    desk = office.desk("reception.clerk")
    for number in range(4):
        office.call(caller_name=f"خانم نمونهٔ {number}", subject=f"تماس {number}")
        with unit_of_work() as uow:
            add_contact(uow, ContactData(name=f"خانم نمونهٔ {number}"), by=SYSTEM)
    monkeypatch.setattr(looking, "SIZES", (1, 1))

    text = desk.get(f"{page}?q={quote('ناموجود')}")

    assert "تا اینجا چیزی پیدا نشد" in text
    [further] = html.fromstring(text).xpath("//a[@rel='next']")
    assert "ادامهٔ جست‌وجو" in further.text_content()
    behind = html.fromstring(desk.get(further.get("href"))).xpath("//a[@rel='next']/@href")
    assert behind != [further.get("href")]
