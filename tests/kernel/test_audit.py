"""The audit log: written with the act, in one chain, which shows whatever was done to it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from kernel import audit
from kernel.audit import Head, acts, sealing
from kernel.audit.checking import check
from kernel.audit.log import TABLE
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from people import SYSTEM

WORKERS = 6


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_key", sealing.key_of("the installation's secret"))


def act(count: int = 1) -> None:
    for _one in range(count):
        with unit_of_work() as uow:
            uow.audit.record(acts.PERSON_ADDED, SYSTEM, new_id())


def rows() -> list[JsonObject]:
    with read_only() as session:
        query = select(TABLE).order_by(TABLE.c.number)
        return [dict(row) for row in session.execute(query).mappings()]


def found(noted: Head | None = None) -> tuple[str, JsonObject] | None:
    with read_only() as session:
        broken = check(session.connection(), noted).broken
    return (broken.code, broken.facts) if broken else None


def test_an_act_is_written_with_the_unit_of_work_and_lost_with_it(
    ravand_both: MovableClock,
) -> None:
    person = new_id()
    by = replace(SYSTEM, person_id=person, position="sales.expert", on_behalf_of=new_id())
    with unit_of_work() as uow:
        uow.audit.record(acts.ROLE_GIVEN, by, "manager", person=person)
    with pytest.raises(ZeroDivisionError), unit_of_work() as uow:
        uow.audit.record(acts.ROLE_TAKEN, by, "manager", person=person)
        raise ZeroDivisionError

    [row] = rows()

    assert (row["number"], row["at"], row["act"]) == (1, ravand_both.now(), "role.given")
    assert (row["person_id"], row["position"]) == (person, "sales.expert")
    assert (row["on_behalf_of"], row["via"]) == (by.on_behalf_of, "system")
    assert (row["subject"], row["subject_id"]) == ("role", "manager")
    assert row["detail"] == {"person": str(person)}
    assert found() is None


@pytest.mark.parametrize("value", ["0912 345 6789", "09123456789", "زهرا کریمی", "a@b c"])
def test_what_is_no_code_is_not_written_down(ravand: MovableClock, value: str) -> None:
    with unit_of_work() as uow:
        uow.audit.record(acts.POSITION_ADDED, SYSTEM, value, unit=value, manager="sales.head")

    [row] = rows()

    assert value not in str(row)
    assert row["subject_id"].startswith("sha256:")
    assert row["detail"]["manager"] == "sales.head"


def test_what_an_act_does_not_note_is_refused(ravand: MovableClock) -> None:
    with unit_of_work() as uow, pytest.raises(ValueError, match="does not note"):
        uow.audit.record(acts.PERSON_ADDED, SYSTEM, new_id(), name="x")


def test_writers_at_once_make_one_chain(ravand_both: MovableClock) -> None:
    begin = threading.Barrier(WORKERS)

    def work() -> None:
        begin.wait()
        act(5)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row["number"] for row in rows()] == list(range(1, 5 * WORKERS + 1))
    assert found() is None


def forge(row: JsonObject) -> JsonObject:
    """What somebody can make of a row who writes the database and lacks the key."""
    row |= {"hash": sealing.digest(row)}
    return row | {"seal": sealing.key_of("a guess").seal(row["hash"])}


def move(session: Session, number: int, to: int) -> None:
    session.execute(update(TABLE).where(TABLE.c.number == number).values(number=to))


def change(session: Session) -> None:
    session.execute(update(TABLE).where(TABLE.c.number == 3).values(subject_id="x"))


def change_with_its_hash(session: Session) -> None:
    row = forge({**rows()[2], "subject_id": "x"})
    session.execute(update(TABLE).where(TABLE.c.number == 3).values(**row))


def scribble(session: Session) -> None:
    session.execute(text("UPDATE audit_entry SET detail = '{oops' WHERE number = 3"))


def take_out(session: Session) -> None:
    session.execute(delete(TABLE).where(TABLE.c.number.in_([3, 4])))


def take_out_the_first(session: Session) -> None:
    session.execute(delete(TABLE).where(TABLE.c.number == 1))


def take_out_and_close_up(session: Session) -> None:
    session.execute(delete(TABLE).where(TABLE.c.number == 3))
    for number in (4, 5, 6):
        move(session, number, number - 1)


def put_in(session: Session) -> None:
    copy = forge({**rows()[2], "number": 3, "subject_id": "x"})
    for number in (6, 5, 4, 3):
        move(session, number, number + 1)
    session.execute(insert(TABLE), [copy])


def swap(session: Session) -> None:
    move(session, 3, 99)
    move(session, 4, 3)
    move(session, 99, 4)


def rewrite_all(session: Session) -> None:
    """Everything anew under a key of one's own, as nobody can who lacks the installation's."""
    own, previous = sealing.key_of("a guess"), sealing.FIRST
    for row in rows():
        row |= {"subject_id": "x", "previous": previous}
        previous = sealing.digest(row)
        row |= {"hash": previous, "key_id": own.id, "seal": own.seal(previous)}
        session.execute(update(TABLE).where(TABLE.c.number == row["number"]).values(**row))


DAMAGE: list[tuple[Callable[[Session], None], tuple[str, JsonObject]]] = [
    (change, ("changed", {"entry": 3})),
    (change_with_its_hash, ("changed", {"entry": 3})),
    (scribble, ("changed", {"entry": 3})),
    (take_out, ("missing", {"entry": 3, "last": 4})),
    (take_out_the_first, ("missing", {"entry": 1, "last": 1})),
    (take_out_and_close_up, ("missing", {"entry": 3, "last": 3})),
    (put_in, ("inserted", {"entry": 3})),
    (swap, ("reordered", {"entry": 3, "after": 4})),
    (rewrite_all, ("other-key", {"entry": 1, "key": sealing.key_of("a guess").id})),
]


@pytest.mark.parametrize(("damage", "expected"), DAMAGE)
def test_the_first_broken_entry_is_named_with_what_is_wrong(
    ravand: MovableClock,
    damage: Callable[[Session], None],
    expected: tuple[str, JsonObject],
) -> None:
    act(6)
    assert found() is None

    with unit_of_work() as uow:
        damage(uow.session)

    assert found() == expected


def test_what_was_cut_off_shows_against_a_noted_end(ravand: MovableClock) -> None:
    act(6)
    with read_only() as session:
        noted = audit.head(session.connection())
    act()
    assert found(noted) is None

    with unit_of_work() as uow:
        uow.session.execute(delete(TABLE).where(TABLE.c.number > 4))

    assert found() is None
    assert found(noted) == ("cut-off", {"entry": 4, "noted": 6})
    assert found(Head(4, "0" * 64)) == ("not-the-noted", {"entry": 4})


def test_entries_under_another_key_are_sound_once_an_administrator_accepted_them(
    ravand: MovableClock,
) -> None:
    act(3)
    old = sealing.key().id
    audit.use_key("the next secret")
    assert found() == ("other-key", {"entry": 1, "key": old})

    with unit_of_work() as uow:
        audit.adopt(uow, SYSTEM)
    act()
    assert found() is None

    with unit_of_work() as uow:
        rewrite_all_but_the_last(uow.session)
    assert found() is not None


def rewrite_all_but_the_last(session: Session) -> None:
    row = rows()[1]
    row |= {"subject_id": "x"}
    row |= {"hash": sealing.digest(row)}
    session.execute(update(TABLE).where(TABLE.c.number == 2).values(**row))


def test_a_long_chain_is_walked_in_batches(
    ravand: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.audit.checking.AT_ONCE", 2)
    act(7)
    assert found() is None
    with unit_of_work() as uow:
        uow.session.execute(update(TABLE).where(TABLE.c.number == 5).values(act="x"))
    assert found() == ("changed", {"entry": 5})


def test_an_act_costs_a_lock_a_look_and_a_row(db_postgres: Database) -> None:
    with unit_of_work() as uow:
        uow.audit.record(acts.PERSON_ADDED, SYSTEM, UUID(int=1))
        waiting = select(func.count()).select_from(TABLE)
        assert uow.session.scalar(waiting) == 0  # nothing is held while the act goes on
    assert len(rows()) == 1
