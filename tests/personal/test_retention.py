"""Old cases and messages lose what they hold of people, by the organisation's periods alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm import keeping, retention
from crm.tables import CaseRedaction, Contact, Ticket
from engine.tables import ProcessInstance
from engine.verifying import verify
from kernel import clock
from kernel.uow import read_only, unit_of_work
from notifiers.tables import Delivery, InboundMessage
from tests.personal.looking import in_columns
from tests.personal.planting import OTHER, Planted, lead

YEAR = timedelta(days=365)


def _due() -> dict[str, int]:
    with read_only() as session:
        return dict(retention.due(session, clock.now()))


def _carry_out() -> dict[str, int]:
    with unit_of_work() as uow:
        return dict(retention.carry_out(uow))


def test_nothing_goes_by_itself_unless_somebody_says_so(planted: Planted):
    planted.office.wait("P3650D")

    assert (_due(), _carry_out()) == ({}, {})
    assert in_columns([planted.words.story])


def test_an_old_case_loses_texts_and_papers_and_the_contacts_file_stays(planted: Planted):
    keeping.configure(cases={"*": YEAR})
    assert _due() == {}
    planted.office.wait("P366D")
    young = lead(planted.office, OTHER)

    assert _due() == {"case": 1}
    assert _carry_out() == {"case": 1}

    assert _carry_out() == {}
    known = [one for one in in_columns(planted.words.canaries()) if "contact" not in one]
    assert known == []
    with read_only() as session:
        assert session.get_one(Contact, planted.contact).name == planted.words.name
        assert session.scalars(select(CaseRedaction.root_id)).all() == [planted.root]
        assert session.get_one(ProcessInstance, planted.root).variables["months"] == 3
        assert not list(verify(session))
    assert in_columns([young.words.story])


def test_a_case_that_goes_takes_nobody_elses_ticket_with_it(planted: Planted):
    keeping.configure(cases={"*": YEAR})
    with unit_of_work() as uow:
        said = {"type_key": "planted", "channel": "phone", "opened_by": "-", "opened_at": uow.now}
        words = {"caller_name": OTHER.name, "mobile": "+98" + OTHER.mobile[1:], "subject": "سؤال"}
        uow.session.add(Ticket(**said, **words, text=OTHER.story))
    planted.office.wait("P366D")

    assert _carry_out() == {"case": 1}

    assert in_columns([OTHER.name, OTHER.story]) == [
        f"ticket.caller_name: {OTHER.name}",
        f"ticket.text: {OTHER.story}",
    ]


def test_each_process_has_its_period_and_the_law_comes_first(planted: Planted):
    planted.office.product.clock.move(days=366)
    nothing: dict[str, object] = {"cases": {}, "keep": {}, "messages": None, "replies": None}

    def with_rules(**rules: object) -> dict[str, int]:
        keeping.configure(**{**nothing, **rules})
        return _due()

    assert with_rules(cases={"planted": YEAR}) == {"case": 1}
    assert with_rules(cases={"another": YEAR}) == {}
    assert with_rules(cases={"planted": 3 * YEAR, "*": YEAR}) == {}
    assert with_rules(cases={"*": YEAR}, keep={"planted": 3 * YEAR}) == {}
    assert with_rules(cases={"*": YEAR}, keep={"another": 3 * YEAR}) == {"case": 1}
    assert with_rules(messages=YEAR) == {"message": 1}
    assert with_rules(replies=YEAR) == {"reply": 1}


def test_old_texts_lose_their_words_and_running_cases_nothing_else(planted: Planted):
    keeping.configure(messages=YEAR, replies=YEAR)
    planted.office.product.clock.move(days=366)

    assert _carry_out() == {"message": 1, "reply": 1}

    assert _carry_out() == {}
    with read_only() as session:
        sent = session.scalars(select(Delivery).where(Delivery.template == "asked")).one()
        came = session.scalars(select(InboundMessage)).one()
    assert planted.words.address not in sent.text
    assert planted.words.name not in came.text + came.raw_text
    assert sent.address == "+98" + planted.words.mobile[1:]


def test_the_command_says_what_would_go_and_lets_it_go(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RAVAND_RETENTION_DAYS", "planted=365")
    planted.office.product.clock.move(days=366)

    said = planted.office.command("retention", "--dry-run")
    assert in_columns([planted.words.story])
    done = planted.office.command("retention")

    assert said == done == "1  Variables of cases\n"
    assert in_columns([planted.words.story]) == ["contact_log.text: " + planted.words.story]
