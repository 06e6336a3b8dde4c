"""What staff do every day, over HTTP and without scripts."""

import re
from uuid import uuid4

from tests.product.fixtures import Product
from tests.product.visitor import Visitor
from tests.requirements import requirement

LEAVE = {
    "leave.kind": "annual",
    "leave.from_date": "۱۴۰۵/۰۹/۱۴",
    "leave.days": "۳",
}


TICKET = {
    "channel": "phone",
    "caller_name": "مینا رضوانی",
    "mobile": "09125550178",
    "subject": "مراقب برای مادر",
    "type_key": "intake",
}


def started(product: Product, position: str = "subscribers.expert") -> tuple[Visitor, str]:
    """Somebody who has just begun a leave request and stands at its first step."""
    clerk = product.visitor(position)
    page = clerk.get("/start?process=leave_request")
    clerk.post("/start/leave_request", {"request_id": str(uuid4()), "start_event": at(page)})
    return clerk, address(clerk.page)


def at(page: str) -> str:
    found = re.search(r'name="start_event" value="([^"]+)"', page)
    assert found
    return found[1]


def address(page: str) -> str:
    found = re.search(r'id="item-form" method="post" action="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]


def hidden(page: str) -> dict[str, str]:
    """The fields that a page's item form carries unseen."""
    names = ("revision", "request_id")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}


@requirement("A20", "A16")
def test_a_started_process_opens_its_first_step_with_its_form(product: Product) -> None:
    clerk, _item = started(product)

    assert 'name="leave.days"' in clerk.page
    assert "نمودار و تاریخچه" in clerk.page


@requirement("E10")
def test_the_step_says_its_unit_its_people_and_its_limit(product: Product) -> None:
    clerk, item = started(product)
    clerk.post(item, {**LEAVE, **hidden(clerk.page)})
    head = product.visitor("subscribers.head")

    page = head.get("/inbox/next")

    assert "امور مشترکین" in page
    assert "سرپرست امور مشترکین" in page
    assert re.search("مهلت ۱ ", re.sub("<[^>]+>", "", page))


@requirement("C02")
def test_a_wrong_form_is_shown_again_with_everything_typed(product: Product) -> None:
    clerk, item = started(product)

    page = clerk.post(item, {**LEAVE, "leave.days": "سیصد", **hidden(clerk.page)}, status=422)

    assert 'role="alert"' in page
    assert 'value="سیصد"' in page
    assert "۱۴۰۵/۰۹/۱۴" in page
    assert 'value="سیصد"' in clerk.get(item)  # also for whoever went away to ask somebody


@requirement("E05")
def test_an_outcome_that_needs_a_reason_asks_for_it_and_keeps_the_form(product: Product) -> None:
    clerk, item = started(product)
    clerk.post(item, {**LEAVE, **hidden(clerk.page)})
    head = product.visitor("subscribers.head")
    page = head.get("/inbox/next")
    item = address(page)

    refused = head.post(item, {"outcome": "reject", **hidden(page)}, status=422)
    assert "<dialog" in refused
    assert "open>" in refused

    head.post(item, {"outcome": "reject", "reason": "نیرو کم است", **hidden(page)})
    closed = head.get(item)
    assert "نیرو کم است" in closed


@requirement("C08")
def test_the_second_to_close_an_item_reads_who_was_first(product: Product) -> None:
    clerk, item = started(product)
    sent = {**LEAVE, **hidden(clerk.page)}
    clerk.post(item, sent)

    again = clerk.post(item, {**sent, "request_id": str(uuid4())}, status=409)

    assert re.search("این کار را .+ بست", again)


@requirement("E11")
def test_the_step_shows_the_text_that_will_go_before_it_goes(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.get("/tickets/new")
    clerk.post("/tickets", TICKET)

    page = clerk.get("/inbox/next")

    assert "پیامکی که می‌رود" in page
    assert "مینا رضوانی عزیز" in page
    assert "۰۹۱۲ ۵۵۵ ۰۱۷۸" in page


@requirement("E04")
def test_a_file_is_opened_found_and_written_into(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.get("/contacts/new")
    page = clerk.post(
        "/contacts",
        {
            "kind": "natural",
            "name": "مینا کریمی‌نژاد",
            "mobile": "09125550100",
            "roles": "subscriber",
        },
    )
    assert "مینا کریمی‌نژاد" in page

    found = clerk.get("/contacts?q=مینا كريمي‌نژاد")
    address = re.search(r'href="(/contacts/[0-9a-f-]{36})"', found)
    assert address
    clerk.post(f"{address[1]}/notes", {"kind": "call", "text": "برادرشان زنگ می‌زند"})
    assert "برادرشان زنگ می‌زند" in clerk.get(address[1])


def test_open_pages_hear_their_counts(product: Product) -> None:
    clerk, _item = started(product)

    answer = clerk.client.get("/live", buffered=False)
    chunks = iter(answer.response)

    assert b"retry" in next(chunks)
    assert b'event: counts\ndata: {"inbox":1' in next(chunks)
    answer.close()


def test_the_palette_finds_work_and_files(product: Product) -> None:
    clerk, _item = started(product)
    clerk.get("/contacts/new")
    clerk.post("/contacts", {"kind": "natural", "name": "زهرا مرخصی", "roles": "subscriber"})

    found = clerk.get("/palette?q=مرخصی")

    assert "/items/" in found
    assert "/contacts/" in found


def test_claimed_work_leaves_the_colleagues_inboxes_and_comes_back(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.post("/tickets", TICKET)
    page = clerk.get("/inbox/next")
    item = address(page)

    assert "پس دادن" in clerk.post(f"{item}/claim")
    head = product.visitor("reception.head")
    taken = head.get(item)
    assert "این کار نزد" in taken
    assert 'name="outcome"' not in taken
    assert "برداشتن" in clerk.post(f"{item}/unclaim")


@requirement("E02", "E03")
def test_a_ticket_from_any_channel_starts_its_process_once(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.get("/tickets/new")
    data = {
        "channel": "voip",
        "caller_name": "حسین پورمحمدی",
        "mobile": "۰۹۱۲ ۵۵۵ ۰۱۴۳",
        "subject": "پرستار شبانه",
        "request_id": str(uuid4()),
        "type_key": "intake",
    }

    first = clerk.send("/tickets", data).headers["Location"]
    second = clerk.send("/tickets", data).headers["Location"]

    assert first == second
    assert "پرستار شبانه" in clerk.get(first)
    assert clerk.get("/tickets").count("پرستار شبانه") == 1


def test_a_wrong_ticket_names_each_field_and_keeps_what_was_typed(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.get("/tickets/new")

    page = clerk.post("/tickets", {"caller_name": "نادر", "type_key": "intake"}, status=422)

    assert 'id="f-mobile-error"' in page
    assert 'id="f-subject-error"' in page
    assert 'value="نادر"' in page


@requirement("A05")
def test_the_inbox_is_filtered_by_kind_process_and_date(product: Product) -> None:
    clerk, _item = started(product)

    assert "درخواست مرخصی" in clerk.get("/inbox?kind=step&process=leave_request")
    assert "/items/" not in clerk.get("/inbox?kind=reminder").split('data-list="inbox"')[1]
    assert "/items/" not in clerk.get("/inbox?due=late").split('data-list="inbox"')[1]
    assert "برداشتن صافی‌ها" in clerk.get("/inbox?q=هیچ‌چیز")


def test_every_page_reads_in_english_after_a_switch(product: Product) -> None:
    clerk = product.visitor("subscribers.expert")
    clerk.get("/prefs")
    clerk.post("/language", {"locale": "en", "next": "/prefs"})

    for path in ("/", "/inbox", "/start", "/tickets", "/tickets/new", "/contacts", "/prefs"):
        page = clerk.get(path)
        titles = re.findall(r"(?s)<h[12][^>]*>(.*?)</h[12]>", page)
        assert 'dir="ltr"' in page
        assert titles
        assert not re.search("[آ-ی]", " ".join(titles)), titles


def test_another_persons_item_is_not_found(product: Product) -> None:
    _clerk, item = started(product)

    product.visitor("reception.clerk").get(item, status=404)
