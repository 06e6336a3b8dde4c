"""What browsers send, in whatever digits and calendars people type."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms import Entry, FormInvalid, check, read, render
from tests.forms.samples import FILE, OTHER_FILE, every_kind, form_of, submitted

FORM = every_kind()


def value_of(key: str, typed: str) -> Any:
    return read(FORM, MultiDict({key: typed})).values.get(key)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("months", "۱۲", 12),
        ("months", "١٢", 12),
        ("months", " 1٬2 ", 12),
        ("months", "12.0", 12),
        ("months", "12.5", "12.5"),
        ("months", "دوازده", "دوازده"),
        ("months", "9" * 5000, "9" * 5000),
        ("share", "۲٫۵", 2.5),
        ("share", "-۳", -3),
        ("wage", "۳۲۰٬۰۰۰٬۰۰۰", 320_000_000),
        ("wage", "320,000,000 ریال", 320_000_000),
        ("wage", "۳۲٬۰۰۰٬۰۰۰ تومان", 320_000_000),
        ("price", "۱۲٫۵", 125),
        ("price", "۱۲٫۵۵", "۱۲٫۵۵"),
        ("price", "125 rial", 125),
        ("start", "۱۴۰۵/۰۹/۰۷", "2026-11-28"),
        ("start", "1405-9-7", "2026-11-28"),
        ("start", "2026-11-28", "2026-11-28"),
        ("start", "۱۴۰۵/۱۲/۳۰", "۱۴۰۵/۱۲/۳۰"),  # 1405 is no leap year
        ("start", "فردا", "فردا"),
        ("at", "۹:۰۵", "09:05"),
        ("at", "24:00", "24:00"),
        ("visit", "۱۴۰۵/۰۹/۰۷ ۱۴:۳۰", "2026-11-28T11:00:00Z"),
        ("visit", "14:30 1405/09/07", "2026-11-28T11:00:00Z"),
        ("visit", "1405/09/07", "1405/09/07"),
        ("score", "4", 4),
        ("mobile", "۰۹۱۲-۵۵۵-۰۱۴۳", "+989125550143"),
        ("mobile", "٠٩١٢ ٥٥٥ ٠١٤٣", "+989125550143"),
        ("account", "ir58 0540 1051 8002 1273 1130 07", "IR580540105180021273113007"),
        ("mail", " Name@Example.com ", "Name@Example.com"),
        ("present", "false", False),
        ("name", "  ", None),
        ("paper", "[object File]", None),
    ],
)
def test_texts_are_read_as_they_were_meant_or_kept_as_typed(
    key: str, typed: str, value: Any
) -> None:
    assert value_of(key, typed) == value


def test_what_cannot_be_read_is_refused_and_shown_as_it_was_typed() -> None:
    entry = read(FORM, MultiDict({"start": "۱۴۰۵/۱۳/۰۱", "months": "سه ماه"}))

    with pytest.raises(FormInvalid) as refusal:
        check(FORM, entry.values)

    assert set(refusal.value.fields) == {"start", "months"}
    shown = submitted(render(FORM, entry, errors=refusal.value.fields))
    assert (shown["start"], shown["months"]) == ("۱۴۰۵/۱۳/۰۱", "سه ماه")


def test_a_field_that_was_emptied_stays_empty() -> None:
    entry = read(FORM, MultiDict({"name": ""}))

    assert submitted(render(FORM, entry))["name"] == ""
    assert check(FORM, entry.values)["name"] is None


def test_an_unticked_box_is_no_and_an_absent_one_is_nothing() -> None:
    assert read(FORM, submitted(render(FORM, {}))).values["night"] is False
    assert "night" not in read(FORM, MultiDict()).values


def test_others_fields_are_left_alone_without_a_prefix_and_refused_under_one() -> None:
    sent = MultiDict({"csrf_token": "t", "is_admin": "1", "a.is_admin": "1", "a.name": "x"})

    assert read(FORM, sent).values == {}
    entry = read(FORM, sent, prefix="a.")
    with pytest.raises(FormInvalid) as refusal:
        check(FORM, entry.values)
    assert list(refusal.value.fields) == ["is_admin"]


def test_readonly_and_computed_fields_are_not_read() -> None:
    form = form_of(
        {
            "limit": {"type": "integer", "title": "سقف"},
            "twice": {"type": "integer", "title": "دوبرابر"},
        },
        {"limit": {"readonly": True}, "twice": {"computed": "= limit * 2"}},
    )

    assert read(form, MultiDict({"limit": "9", "twice": "9"})).values == {}


def test_a_new_file_replaces_the_kept_one_and_joins_several() -> None:
    sent = MultiDict([("paper", FILE), ("papers", FILE)])

    values = read(FORM, sent, {"paper": [OTHER_FILE], "papers": [OTHER_FILE]}).values

    assert values["paper"] == OTHER_FILE
    assert values["papers"] == [FILE, OTHER_FILE]


def test_kept_files_are_sent_again_and_unticked_ones_are_not() -> None:
    sent = submitted(render(FORM, {"paper": FILE, "papers": [FILE, OTHER_FILE]}))
    sent.setlist("papers", [OTHER_FILE])

    values = read(FORM, sent).values

    assert (values["paper"], values["papers"]) == (FILE, [OTHER_FILE])


def test_rows_are_added_and_removed_by_buttons_alone() -> None:
    rows = [{"what": "یک", "price": 10}, {"what": "دو"}, {"what": "سه"}]
    html = render(FORM, {"lines": rows}, prefix="p.")

    more = read(FORM, submitted(html, press="lines"), prefix="p.")
    less = read(FORM, submitted(html, press="lines[1]"), prefix="p.")

    assert more.again
    assert [r.get("what") for r in more.values["lines"]] == ["یک", "دو", "سه", None]
    assert less.again
    assert [r["what"] for r in less.values["lines"]] == ["یک", "سه"]
    assert less.raw["lines[1].what"] == "سه"
    assert submitted(render(FORM, less))["lines[0].price"] == "۱۰"


def test_the_last_row_can_be_removed() -> None:
    entry = read(FORM, submitted(render(FORM, {"lines": [{"what": "یک"}]}), press="lines[0]"))

    assert entry.again
    assert entry.values["lines"] == []


def test_rows_stop_at_their_limit() -> None:
    html = render(FORM, {"lines": [{"what": "x"}] * 5})

    assert 'value="lines"' not in html
    crowd = MultiDict({f"lines[{i}].what": "x" for i in range(900)})
    assert len(read(FORM, crowd).values["lines"]) == 6  # one too many, so that it is refused


def test_rows_keep_their_order_when_numbers_are_missing() -> None:
    sent = MultiDict({"lines[7].what": "ب", "lines[2].what": "الف"})

    assert read(FORM, sent).values["lines"] == [{"what": "الف"}, {"what": "ب"}]


def test_enter_in_a_field_does_not_send_the_form_off() -> None:
    html = render(FORM, {"name": "x"})
    assert html.index("_enter") < html.index('name="name"')  # the browser's default button

    sent = submitted(html)
    sent.add("_enter", "1")

    assert read(FORM, sent).again


def test_an_entry_survives_as_a_draft() -> None:
    entry = read(FORM, MultiDict({"name": "شهلا", "start": "فردا", "lines[0].what": "x"}))

    assert Entry.from_json(entry.to_json()) == entry
