"""SQLite under eight writing threads, other processes that write too, and a reader who stays."""

import fcntl
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from kernel import db
from kernel.db import Database
from kernel.uow import read_only, unit_of_work
from people.tables import Role
from tests.faults.killing import begin, end

THREADS, PROCESSES, EACH = 8, 2, 12


def write(writer: str, number: int) -> None:
    key = f"{writer}.{number}"
    with unit_of_work() as uow:
        uow.session.add(Role(key=key, name=key, name_en=key))


def stored() -> Counter[str]:
    with read_only() as session:
        return Counter(key.partition(".")[0] for key in session.scalars(select(Role.key)))


def another(url: str, name: str, count: int = EACH) -> Callable[[], None]:
    """A process of its own, as of a command beside the server."""

    def life() -> None:
        db.configure(url)
        for number in range(count):
            write(name, number)

    return life


def test_nobody_meets_a_lock_and_commands_get_their_turn_while_eight_threads_never_rest(
    db_sqlite: Database,
) -> None:
    # given: commands that want to write, and a reader who began before anything
    commands_done, wrong = threading.Event(), list[DBAPIError]()
    written: Counter[str] = Counter()
    db_sqlite.dispose()
    commands = [begin(another(db_sqlite.url, f"command{n}")) for n in range(PROCESSES)]

    def keep_writing(name: str) -> None:
        try:
            while written[name] < EACH or not commands_done.is_set():
                write(name, written[name])
                written[name] += 1
        except DBAPIError as error:
            wrong.append(error)

    with read_only() as reader:
        seen = reader.scalars(select(Role.key)).all()
        threads = [
            threading.Thread(target=keep_writing, args=(f"thread{n}",)) for n in range(THREADS)
        ]

        # when: the threads write as long as the commands do
        for one in threads:
            one.start()
        ends = [end(child) for child in commands]
        commands_done.set()
        for one in threads:
            one.join()

        # then
        assert reader.scalars(select(Role.key)).all() == seen

    assert wrong == []
    assert ends == [0] * PROCESSES
    assert stored() == written + Counter({f"command{n}": EACH for n in range(PROCESSES)})


def somebody_waits_at_the_gate(database: Database) -> bool:
    with Path(f"{database.engine.url.database}-gate").open("wb") as gate:
        try:
            fcntl.lockf(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_process_that_waits_writes_before_the_one_that_wrote_last_writes_again(
    db_sqlite: Database,
) -> None:
    db_sqlite.dispose()
    until, (told, tell) = monotonic() + 60, os.pipe()

    def life() -> None:
        os.read(told, 1)
        another(db_sqlite.url, "command", 1)()

    other = begin(life)
    with unit_of_work():
        os.write(tell, b"!")
        while not somebody_waits_at_the_gate(db_sqlite):
            assert monotonic() < until, "nobody comes"

    with unit_of_work() as uow:
        found = uow.session.scalars(select(Role.key)).all()

    assert found == ["command.0"]
    assert end(other) == 0
    for one in (told, tell):
        os.close(one)
