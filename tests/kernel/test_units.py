"""A unit of work lends its connection: what Core and the ORM do in it stands or falls together."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, PendingRollbackError, UnboundExecutionError
from sqlalchemy.orm import Session

from kernel.db import Database
from kernel.uow import read_only, unit_of_work
from people.tables import Role

TABLE = Role.__table__


def role(key: str) -> Role:
    return Role(key=key, name=key, name_en=key)


def stored() -> list[str]:
    with read_only() as session:
        return list(session.scalars(select(Role.key).order_by(Role.key)))


def add_by_core(session: Session, key: str) -> None:
    session.connection().execute(TABLE.insert().values(key=key, name=key, name_en=key))


def test_core_and_orm_commit_together(db_both: Database) -> None:
    with unit_of_work() as uow:
        add_by_core(uow.session, "one")
        uow.session.add(role("two"))

    assert stored() == ["one", "two"]


def test_core_and_orm_are_undone_together(db_both: Database) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as uow:
        add_by_core(uow.session, "one")
        uow.session.add(role("two"))
        uow.session.flush()
        raise ZeroDivisionError

    assert stored() == []


def test_a_unit_that_is_not_to_be_committed_leaves_nothing(db_both: Database) -> None:
    with unit_of_work(commit=False) as uow:
        add_by_core(uow.session, "one")

    assert stored() == []


def test_after_a_refused_statement_of_the_orm_nothing_of_the_unit_is_stored(
    db_both: Database,
) -> None:
    with pytest.raises(PendingRollbackError), unit_of_work() as uow:
        add_by_core(uow.session, "one")
        uow.session.add(role("one"))
        with pytest.raises(DBAPIError):
            uow.session.flush()
        add_by_core(uow.session, "two")

    assert stored() == []


def test_a_savepoint_inside_is_undone_alone(db_both: Database) -> None:
    with unit_of_work() as uow:
        add_by_core(uow.session, "one")
        with pytest.raises(DBAPIError), uow.session.begin_nested():
            uow.session.add(role("one"))
        uow.session.add(role("two"))

    assert stored() == ["one", "two"]


def test_nothing_can_be_asked_of_a_unit_that_is_over(db_both: Database) -> None:
    with unit_of_work() as uow:
        add_by_core(uow.session, "one")

    with pytest.raises(UnboundExecutionError):
        uow.session.connection()
