"""Versions of forms, and drafts, on both databases."""

from typing import Any
from uuid import uuid4

import pytest

from forms import (
    FormDefinitionInvalid,
    FormUnknown,
    drop_drafts,
    find,
    load,
    load_draft,
    save_draft,
    store,
)
from kernel.clock import MovableClock
from kernel.uow import read_only, unit_of_work


def data(title: str) -> dict[str, Any]:
    return {
        "title": {"fa": title},
        "schema": {"properties": {"a": {"type": "string", "title": "الف"}}},
    }


def test_a_form_is_found_as_its_model_means_it(ravand_both: MovableClock) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    with unit_of_work() as uow:
        one = store(uow, first, "agreement", data("یک"))
        same = store(uow, second, "agreement", data("یک"))
        two = store(uow, third, "agreement", data("دو"))

    assert [one.version, same.version, two.version] == [1, 1, 2]
    with read_only() as session:
        assert find(session, "agreement").id == two.id
        assert find(session, "agreement", deployment_id=first).id == one.id
        assert find(session, "agreement", version=1).id == same.id
        assert one.id is not None
        assert load(session, one.id).title.fa == "یک"
        assert load(session, one.id) is load(session, one.id)


def test_a_form_nobody_stored_is_not_found(ravand_both: MovableClock) -> None:
    with read_only() as session:
        with pytest.raises(FormUnknown):
            load(session, uuid4())
        with pytest.raises(FormUnknown):
            find(session, "agreement")


def test_a_refused_form_leaves_no_trace(ravand_both: MovableClock) -> None:
    with unit_of_work() as uow, pytest.raises(FormDefinitionInvalid):
        store(uow, uuid4(), "bad", {"title": "x", "schema": {"type": "array"}})

    with read_only() as session, pytest.raises(FormUnknown):
        find(session, "bad")


def test_a_draft_is_its_writer_s_until_the_item_is_done(ravand_both: MovableClock) -> None:
    item, sara, omid = uuid4(), uuid4(), uuid4()
    with unit_of_work() as uow:
        save_draft(uow, item, sara, {"agreement": {"values": {"a": 1}}})
        save_draft(uow, item, omid, {})
    ravand_both.move(minutes=1)
    with unit_of_work() as uow:
        save_draft(uow, item, sara, {"agreement": {"values": {"a": 2}}})

    with read_only() as session:
        draft = load_draft(session, item, sara)
        assert draft is not None
        assert draft.data == {"agreement": {"values": {"a": 2}}}
        assert draft.saved_at == ravand_both.now()
        assert load_draft(session, uuid4(), sara) is None

    with unit_of_work() as uow:
        assert drop_drafts(uow, item, omid) == 1
        assert drop_drafts(uow, item) == 1
    with read_only() as session:
        assert load_draft(session, item, sara) is None
