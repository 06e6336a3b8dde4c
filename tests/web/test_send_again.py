"""What was sent while the database was away stands on the page that says so, ready to go again."""

import html
import re
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

import engine
from tests.product.fixtures import Product
from tests.web.test_staff_pages import LEAVE, hidden, started


def away(*_: object, **__: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("the server is gone"))


def offered(page: str) -> dict[str, str]:
    """The fields of the form that sends everything again."""
    found = re.search(r'<form method="post" action="[^"]+" data-busy>(.+?)</form>', page, re.DOTALL)
    if found is None:
        return {}
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[1])
    return {name: html.unescape(value) for name, value in fields}


def test_one_press_sends_what_was_typed_once_more(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, item = started(product)
    sent = {**LEAVE, **hidden(clerk.page)}
    with monkeypatch.context() as outage:
        outage.setattr(engine, "complete", away)
        page = clerk.post(item, sent, status=503)

    kept = offered(page)
    assert kept.items() >= sent.items()
    assert f'action="{item}"' in page
    answer = clerk.client.post(item, data=kept)
    assert answer.status_code == 302


def test_what_has_no_request_id_is_not_offered_again(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, item = started(product)
    with monkeypatch.context() as outage:
        outage.setattr(engine, "claim", away)
        page = clerk.post(f"{item}/claim", {"note": str(uuid4())}, status=503)
    assert offered(page) == {}
    assert "آنچه نوشته‌اید هنوز آنجاست" in page
    assert 'data-act="back"' in page
