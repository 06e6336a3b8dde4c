"""What is stored is shown, what is shown is sent, what is sent is stored."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import FormInvalid, check, read, render
from forms.coercing import from_text
from forms.normalising import written
from forms.showing import typed
from kernel.i18n import use_locale
from tests.forms.samples import EVERY_VALUE, every_kind, submitted

FORM = every_kind()
STORABLE = st.characters(codec="utf-8", exclude_characters="\x00")
DAYS = st.dates(date(1925, 1, 1), date(2090, 1, 1))
# Iran gave up summer time in 2022; before, one local hour a year meant two instants.
PLAIN_DAYS = st.dates(date(2023, 1, 1), date(2090, 1, 1))
VALUES: dict[str, Any] = {
    "name": st.text(STORABLE, max_size=60).map(written),
    "months": st.integers(1, 12),
    "share": st.integers(-(10**6), 10**6).map(lambda n: n / 100 if n % 100 else n // 100),
    "wage": st.integers(-(10**14), 10**14),
    "price": st.integers(0, 10**12),
    "start": DAYS.map(date.isoformat),
    "at": st.times().map(lambda t: t.strftime("%H:%M")),
    "visit": st.tuples(PLAIN_DAYS, st.times()).map(
        lambda p: datetime.combine(p[0], time(p[1].hour, p[1].minute), UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
    ),
    "mobile": st.integers(9_100_000_000, 9_199_999_999).map(lambda n: f"+98{n}"),
}


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_a_form_that_is_sent_back_untouched_keeps_every_value(locale: str) -> None:
    with use_locale(locale):
        html = render(FORM, EVERY_VALUE)
        entry = read(FORM, submitted(html))

    accepted = check(FORM, entry.values)

    lines = accepted.pop("lines")
    assert accepted == {k: v for k, v in EVERY_VALUE.items() if k != "lines"}
    assert [line["total"] for line in lines] == [2000, 500]
    assert [{k: v for k, v in line.items() if k != "total"} for line in lines] == EVERY_VALUE[
        "lines"
    ]


def test_a_prefix_keeps_two_forms_of_one_page_apart() -> None:
    html = str(render(FORM, {"name": "یک"}, prefix="a.")) + str(
        render(FORM, {"name": "دو"}, prefix="b.")
    )
    sent = submitted(f"<div>{html}</div>")

    assert read(FORM, sent, prefix="a.").values["name"] == "یک"
    assert read(FORM, sent, prefix="b.").values["name"] == "دو"


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["fa", "en"]))
def test_what_an_input_shows_reads_back_as_the_same_value(data: st.DataObject, locale: str) -> None:
    key = data.draw(st.sampled_from(sorted(VALUES)))
    value = data.draw(VALUES[key])
    field = FORM.fields[key]

    with use_locale(locale):
        shown = typed(field, value)

    assert from_text(field, shown) == value


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FORM.fields)), st.text(STORABLE, max_size=30)))
def test_whatever_is_typed_stands_in_the_form_again_and_never_breaks_it(
    writing: dict[str, str],
) -> None:
    first = read(FORM, _Sent(writing))

    again = read(FORM, submitted(render(FORM, first)))

    for path, typed_text in first.raw.items():
        if FORM.fields[path].widget in _TYPED:
            assert _as_browsers_send(again.raw[path]) == _as_browsers_send(typed_text)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(sorted(FORM.fields)),
)
def test_any_json_is_accepted_or_refused_with_a_sentence(value: Any, key: str) -> None:
    accepted, sentences = _judged({key: value})

    assert all(sentences)
    assert set(accepted) in (set(), set(FORM.fields))
    assert not accepted or _judged(accepted)[0] == accepted  # judging twice changes nothing


def _judged(answers: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    try:
        return check(FORM, answers), []
    except FormInvalid as refusal:
        return {}, list(refusal.fields.values())


_TYPED = {"text", "textarea", "number", "money", "date", "date-time", "time", "phone", "email"}


def _as_browsers_send(value: str) -> str:
    # An HTML parser turns line ends into one kind and drops those of single-line inputs.
    return " ".join(value.split())


class _Sent(dict[str, str]):
    def getlist(self, key: str, /) -> list[str]:
        return [self[key]] if key in self else []
