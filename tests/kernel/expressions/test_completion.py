"""What an editor offers fits the place where the cursor stands."""

from hypothesis import given
from hypothesis import strategies as st

from kernel.expressions.completion import complete, completion
from kernel.expressions.functions import BUILTINS

SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"type": "number", "title": "Amount"},
        "contact": {"type": "object", "properties": {"name": {"type": "string"}, "age": {}}},
        "items": {"type": "array", "items": {"properties": {"price": {"type": "number"}}}},
    },
}


def labels(text: str) -> list[str]:
    return [one.label for one in complete(text, len(text), SCHEMA, {"position": "A position."})]


def test_everything_is_offered_where_nothing_is_written():
    found = {one.label: one for one in completion({"amount": "Amount"}, {"position": "…"})}
    assert {"amount", "position", "and", *BUILTINS} <= found.keys()
    assert found["substring"].signature.startswith("substring(text, start, count?)")
    assert found["substring"].insert == "substring("
    assert "obar" in found["substring"].doc


def test_what_is_begun_is_completed():
    assert labels("= am") == ["amount"]
    [found] = complete("= am", 4, SCHEMA)
    assert (found.start, found.insert, found.kind) == (2, "amount", "variable")
    assert labels("= posi") == ["position"]
    assert "sublist" in labels("= su")


def test_behind_a_dot_stand_the_fields_also_of_a_lists_items():
    assert labels("= contact.") == ["name", "age"]
    assert labels("= 1 + contact.na") == ["name"]
    assert labels("= sum(items.") == ["price"]
    assert labels("= contact.name.") == []


def test_inside_of_a_text_nothing_is_offered():
    assert labels('= "am') == []
    assert labels('= "am" + am') == ["amount"]


@given(st.text(max_size=50), st.integers(-5, 60))
def test_no_place_surprises(text, position):
    assert isinstance(complete(text, position, SCHEMA), list)
