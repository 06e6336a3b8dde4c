"""Length and cleanliness of texts."""

import pytest

from notifiers.text import measure, one_line, plain, sms_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("س" * 70, 1),
        ("س" * 71, 2),
        ("س" * 134, 2),
        ("س" * 135, 3),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 69 + "ی", 1),
        ("a" * 70 + "ی", 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_a_text_costs_as_many_parts_as_the_network_charges(text, parts):
    assert sms_parts(text) == parts


def test_the_rest_of_the_last_part_is_known():
    assert measure("س" * 60).left == 10
    assert measure("س" * 100).left == 34


def test_direction_marks_and_controls_go_and_zwnj_stays():
    assert plain("\u202eمی\u200cرود\u2066\x07\r\nخط دو\u200f ") == "می\u200cرود\nخط دو"


def test_a_title_has_no_breaks_of_any_kind():
    assert one_line("a\nb\u2028c\r\n  d") == "a b c d"
