"""Backup, restore and transfer from the command line, as the how-to says."""

from pathlib import Path

import pytest
from sqlalchemy import update

from engine.tables import WorkItem
from kernel import archive
from kernel.db import Database
from kernel.uow import unit_of_work
from tests.cli.conftest import Terminal
from tests.product.organisation import holder_of
from tests.servers import Postgres


def sums(url: str) -> dict[str, archive.TableSum]:
    database = Database(url)
    with database.engine.connect() as connection:
        found = archive.digests(connection)
    database.dispose()
    return found


def test_a_backup_is_restored_into_an_empty_installation(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.zip"
    said = terminal("backup", copy)
    assert said.status == 0, said.err
    before = sums(f"sqlite:///{tmp_path / 'data' / 'ravand.db'}")

    monkeypatch.setenv("RAVAND_DATA_DIR", str(tmp_path / "restored"))
    restored = terminal("restore", copy)

    assert restored.status == 0, restored.err
    assert restored.out.startswith(said.out)
    assert "on hold" in restored.out
    found = sums(f"sqlite:///{tmp_path / 'restored' / 'ravand.db'}")
    assert found.pop("hold").rows == 1
    assert before.pop("hold").rows == 0
    added = found.pop("audit_entry").rows - before.pop("audit_entry").rows
    assert (found, added) == (before, 1)
    again = terminal("restore", copy)
    assert (again.status, "not empty" in again.err) == (2, True)


def test_a_restored_installation_runs_when_somebody_says_so_or_at_once(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.zip"
    assert terminal("backup", copy).status == 0
    monkeypatch.setenv("RAVAND_DATA_DIR", str(tmp_path / "held"))
    assert terminal("restore", copy).status == 0

    assert terminal("resume").out == "Everything runs again. 0 texts were left unsent.\n"
    again = terminal("resume")
    assert (again.status, "not on hold" in again.err) == (2, True)

    monkeypatch.setenv("RAVAND_DATA_DIR", str(tmp_path / "at-once"))
    assert "on hold" not in terminal("restore", copy, "--run").out
    assert terminal("resume").status == 2


def test_an_existing_file_is_never_overwritten(terminal: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zip"
    copy.write_text("mine")

    said = terminal("backup", copy)

    assert said.status == 2
    assert copy.read_text() == "mine"


def test_an_installation_moves_to_postgresql_and_back(
    terminal: Terminal, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, there = f"sqlite:///{tmp_path / 'data' / 'ravand.db'}", postgres.new_database("moved")
    back = f"sqlite:///{tmp_path / 'back.db'}"
    before = sums(first)

    assert terminal("transfer", "--to", there).status == 0
    monkeypatch.setenv("RAVAND_DATABASE_URL", there)
    assert terminal("transfer", "--to", back).status == 0

    assert before == sums(there) == sums(back)
    assert before["person"].rows > 5


def test_a_sound_installation_verifies_and_a_damaged_one_says_where(terminal: Terminal) -> None:
    said = terminal("verify")
    assert (said.status, said.out.splitlines()[-1]) == (0, "Everything agrees.")

    assert terminal("start", "leave_request", "--by", holder_of("subscribers.expert")).status == 0
    with unit_of_work() as uow:
        uow.session.execute(update(WorkItem).values(status="cancelled"))

    said = terminal("verify")
    assert said.status == 1
    assert "request_leave waits for something that does not exist" in said.out
