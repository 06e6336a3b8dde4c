"""What pages ask about messages."""

from uuid import uuid4

import pytest

import notifiers
from kernel.i18n import use_locale
from kernel.jobs import run_until_idle
from kernel.uow import read_only, unit_of_work
from notifiers import queries, reasons
from notifiers.channels import DryRun, use
from notifiers.tables import STATES
from people import SYSTEM, actors
from people.actor import Actor
from people.errors import PermissionMissing
from web.fake_kavenegar import Fault


def test_an_instance_shows_its_deliveries_and_those_of_the_called_ones(office, provider):
    root, child = uuid4(), uuid4()
    first = office.send_one(instance_id=root, root_id=root)
    second = office.send_one(instance_id=child, root_id=root)
    office.send_one()
    with read_only() as session:
        assert [d.id for d in queries.of_instance(session, root)] == [first, second]
        assert [d.id for d in queries.of_instance(session, root, whole_tree=False)] == [first]
        assert [d.id for d in queries.of_instance(session, child)] == [second]


def test_the_list_is_filtered_and_paged_by_the_last_row(office_both, provider_both):
    sent = [office_both.send_one(f"0912000000{n}") for n in range(5)]
    failed = office_both.send_one("123")
    run_until_idle()
    with read_only() as session:
        seen, after = [], None
        while True:
            page = queries.deliveries(session, SYSTEM, channel="sms", after=after, limit=2)
            seen += [row.id for row in page.rows]
            if (after := page.next) is None:
                break
        assert seen == [failed, *reversed(sent)]
        assert [r.id for r in queries.deliveries(session, SYSTEM, state="failed").rows] == [failed]
        one = queries.deliveries(session, SYSTEM, address="+989120000003").rows
        assert [row.id for row in one] == [sent[3]]
        assert queries.deliveries(session, SYSTEM, address="%").rows == []
        assert queries.counts_by_state(session, SYSTEM) == {"sent": 5, "failed": 1}


def test_the_list_is_for_those_who_may_see_messages(office):
    stranger = Actor(None, None, None, frozenset(), frozenset(), "x")
    with read_only() as session, pytest.raises(PermissionMissing):
        queries.deliveries(session, stranger)


def test_one_reads_one_s_own_notices_only(office):
    office.send([f"person:{office.sara}", f"person:{office.john}"], "inbox")
    with unit_of_work() as uow:
        sara = actors.actor_for(uow.session, office.sara)
        [notice] = queries.notices(uow.session, office.john).rows
        assert notifiers.mark_read(uow, [notice.id], by=sara) == 0
        assert notifiers.mark_read(uow, by=sara) == 1
        assert queries.unread_count(uow.session, office.sara) == 0
        assert queries.unread_count(uow.session, office.john) == 1
        assert queries.notices(uow.session, office.sara, unread_only=True).rows == []


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_every_state_and_reason_reads_as_a_sentence(office, provider, locale):
    provider.faults.append(Fault("code", "sms/send", code=418))
    ident = office.send_one()
    run_until_idle()
    with use_locale(locale):
        assert "418" in reasons.reason(office.delivery(ident))
        assert reasons.reason_of("sms", "888") != "888"
        assert "123" in reasons.reason(office.delivery(office.send_one("123")))
        words = [reasons.state_word(state) for state in STATES]
    assert not any(word.startswith("delivery-state") for word in words)


def test_a_dry_run_sends_nothing_and_looks_sent(office):
    use("sms", DryRun())
    ident = office.send_one()
    run_until_idle()
    assert office.state(ident) == "sent"
