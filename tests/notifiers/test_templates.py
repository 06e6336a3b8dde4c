"""Designers' texts: versions, languages, previews."""

from uuid import uuid4

import pytest

import notifiers
from kernel.uow import read_only, unit_of_work
from notifiers.errors import ChannelUnknown, TemplateInvalid, TemplateMissing
from notifiers.templates import find_text


def store(key, text, lang="fa", channel="sms", deployment=None):
    with unit_of_work() as uow:
        return notifiers.store_template(uow, deployment, key, channel, lang, text).version


def test_the_text_shown_before_sending_is_the_one_that_goes_out(office):
    with read_only() as session:
        shown = notifiers.preview(session, "sms", "greet", {"name": "مینا", "count": 3}, "fa")
    assert shown.text == office.delivery(office.send_one()).text
    assert (shown.parts, shown.length.left, shown.lang) == (1, 70 - len(shown.text), "fa")


def test_a_running_instance_keeps_its_version_of_a_text(office):
    old, new = uuid4(), uuid4()
    assert store("letter", "قدیم", deployment=old) == 1
    assert store("letter", "جدید", deployment=new) == 2
    texts = [
        office.delivery(office.send_one(template="letter", deployment_id=d)).text
        for d in (old, new, None, uuid4())
    ]
    assert texts == ["قدیم", "جدید", "جدید", "جدید"]


def test_a_text_in_another_language_is_better_than_none(office):
    store("only_fa", "سلام")
    delivery = office.delivery(office.send_one(f"person:{office.john}", template="only_fa"))
    assert (delivery.text, delivery.lang) == ("سلام", "fa")


def test_whether_a_text_exists_can_be_asked_before_a_deployment(office):
    with read_only() as session:
        assert notifiers.template_exists(session, "greet", "sms")
        assert not notifiers.template_exists(session, "greet", "pigeon")
        assert not notifiers.template_exists(session, "other", "sms")
        with pytest.raises(TemplateMissing):
            find_text(session, "other", "sms", "fa")


@pytest.mark.parametrize("text", ["", "   ", "x" * 8001, "سلام {", "{name | upper}", "{1 +}"])
def test_a_text_that_can_never_be_filled_in_is_refused_at_deployment(text):
    with pytest.raises(TemplateInvalid) as refusal:
        notifiers.check_template("k", "sms", text)
    assert "k" in refusal.value.sentence()


def test_a_text_for_an_unknown_channel_is_refused():
    with pytest.raises(ChannelUnknown):
        notifiers.check_template("k", "pigeon", "x")
