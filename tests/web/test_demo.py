"""The demo organisation: whole, alive, and quick to make."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from crm.tables import Contact, Ticket
from engine.tables import Incident, ProcessInstance, WorkItem
from kernel import clock, db, files
from kernel.uow import read_only
from notifiers.tables import Delivery, InboundMessage
from people import directory
from people.queries import demo_accounts_exist
from tests.conftest import START
from tests.tables import create_all
from web import wiring
from web.demo.bonuses import PROCESS
from web.demo.journeys import Journey
from web.demo.load import load_with_journeys
from web.login_card import LoginCard

Demo = tuple[list[LoginCard], list[Journey]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, made once for all tests of this file."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'ravand.db'}"
    create_all(url)
    config = Config(data_dir=Path(folder), database_url=url)
    db.configure(url)
    files.configure(folder / "files")
    wiring.connect(config)
    before = clock.use(clock.MovableClock(START))
    made = load_with_journeys(config)
    yield made
    clock.use(before)
    db.database().dispose()


@pytest.fixture
def session(demo: Demo) -> Iterator[Session]:
    """A session to look with."""
    with read_only() as opened:
        yield opened


def test_every_position_is_held_and_everybody_can_log_in(demo: Demo, session: Session):
    logins, _ = demo
    chart = directory.of(session)
    assert [key for key in chart.positions if not chart.holders(key)] == []
    assert len(logins) == len({login.password for login in logins}) >= 16
    assert demo_accounts_exist(session)


def test_no_case_got_stuck_on_its_way(demo: Demo):
    _, journeys = demo
    assert [journey.stuck for journey in journeys if journey.stuck] == []


def test_every_ticket_started_exactly_one_instance(session: Session):
    started = session.scalars(select(Ticket.instance_id)).all()
    roots = session.scalars(
        select(ProcessInstance.id).where(
            ProcessInstance.parent_id.is_(None), ProcessInstance.definition_key != PROCESS
        )
    ).all()
    assert Counter(started) == Counter(roots)
    assert len(started) >= 30


def test_there_are_forty_contacts_and_more(session: Session):
    assert (session.scalar(select(func.count()).select_from(Contact)) or 0) >= 40


def test_open_work_lies_in_many_inboxes_and_some_of_it_is_late(session: Session):
    items = session.scalars(select(WorkItem).where(WorkItem.status == "open")).all()
    late = [item for item in items if item.due_at and item.due_at < clock.now()]
    assert len({item.position_key for item in items}) >= 6
    assert 3 <= len(late) < len(items)


def test_cases_stand_in_every_process_and_some_have_ended(session: Session):
    running = set(
        session.scalars(
            select(ProcessInstance.definition_key).where(ProcessInstance.status == "running")
        )
    )
    assert {
        "intake_ticket",
        "contract_signing",
        "needs_assessment",
        "caregiver_approval",
        "win_back",
        "contract_registration",
        "invoicing_finance",
        "final_control",
        "retention",
        "renewal",
    } <= running
    ended = set(session.scalars(select(ProcessInstance.status)))
    assert {"completed", "cancelled"} <= ended


def test_messages_went_out_came_in_and_failed(session: Session):
    states = Counter(
        (row.channel, row.state)
        for row in session.execute(select(Delivery.channel, Delivery.state))
    )
    assert states["sms", "delivered"] > 50
    assert states["sms", "failed"] > 0
    assert states["inbox", "delivered"] > 50
    assert session.scalar(select(func.count()).select_from(InboundMessage))


def test_something_needs_an_operator(session: Session):
    found = session.scalars(select(Incident).where(Incident.state == "open")).all()
    assert "work_out" in {incident.element_id for incident in found}


def test_nothing_happened_in_the_future(session: Session):
    opened = session.scalar(select(func.max(WorkItem.opened_at)))
    assert opened is not None
    assert opened <= START
