"""What stands in the shipped bundles: names, forms and texts in Persian and English."""

import orjson
import pytest

import forms
from engine.bpmn.model import NodeKind
from engine.preflight import check
from engine.preflight.catalogue import Catalogue
from kernel import expressions
from notifiers.templates import own_texts
from tests.bpmn_models.shipped import BUNDLES, KEYS, model

every_model = pytest.mark.parametrize("key", KEYS)
every_bundle = pytest.mark.parametrize("name", list(BUNDLES))

POSITIONS = {
    "reception": ("clerk", "head"),
    "subscribers": ("expert", "head"),
    "assessment": ("supervisor",),
    "dispatch": ("expert", "head"),
    "contracts": ("expert",),
    "finance": ("accountant", "head"),
    "quality": ("expert",),
    "management": ("ceo",),
    "platform": ("designer", "admin"),
}
CRM = ("crm.match_contact", "crm.save_contact", "crm.update_ticket", "crm.log")
CONNECTORS = frozenset({*CRM, "identity.check", "document.render", "notify.send"})


def catalogue() -> Catalogue:
    """The shipped organisation, connectors and common texts, and every shipped process."""
    common = BUNDLES["common"]
    texts = {(key, channel) for key, channel, _ in (*common.templates, *own_texts())}
    return Catalogue(
        positions=frozenset(
            f"{unit}.{post}" for unit, posts in POSITIONS.items() for post in posts
        ),
        units=frozenset(POSITIONS),
        channels=frozenset({"sms", "email", "inbox"}),
        connectors=CONNECTORS,
        forms=frozenset(common.forms),
        processes={key: model(key).called for key in KEYS},
        has_template=lambda key, channel: (key, channel) in texts,
    )


@every_model
def test_preflight_finds_nothing_wrong(key: str) -> None:
    report = check(BUNDLES[key], catalogue())
    assert [problem.code for problem in report.errors] == []


@every_model
def test_every_step_has_a_persian_and_an_english_name(key: str) -> None:
    for node in model(key).nodes.values():
        assert node.name, node.id
        assert node.name_en, node.id


@every_model
def test_every_way_out_of_a_decision_has_a_name(key: str) -> None:
    shipped = model(key)
    for node in shipped.nodes.values():
        ways = shipped.outgoing(node.id)
        if node.kind is NodeKind.EXCLUSIVE and len(ways) > 1:
            assert all(flow.name and flow.name_en for flow in ways), node.id


@every_model
def test_every_persons_step_says_who_until_when_and_what_to_do(key: str) -> None:
    for node in model(key).nodes.values():
        if node.kind is NodeKind.USER_TASK:
            assert all((node.performer, node.deadline, node.forms, node.documentation)), node.id


@every_bundle
def test_every_form_is_valid_and_wholly_in_both_languages(name: str) -> None:
    for key, data in BUNDLES[name].forms.items():
        assert forms.missing_english(forms.parse_form(key, orjson.loads(data))) == [], key


@every_bundle
def test_every_text_is_there_in_both_languages(name: str) -> None:
    texts = BUNDLES[name].templates
    for key, channel, _ in texts:
        assert {"fa", "en"} <= {lang for k, c, lang in texts if (k, c) == (key, channel)}, key


@every_bundle
def test_every_text_can_be_rendered_and_persian_sms_stay_short(name: str) -> None:
    for (key, channel, lang), data in BUNDLES[name].templates.items():
        text = data.decode()
        expressions.compile_template(text)
        if channel == "sms" and lang == "fa":
            assert len(text.strip()) <= 134, key


@every_model
def test_every_model_brings_cases_with_a_normal_and_an_early_end(key: str) -> None:
    cases = orjson.loads(BUNDLES[key].cases or b"[]")
    ends = {case["then"].get("status") for case in cases}
    assert {"completed", "cancelled"} <= ends
