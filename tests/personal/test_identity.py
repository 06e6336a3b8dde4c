"""What names a person is found however it was written, and nothing else is."""

import orjson
import pytest
from sqlalchemy import create_engine, literal, select

from kernel.db import normalise_url
from kernel.personal import ERASED, Identity
from kernel.personal.changes import is_like
from kernel.personal.redacting import Redactor
from tests.servers import Postgres

KNOWN = Identity(
    names=frozenset({"آرمان یزدی‌زاده", "سارا", "Arman Yazdizadeh", "علی راد"}),
    numbers=frozenset({"+989121234567", "+982188776655"}),
    codes=frozenset({"0012345679"}),
    mails=frozenset({"arman@example.ir"}),
    places=frozenset({"تهران، خیابان بهار، پلاک ۷"}),
    days=frozenset({"1990-04-01"}),
)


WRITTEN = (
    "آرمان یزدی‌زاده",
    "ارمان  يزدي زاده",
    "آرمان یزدیزاده",
    "arman yazdizadeh",
    "علی راد",
    "علي  رأد",
    "09121234567",
    "۰۹۱۲ ۱۲۳ ۴۵۶۷",
    "۰۹۱۲ ۱۲۳ ۴۵ ۶۷",
    "0912 12 34 567",
    "٠٩١٢١٢٣٤٥٦٧",
    "+98 912-123-4567",
    "00989121234567",
    "021-88776655",
    "۰۲۱ ۸۸۷۷ ۶۶۵۵",
    "٠٠١٢٣٤٥٦٧٩",
    "Arman@Example.ir",
    "تهران،  خیابان بهار، پلاک ۷",
    "تهران، خيابان بهار، پلاک 7",
)


@pytest.mark.parametrize("written", WRITTEN)
def test_every_spelling_inside_a_text_is_taken_out(written: str):
    assert KNOWN.replace(f"به {written} بگویید") == f"به {ERASED} بگویید"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_finds_every_spelling_too(kind: str, postgres: Postgres):
    address = "sqlite://" if kind == "sqlite" else postgres.new_database("spellings")
    engine = create_engine(normalise_url(address))
    said = [f"به {one} بگویید" for one in WRITTEN]
    with engine.connect() as connection:
        missed = [
            text
            for text in (*said, *(orjson.dumps([one]).decode() for one in said))
            if not any(
                connection.scalar(select(is_like(literal(text), piece)))
                for piece in KNOWN.fragments()
            )
        ]
    engine.dispose()
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "سارا آمد",
        "آرمانِ ما",
        "19121234567890",
        "00123456790",
        "on 1990-04-01",
        "xarman@example.ir",
        "معلی راد",
        "علی رادمان",
    ],
)
def test_what_only_looks_like_it_stays(text: str):
    assert KNOWN.replace(text) == text


def test_short_names_and_birthdays_go_where_they_are_the_whole_value():
    assert [KNOWN.replace(one) for one in ("سارا", " 1990-04-01 ")] == [ERASED, ERASED]


def test_a_copy_of_the_persons_file_goes_and_another_persons_stays():
    other = {"id": "2", "name": "سارا", "melli_code": None}
    value = {
        "who": {"id": "1", "name": "نام تازه", "melli_code": "1", "kind": "natural"},
        "other": other,
        "list": ["09121234567", 9121234567, 5, True],
    }

    found = Redactor(KNOWN, of="1", copies=frozenset({"id", "name", "melli_code"})).json(value)

    assert found == {
        "who": {"id": "1", "name": ERASED, "melli_code": None, "kind": "natural"},
        "other": other,
        "list": [ERASED, 0, 5, True],
    }


def test_wiping_leaves_figures_switches_instants_keys_and_what_forms_call_open():
    value = {
        "note": "او بیمار است",
        "age": 70,
        "months": 3,
        "outcome": "accepted",
        "at": "2026-11-22T09:00:00Z",
        "city": "تهران",
        "rows": [{"text": "x y"}],
    }

    found = Redactor(Identity(), secret=frozenset({"age"}), open=frozenset({"city"})).wipe(value)

    assert found == {
        **value,
        "note": ERASED,
        "age": None,
        "rows": [{"text": ERASED}],
    }
    again = Redactor(Identity(), secret=frozenset({"age"}), open=frozenset({"city"})).wipe(found)
    assert again == found
