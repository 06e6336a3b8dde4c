"""Persian text: stored, searched, sorted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text import clean, joined_key, latin_digits, persian_digits, search_key, sort_key

SAME = [
    ("علي", "علی"),
    ("رئیس", "رییس"),
    ("رئيس", "رییس"),
    ("مؤسسه", "موسسه"),
    ("خانهٔ", "خانه"),
    ("خانۀ", "خانه"),
    ("آرش", "ارش"),
    ("۰۹۱۲", "٠٩١٢"),
    ("۰۹۱۲", "0912"),
    ("ﻣﻴﻼﺩ", "میلاد"),
    ("می‌خواهم", "می خواهم"),
    ("كتـــاب", "کتاب"),
    ("Ravand", "rAVAND"),
    ("مُحَمَّد", "محمد"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_writing_a_word_have_one_search_key(one, other):
    assert search_key(one) == search_key(other)


def test_the_joined_key_also_bridges_the_missing_space():
    assert search_key("می‌خواهم") != search_key("میخواهم")
    assert joined_key("می‌خواهم") == joined_key("میخواهم") == joined_key("می خواهم")


def test_storing_keeps_spelling_and_drops_invisible_marks():
    assert clean("\ufeffعلي مي‌روم\u200f ٣ ") == "علی می‌روم ۳"
    assert clean("خانهٔ") == clean("خانه\u0654")


def test_sorting_follows_the_persian_alphabet():
    right = "آرش، ابر، بابک، پرویز، چنگیز، زهرا، ژاله، كامران، کاوه، گلناز، وحید، هما، یاسر"
    names = right.split("، ")
    assert sorted(set(names), key=sort_key) == names


def test_digits_sort_before_latin_before_persian_letters():
    assert sorted(["ب", "b", "۲", "A", "1"], key=sort_key) == ["1", "۲", "A", "b", "ب"]


def test_digits_change_script_and_nothing_else_does():
    assert latin_digits("تلفن ۰۹۱۲ و ٣٤") == "تلفن 0912 و 34"
    assert persian_digits("a-12 ٣") == "a-۱۲ ۳"


@given(st.text(max_size=60))
def test_the_keys_are_stable(text):
    assert search_key(search_key(text)) == search_key(text)
    assert clean(clean(text)) == clean(text)
    assert search_key(clean(text)) == search_key(text)
