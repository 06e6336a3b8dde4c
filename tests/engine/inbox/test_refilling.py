"""While processes of an older release still run, their rows are completed behind them."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from engine import queries
from engine.entries import NEVER_DUE
from engine.store import INBOX
from engine.verifying import verify
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, user


def write(session: Session, item: UUID) -> None:
    """An older release opens work: it knows three columns."""
    [principal] = session.execute(select(INBOX.c.principal)).scalars()
    session.execute(delete(INBOX))
    row = {"principal": principal, "due": NEVER_DUE, "item_id": item}
    session.execute(insert(INBOX).values(**row))


def move(session: Session, item: UUID) -> None:
    """It puts new work in the place of a row that says more than it knows of."""
    wrong = {"filled_for": new_id(), "definition_key": "other", "barred": ["somebody"]}
    session.execute(update(INBOX).where(INBOX.c.item_id == item).values(**wrong))


@pytest.mark.parametrize("act", [write, move])
def test_rows_of_an_older_release_are_completed(
    play_both: Play, act: Callable[[Session, UUID], None]
) -> None:
    play = play_both
    play.deploy(process(start(), user("work"), end(), chain("start", "work", "end")))
    [item] = play.items(play.start())
    with unit_of_work() as uow:
        act(uow.session, item.id)

    play.run()

    with read_only() as session:
        clerk = play.actor("reception.clerk")
        assert [one.id for one in queries.inbox(session, clerk, definition_key="p")] == [item.id]
        assert list(verify(session)) == []
