"""Only the published subset is accepted; the refusal names every place."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import (
    FormDefinitionInvalid,
    first_values,
    meta_schema,
    missing_english,
    parse_form,
    render,
)
from forms.rules import RESERVED
from kernel.i18n import use_locale
from tests.forms.samples import EVERY_KIND, EVERY_UI, form_of

GOOD: dict[str, Any] = {
    "title": {"fa": "آزمون", "en": "Test"},
    "schema": {"type": "object", "properties": {"name": {"type": "string", "title": "نام"}}},
}


def problems(data: Any) -> dict[str, str]:
    with pytest.raises(FormDefinitionInvalid) as refusal, use_locale("en"):
        parse_form("bad", data)
    with use_locale("en"):
        return {p.path: p.sentence() for p in refusal.value.problems}


def with_field(field: Any, ui: Any = None, **schema: Any) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    data["schema"]["properties"]["x"] = field
    data["schema"].update(schema)
    if ui is not None:
        data["ui"] = {"fields": {"x": ui}}
    return data


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", "title": "متن", **more}


def test_every_kind_of_field_is_accepted() -> None:
    form = form_of(EVERY_KIND, EVERY_UI)

    assert {f.kind for f in form.fields.values()} >= {"text", "money", "rows", "files", "many"}
    assert form.schema["unevaluatedProperties"] is False


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ({"type": "string"}, "schema.properties.x.title"),
        (text(contentEncoding="base64"), "schema.properties.x.contentEncoding"),
        (text(pattern="(?=a)b"), "schema.properties.x.pattern"),
        (text(pattern=r"(a)\1"), "schema.properties.x.pattern"),
        (text(format="uri"), "schema.properties.x.format"),
        (text(default="a", minLength=3), "schema.properties.x.default"),
        (text(minLength=3, maxLength=2), "schema.properties.x.minLength"),
        ({"type": "object", "title": "ن"}, "schema.properties.x.type"),
        ({"type": ["string", "null"], "title": "ن"}, "schema.properties.x.type"),
        ({"type": "number", "title": "ن", "format": "money"}, "schema.properties.x.type"),
        ({"type": "array", "title": "ن"}, "schema.properties.x.items"),
        ({"type": "array", "title": "ن", "items": {"type": "string"}}, "schema.properties.x.items"),
        (text(oneOf=[{"const": 1, "title": "یک"}]), "schema.properties.x.oneOf[0].const"),
        ({"$ref": "https://example.com/s.json"}, "schema.properties.x.$ref"),
        ({"$ref": "file:///etc/passwd"}, "schema.properties.x.$ref"),
        ({"$ref": "#/properties/name"}, "schema.properties.x.$ref"),
        ({"$ref": "#/$defs/none"}, "schema.properties.x.$ref"),
        (True, "schema.properties.x"),
    ],
)
def test_a_field_outside_the_subset_is_refused_at_its_place(field: Any, path: str) -> None:
    found = problems(with_field(field))

    assert path in found or path.rpartition(".")[0] in found, found


@pytest.mark.parametrize(
    "name",
    [*sorted(RESERVED), "_csrf", "__proto__", "a b", "۱", "نام", "a-b", "x" * 65, ""],
)
def test_reserved_and_unspeakable_names_are_refused(name: str) -> None:
    data = copy.deepcopy(GOOD)
    data["schema"]["properties"][name] = text()

    assert problems(data)


@pytest.mark.parametrize(
    ("ui", "path"),
    [
        ({"widget": "scale"}, "ui.fields.x.widget"),
        ({"width": 7}, "ui.fields.x.width"),
        ({"colour": "red"}, "ui.fields.x.colour"),
        ({"computed": "1 +"}, "ui.fields.x.computed"),
        ({"computed": "= 1 +"}, "ui.fields.x.computed"),
        ({"computed": "= head_of('a')"}, "ui.fields.x.computed"),
        ({"computed": "= 1", "readonly": True}, "ui.fields.x.computed"),
        ({"options": {"a": "A"}}, "ui.fields.x.options"),
        ({"columns": {"y": {}}}, "ui.fields.x.columns.y"),
    ],
)
def test_a_ui_that_does_not_fit_its_schema_is_refused(ui: Any, path: str) -> None:
    if path.endswith("columns.y"):
        row = {"type": "object", "properties": {"z": text()}}
        data = with_field({"type": "array", "title": "ن", "items": row}, ui)
    else:
        data = with_field(text(), ui)

    assert path in problems(data)


def test_ui_that_speaks_of_no_field_is_refused() -> None:
    data = {**GOOD, "ui": {"groups": [{"fields": ["name", "y"]}], "fields": {"z": {}}}}

    assert set(problems(data)) == {"ui.groups[0].fields", "ui.fields.z"}


def test_extra_properties_cannot_be_allowed() -> None:
    data = with_field(text(), additionalProperties=True)

    assert "schema.additionalProperties" in problems(data)


def test_what_is_required_must_be_asked() -> None:
    rule = {
        "if": {"properties": {"name": {"const": "a"}}, "required": ["name"]},
        "then": {"properties": {"y": text()}},
    }

    assert "schema.required" in problems(with_field(text(), required=["y"], allOf=[rule]))
    assert "schema.required" in problems(with_field(text(), required=["nobody"]))


def test_a_name_means_one_kind_of_answer() -> None:
    rule = {
        "if": {"required": ["name"]},
        "then": {"properties": {"x": {"type": "integer", "title": "عدد"}}},
    }

    assert "schema.allOf[0].then.properties.x" in problems(with_field(text(), allOf=[rule]))


def test_local_definitions_are_written_out() -> None:
    data = with_field({"$ref": "#/$defs/short", "title": "دیگر"})
    data["schema"]["$defs"] = {"short": text(maxLength=5)}

    field = parse_form("ok", data).fields["x"]

    assert (field.label.fa, field.schema["maxLength"]) == ("دیگر", 5)


def test_definitions_that_never_end_are_refused() -> None:
    data = with_field({"$ref": "#/$defs/a"})
    data["schema"]["$defs"] = {"a": {"not": {"$ref": "#/$defs/a"}}}
    doubling = with_field({"$ref": "#/$defs/d0"})
    doubling["schema"]["$defs"] = {
        f"d{i}": {"anyOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 8} for i in range(12)
    } | {"d12": {}}

    assert "schema" in problems(data)
    assert "schema" in problems(doubling)


def test_size_and_depth_are_bounded() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": deep}
    many = copy.deepcopy(GOOD)
    many["schema"]["properties"] = {f"f{i}": text() for i in range(121)}

    assert problems({**GOOD, "ui": deep})
    assert problems(with_field(text(description="الف" * 100_000)))
    assert "schema.properties" in problems(many)


@pytest.mark.parametrize("data", [None, [], "x", 1, {}, {"title": "x"}, {"title": 1, "schema": 2}])
def test_what_is_no_form_at_all_is_refused(data: Any) -> None:
    assert problems(data)


def test_all_problems_come_at_once_and_in_both_languages() -> None:
    data = with_field(text(pattern="["), {"widget": "nothing"})

    with pytest.raises(FormDefinitionInvalid) as refusal, use_locale("fa"):
        parse_form("bad", data)

    assert len(refusal.value.problems) == 2
    with use_locale("fa"):
        assert "پذیرفته نیست" in refusal.value.problems[0].sentence()
        assert "«bad»" in refusal.value.sentence()


def test_places_without_english_are_listed() -> None:
    form = form_of(
        {"kind": {"type": "string", "title": "نوع", "oneOf": [{"const": "a", "title": "الف"}]}},
        {"kind": {"help": {"fa": "راهنما"}}},
    )

    assert missing_english(form) == ["kind", "kind.options.a", "kind.help"]


def test_the_subset_is_published_as_a_schema() -> None:
    assert meta_schema()["$id"] == "urn:ravand:form:1"


WHOLE: dict[str, Any] = {
    "title": {"fa": "آزمون", "en": "Test"},
    "schema": {
        "type": "object",
        "properties": EVERY_KIND,
        "required": ["name"],
        "dependentRequired": {"name": ["months"]},
        "allOf": [
            {
                "if": {"anyOf": [{"properties": {"kind": {"const": "icu"}}}], "required": ["kind"]},
                "then": {"properties": {"extra": text()}, "required": ["extra"]},
                "else": {"properties": {"months": {"maximum": 3}}},
            }
        ],
    },
    "ui": {"groups": [{"title": "یک", "fields": ["name"]}], "fields": EVERY_UI},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.sampled_from(["", "string", "["]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "title", "items", "oneOf", "const", "$ref", "if", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path]
    for key, child in children:
        found += places(child, (*path, key)) if isinstance(child, dict | list) else [(*path, key)]
    return found


PLACES = [place for place in places(WHOLE) if place]


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_a_damaged_form_is_accepted_or_refused_and_never_a_surprise(
    place: tuple[Any, ...], value: Any
) -> None:
    data = copy.deepcopy(WHOLE)
    inner: Any = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value

    try:
        form = parse_form("damaged", data)
    except FormDefinitionInvalid as refusal:
        sentences = [problem.sentence() for problem in refusal.problems]
    else:
        sentences = [str(render(form, first_values(form, {})))]

    assert all(sentences)
