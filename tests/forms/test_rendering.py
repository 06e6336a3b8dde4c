"""Every widget: labelled, described, escaped, in two languages, and fast."""

import time
from typing import Any

import pytest
from markupsafe import Markup

from forms import (
    FileLink,
    FormInvalid,
    check,
    first_values,
    read,
    render,
    render_summary,
    widgets,
)
from kernel.i18n import use_locale
from tests.forms.samples import EVERY_VALUE, FILE, every_kind, form_of, page, submitted

FORM = every_kind()


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("values", [{}, EVERY_VALUE])
def test_every_input_has_a_name_that_readers_hear(locale: str, values: dict[str, Any]) -> None:
    html = page(render(FORM, values, locale=locale))
    labels = {e.get("for") for e in html.iter("label")}

    for element in html.iter("input", "select", "textarea"):
        if element.get("type") == "hidden":
            continue
        inside = any(parent.tag == "label" for parent in element.iterancestors())
        assert element.get("aria-label") or inside or element.get("id") in labels, element.attrib


def test_ids_are_unique_and_need_no_escaping() -> None:
    html = page(render(FORM, EVERY_VALUE, prefix="one:two."))
    ids = [e.get("id") for e in html.iter() if e.get("id")]

    assert len(ids) == len(set(ids))
    assert all(c.isalnum() or c in "-_" for i in ids for c in i)


def test_references_lead_somewhere() -> None:
    paths = [*FORM.fields, "lines[0].due", "lines[1].what"]
    html = page(render(FORM, EVERY_VALUE, errors=dict.fromkeys(paths, "نه")))
    ids = {e.get("id") for e in html.iter()}

    for element in html.iter():
        for word in ("aria-describedby", "aria-labelledby", "for"):
            assert set((element.get(word) or "").split()) <= ids
    for link in html.iter("a"):
        assert link.get("href").removeprefix("#") in ids


def test_nothing_typed_becomes_markup() -> None:
    evil = "\"><script>alert('1')</script>{{7*7}}"
    fields = dict.fromkeys(FORM.fields, evil)
    fields["lines"] = [dict.fromkeys(["what", "count", "price", "due"], evil)]
    fields["skills"] = fields["papers"] = [evil]
    entry = read(FORM, submitted(render(FORM, fields)))

    for html in (
        render(FORM, fields),
        render(FORM, fields, readonly=True),
        render(FORM, entry, errors={"name": evil, evil: evil}, prefix=evil, rerender_url=evil),
        render(FORM, {"paper": FILE}, files=lambda _i: FileLink(evil, 1, evil)),
    ):
        assert "<script" not in html
        assert "49" not in html
        assert not list(page(html).iter("script"))


def test_a_form_s_own_texts_are_escaped_too() -> None:
    form = form_of({"a": {"type": "string", "title": "<b>عنوان</b>"}}, {"a": {"help": "<i>"}})

    html = render(form, {})

    assert "<b>" not in html
    assert "<i>" not in html


def test_markup_holds_no_inline_style_and_no_script() -> None:
    for element in page(render(FORM, EVERY_VALUE, rerender_url="/x")).iter():
        assert not any(name == "style" or name.startswith("on") for name in element.attrib)


def test_errors_stand_beside_their_fields_and_in_the_summary() -> None:
    with use_locale("fa"), pytest.raises(FormInvalid) as refusal:
        check(FORM, {"months": 18, "lines": [{"what": "x"}]})

    html = page(
        render(
            FORM,
            {"months": 18, "lines": [{"what": "x"}]},
            errors=refusal.value.fields,
            locale="fa",
        )
    )

    months = html.get_element_by_id("f-months")
    assert months.get("aria-invalid") == "true"
    assert "is-invalid" in months.get("class")
    assert html.get_element_by_id(months.get("aria-describedby")).text_content() == (
        "بین ۱ تا ۱۲ باشد."
    )
    summary = html.xpath(".//*[@role='alert']")[0]
    assert "۲ مورد" in summary.text_content()
    assert [a.get("href") for a in summary.iter("a")] == ["#f-months", "#f-lines-0-price"]
    assert "بها، ردیف ۱" in summary.text_content()
    assert html.get_element_by_id("f-lines-0-price").get("aria-label") == "بها، ردیف ۱"


def test_a_form_without_errors_is_quiet() -> None:
    html = render(FORM, {})

    assert 'role="alert"' not in html
    assert "aria-invalid" not in html


def test_one_summary_can_speak_for_several_forms() -> None:
    markup = render_summary([(FORM, {"name": "یک"}, "a."), (FORM, {"months": "دو"}, "b.")])

    assert [a.get("href") for a in page(markup).iter("a")] == ["#f-a-name", "#f-b-months"]
    assert render_summary([(FORM, {}, "")]) == ""


def test_dates_and_money_explain_themselves() -> None:
    values = {"start": "2026-11-28", "wage": 1_320_000_000}

    persian, english = (render(FORM, values, locale=locale) for locale in ("fa", "en"))

    assert "شنبه ۷ آذر ۱۴۰۵" in persian
    assert "یکصد" in persian or "صد و سی و دو میلیون تومان" in persian
    assert 'value="۱۴۰۵/۰۹/۰۷"' in persian
    assert "Saturday, 28 Nov 2026" in english
    assert 'value="1405/09/07"' in english


def test_history_is_shown_by_the_same_templates_without_inputs() -> None:
    html = page(render(FORM, EVERY_VALUE, readonly=True, locale="fa"))

    assert not list(html.iter("input", "select", "textarea", "button"))
    text = html.text_content()
    for piece in ("شهلا احمدی", "۳۲۰٬۰۰۰٬۰۰۰ ریال", "۱۴۰۵/۰۹/۰۷", "پرستار ICU", "بله", "خیر"):
        assert piece in text


def test_history_shows_what_was_computed_then() -> None:
    form = form_of({"a": {"type": "integer", "title": "الف"}}, {"a": {"computed": "= 1 + 1"}})

    assert "۵" in render(form, {"a": 5}, readonly=True)
    assert "۲" in render(form, {})


def test_sensitive_values_are_masked_in_history() -> None:
    form = form_of({"a": {"type": "string", "title": "الف"}}, {"a": {"sensitive": True}})

    assert "secret-word" not in render(form, {"a": "secret-word"}, readonly=True)
    assert "secret-word" in render(form, {"a": "secret-word"}, readonly=True, reveal_sensitive=True)
    assert "secret-word" in render(form, {"a": "secret-word"})


def test_readonly_fields_show_the_variable_and_not_what_was_sent() -> None:
    form = form_of({"a": {"type": "string", "title": "الف"}}, {"a": {"readonly": True}})

    html = render(form, {"a": "forged"}, variables={"a": "true name"})

    assert "true name" in html
    assert "forged" not in html


def test_first_values_come_from_variables_expressions_and_defaults() -> None:
    form = form_of(
        {
            "a": {"type": "integer", "title": "الف", "default": 1},
            "b": {"type": "integer", "title": "ب", "default": 2},
            "c": {"type": "integer", "title": "پ"},
            "d": {"type": "integer", "title": "ت"},
        },
        {"c": {"initial": "= lead.months"}, "d": {"computed": "= a + b"}},
    )

    values = first_values(form, {"b": 5, "lead": {"months": 6}})

    assert values == {"a": 1, "b": 5, "c": 6, "d": 6}


def test_options_from_the_instance_are_offered() -> None:
    form = form_of({"k": {"type": "string", "title": "مراقب"}}, {"k": {"choices": "= candidates"}})

    html = page(
        render(form, {"k": "2"}, variables={"candidates": [{"value": "2", "label": "مریم"}]})
    )

    assert [o.text for o in html.iter("option")][1:] == ["مریم"]
    assert submitted(str(render(form, {"k": "2"}, variables={"candidates": ["2"]})))["k"] == "2"


def test_others_may_add_a_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(widgets._parts, "stars", lambda q: Markup(f"<b>{q.field.key} stars</b>"))

    form = form_of({"k": {"type": "integer", "title": "امتیاز"}}, {"k": {"widget": "stars"}})

    assert "<b>k stars</b>" in render(form, {})


def test_buttons_that_change_rows_work_with_and_without_scripts() -> None:
    plain = page(render(FORM, EVERY_VALUE))
    live = page(render(FORM, EVERY_VALUE, rerender_url="/again", prefix="p."))

    for html, url in ((plain, None), (live, "/again")):
        buttons = [b for b in html.iter("button") if (b.get("name") or "").endswith("_remove")]
        assert len(buttons) == 2
        assert all(b.get("type") == "submit" and b.get("hx-post") == url for b in buttons)
    assert live.get("id") == "f-p-form"


def test_a_page_of_fifteen_fields_costs_two_milliseconds() -> None:
    keys = [k for k in FORM.fields if k != "lines"][:15]
    form = form_of({k: FORM.data["schema"]["properties"][k] for k in keys})
    render(form, EVERY_VALUE)

    best = min(_cost(form) for _ in range(5))

    assert best < 0.006  # the aim is 2 ms; a busy machine is given three times that


def _cost(form: Any) -> float:
    begin = time.process_time()
    for _ in range(20):
        render(form, EVERY_VALUE, rerender_url="/x")
    return (time.process_time() - begin) / 20
