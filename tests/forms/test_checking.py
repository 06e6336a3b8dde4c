"""One judge for page, API and history."""

from typing import Any

import pytest

from forms import Form, FormInvalid, check
from kernel.i18n import use_locale
from tests.forms.samples import CHOICES, EVERY_VALUE, FILE, OTHER_FILE, every_kind, form_of

FORM = every_kind()


def refusal(form: Form, answers: Any, locale: str = "en", **more: Any) -> dict[str, str]:
    with pytest.raises(FormInvalid) as error, use_locale(locale):
        check(form, answers, **more)
    return error.value.fields


def test_fields_that_were_not_answered_become_null() -> None:
    accepted = check(FORM, {"name": "شهلا"})

    assert accepted["name"] == "شهلا"
    assert accepted["months"] is None
    assert accepted["lines"] == []
    assert set(accepted) == set(FORM.fields)


@pytest.mark.parametrize(
    ("key", "value", "fa", "en"),
    [
        ("months", 18, "بین ۱ تا ۱۲ باشد.", "Between 1 and 12."),
        ("months", "سه", "عدد درست (بدون اعشار) بنویسید.", "Write a whole number."),
        ("months", True, "عدد درست (بدون اعشار) بنویسید.", "Write a whole number."),
        ("months", 10**40, "عدد درست (بدون اعشار) بنویسید.", "Write a whole number."),
        ("share", float("nan"), "عدد بنویسید.", "Write a number."),
        ("wage", 1.5, "مبلغ را به ریال درست بنویسید.", "Write an amount in whole Rials."),
        ("wage", 10**16, "مبلغ را به ریال درست بنویسید.", "Write an amount in whole Rials."),
        (
            "start",
            "1405/13/01",
            "این تاریخ نیست؛ نمونه: ۱۴۰۵/۰۹/۰۷",
            "This is not a date; example: 1405/09/07.",
        ),
        ("start", "2026-02-30", None, None),
        ("at", "25:00", "این ساعت نیست؛ نمونه: ۱۴:۳۰", None),
        ("visit", "2026-11-28T11:00:00", None, None),
        ("kind", "none", "یکی از گزینه‌ها را برگزینید.", "Choose one of the options."),
        ("kind", ["icu"], "یکی از گزینه‌ها را برگزینید.", None),
        ("skills", ["icu", "none"], "از میان گزینه‌ها برگزینید.", None),
        ("skills", ["icu", "icu"], "یک چیز دو بار آمده است.", None),
        ("night", "yes", "بله یا خیر را برگزینید.", "Answer yes or no."),
        ("mobile", "12", "این شمارهٔ تلفن نیست؛ نمونه: ۰۹۱۲ ۵۵۵ ۰۱۴۳", None),
        ("melli", "0013542418", "این کد ملی درست نیست: رقم آخر با بقیه نمی‌خواند.", None),
        ("company", "10380284792", None, None),
        ("account", "IR580540105180021273113008", None, None),
        ("post", "123", "کد پستی ده رقم دارد.", None),
        ("mail", "a@b", None, "This is not an e-mail address; example: name@example.com."),
        ("paper", "../../etc/passwd", None, None),
        ("name", "x" * 256, "حداکثر ۲۵۵ نویسه باشد.", "At most 255 characters."),
        ("name", {"a": 1}, None, None),
        ("lines", "x", None, None),
    ],
)
def test_what_does_not_fit_is_said_in_both_languages(
    key: str, value: Any, fa: str | None, en: str | None
) -> None:
    for locale, expected in (("fa", fa), ("en", en)):
        found = refusal(FORM, {key: value}, locale)
        assert list(found) == [key]
        assert expected is None or found[key] == expected


def test_codes_are_stored_in_one_spelling_whoever_sends_them() -> None:
    accepted = check(
        FORM,
        {
            "mobile": "۰۹۱۲ ۵۵۵ ۰۱۴۳",
            "melli": "13542419",
            "account": "58-0540105180021273113007",
            "post": "۱۹۶۹۸-۳۳۱۱۴",
            "name": "  علي  ",
        },
    )

    for key in ("mobile", "melli", "account", "post"):
        assert accepted[key] == EVERY_VALUE[key]
    assert accepted["name"] == "علی"


def test_unknown_fields_are_refused_by_name() -> None:
    found = refusal(FORM, {"is_admin": True, "lines": [{"what": "x", "price": 1, "owner": "me"}]})

    assert set(found) == {"is_admin", "lines[0].owner"}


def test_readonly_and_computed_fields_cannot_be_sent() -> None:
    form = form_of(
        {
            "wage": {"type": "integer", "format": "money", "title": "دستمزد"},
            "fee": {"type": "integer", "format": "money", "title": "سهم"},
            "limit": {"type": "integer", "title": "سقف"},
        },
        {"fee": {"computed": "= wage * rate / 100"}, "limit": {"readonly": True}},
        required=["wage", "fee", "limit"],
    )

    accepted = check(
        form, {"wage": 1005, "fee": 1, "limit": 10**6}, variables={"rate": 10, "limit": 7}
    )

    assert accepted == {"wage": 1005, "fee": 101}  # half a Rial is rounded up; limit is not ours


def test_a_computed_value_must_fit_as_well() -> None:
    form = form_of(
        {
            "a": {"type": "integer", "title": "الف"},
            "sum": {"type": "integer", "title": "جمع", "maximum": 10},
        },
        {"sum": {"computed": "= a + 5"}},
    )

    assert refusal(form, {"a": 6}) == {"sum": "At most 10."}


def test_required_fields_are_asked_for_in_their_own_words() -> None:
    form = form_of(
        {
            "name": {"type": "string", "title": "نام"},
            "kind": {"type": "string", "title": "نوع", "oneOf": CHOICES},
            "paper": {"type": "string", "format": "file", "title": "سند"},
            "agree": {"type": "boolean", "title": "می‌پذیرم", "const": True},
            "rows": {
                "type": "array",
                "title": "ردیف",
                "items": {
                    "type": "object",
                    "properties": {"a": {"type": "string", "title": "الف"}},
                },
            },
        },
        groups=[{"fields": ["rows", "name"]}, {"fields": ["kind", "agree", "paper"]}],
        required=["paper", "agree", "kind", "name", "rows"],
    )

    found = refusal(form, {"name": "  ", "rows": []}, "fa")

    assert list(found) == ["rows", "name", "kind", "agree", "paper"]  # as the page shows them
    assert found["name"] == "این را پر کنید."
    assert found["paper"] == "پرونده‌ای پیوست کنید."
    assert refusal(form, {"agree": False})["agree"] == "This must be accepted."


def test_an_author_s_own_sentence_speaks_for_a_pattern() -> None:
    form = form_of(
        {"no": {"type": "string", "title": "شماره", "pattern": "^[A-Z]{2}[0-9]+$"}},
        {"no": {"error": {"fa": "دو حرف و چند رقم", "en": "Two letters, then digits"}}},
    )

    assert refusal(form, {"no": "12"}) == {"no": "Two letters, then digits"}
    assert check(form, {"no": "AB12"}) == {"no": "AB12"}


def test_a_pattern_never_hangs() -> None:
    form = form_of({"a": {"type": "string", "title": "الف", "pattern": "^(a+)+$"}})

    assert refusal(form, {"a": "a" * 254 + "!"})


def test_rows_are_judged_where_they_stand_and_blank_ones_do_not_count() -> None:
    rows = [{}, {"what": "", "paid": False}, {"what": "x", "price": -1, "count": 0}, {"price": 5}]

    assert refusal(FORM, {"lines": rows}) == {
        "lines[2].count": "At least 1.",
        "lines[3].what": "Fill this in.",
    }
    accepted = check(FORM, {"lines": [{}, {"what": "x", "price": 5, "count": 3}]})
    assert accepted["lines"] == [
        {"what": "x", "count": 3, "price": 5, "due": None, "paid": None, "total": 15}
    ]


def test_too_many_rows_are_refused() -> None:
    rows = [{"what": "x", "price": 1}] * 6

    assert refusal(FORM, {"lines": rows}) == {"lines": "At most 5 rows."}


def test_a_file_must_be_the_person_s_to_use() -> None:
    answers = {"paper": FILE, "papers": [FILE, OTHER_FILE]}

    assert set(refusal(FORM, answers, known_file=lambda i: i == FILE)) == {"papers"}
    assert check(FORM, answers, known_file=lambda _i: True)["papers"] == [FILE, OTHER_FILE]


def test_options_may_come_from_the_instance() -> None:
    form = form_of(
        {"caregiver": {"type": "string", "title": "مراقب"}},
        {"caregiver": {"choices": "= candidates"}},
    )
    variables = {"candidates": [{"value": "k1", "label": "مریم"}, "k2"]}

    assert check(form, {"caregiver": "k2"}, variables=variables) == {"caregiver": "k2"}
    assert refusal(form, {"caregiver": "k3"}, variables=variables)
    assert refusal(form, {"caregiver": "k1"})


def test_limits_of_money_are_told_with_their_unit() -> None:
    money = {"type": "integer", "format": "money", "title": "مبلغ", "minimum": 10_000}
    form = form_of({"a": money}, {"a": {"money_unit": "toman"}})

    assert refusal(form, {"a": 1}, "fa") == {"a": "دست‌کم ۱٬۰۰۰ تومان باشد."}


def test_what_no_database_takes_is_left_out() -> None:
    assert check(FORM, {"name": "a\x00b\ud800c"})["name"] == "abc"
