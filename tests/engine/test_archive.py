"""A whole installation in one file: taken while it works, restored on either database, equal."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from kernel import archive, clock, files, hold
from kernel.archive.restoring import ArchiveOfOtherVersion
from kernel.clock import MovableClock
from kernel.db import Database, database
from kernel.file_stores import Folder
from kernel.file_stores.place import PlaceAway
from kernel.files import FileStore, StoredFile
from kernel.migrate import upgrade
from kernel.uow import read_only, unit_of_work
from people import seed
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, user
from tests.servers import Postgres
from tests.tables import ROOT

FORMER = "2026_11_24_deliveries"


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of either kind, beside the one that is copied."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'other.db'}")
    server: Postgres = request.getfixturevalue("postgres")
    return Database(server.new_database("restored"))


def damage(path: Path, name: str) -> None:
    """Change a byte in the middle of what the zip file packed."""
    with zipfile.ZipFile(path) as archive_:
        info = archive_.getinfo(name)
    data = bytearray(path.read_bytes())
    begin = info.header_offset + 30 + len(name)
    data[begin + 2] ^= 0xFF
    path.write_bytes(data)


def stamp() -> None:
    """The tests' database is made without migrations: note the newest, as `upgrade` does."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "kernel" / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with database().writer.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": newest})


def furnish(play: Play) -> None:
    """Rows of every kind: a chart, a running case, a file, Persian text, instants, bytes."""
    stamp()
    with unit_of_work() as uow:
        seed.seed(uow)
        files.store().put(
            uow, "رسید".encode(), name="رسید.txt", content_type="text/plain", scope="instance:x"
        )
    play.deploy(process(start(), user("work"), end(), chain("start", "work", "end")))
    play.start(subject="قرارداد ۱۲", amount=1_500_000)


def test_a_copy_restored_on_either_database_is_equal(
    play_both: Play, empty: Database, tmp_path: Path
) -> None:
    furnish(play_both)
    path, store = tmp_path / "copy.zip", FileStore(Folder(tmp_path / "restored-files"))
    contents = archive.write(database(), files.store(), path)

    archive.restore(path, empty, store)

    with empty.engine.connect() as connection:
        assert archive.digests(connection) == contents.tables
        [file_id] = connection.execute(select(StoredFile.id)).scalars()
    assert store.read(file_id) == "رسید".encode()
    assert contents.tables["process_instance"].rows == 1
    assert contents.tables["unit"].rows > 1
    assert contents.missing == []
    empty.dispose()


def test_rows_appear_together_with_the_hold_that_keeps_them(
    play_both: Play, empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(play_both)
    path, store = tmp_path / "copy.zip", FileStore(Folder(tmp_path / "restored-files"))
    archive.write(database(), files.store(), path)

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as cut, pytest.raises(ZeroDivisionError):
        cut.setattr(hold, "begin", fails)
        archive.restore(path, empty, store, on_hold=True)

    assert archive.restore(path, empty, store, on_hold=True), "nothing was there yet"
    with empty.session() as session:
        assert hold.is_on(session)
    empty.dispose()


@pytest.mark.parametrize("on_hold", [True, False, None])
def test_a_copy_of_an_installation_on_hold_is_restored(
    play: Play, tmp_path: Path, on_hold: bool | None
) -> None:
    furnish(play)
    path, made = tmp_path / "copy.zip", clock.now() - timedelta(days=3)
    with unit_of_work() as uow:
        hold.begin(uow.session.connection(), copy_made_at=made)
    archive.write(database(), files.store(), path)
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")

    archive.restore(path, other, FileStore(Folder(tmp_path / "f")), on_hold=on_hold)

    with other.session() as session:
        held = hold.current(session)
    assert (held.copy_made_at if held else None) == (None if on_hold is False else made)
    other.dispose()


def test_a_database_with_rows_is_left_alone(play: Play, tmp_path: Path) -> None:
    furnish(play)
    path = tmp_path / "copy.zip"
    archive.write(database(), files.store(), path)
    used = Database(f"sqlite:///{tmp_path / 'used.db'}")
    archive.restore(path, used, FileStore(Folder(tmp_path / "f")))

    with pytest.raises(archive.DatabaseNotEmpty):
        archive.restore(path, used, FileStore(Folder(tmp_path / "f")))
    used.dispose()


def test_a_database_in_use_by_a_former_version_keeps_its_schema(play: Play, tmp_path: Path) -> None:
    furnish(play)
    path = tmp_path / "copy.zip"
    archive.write(database(), files.store(), path)
    used = Database(f"sqlite:///{tmp_path / 'used.db'}")
    upgrade(used, FORMER)
    with used.writer.begin() as connection:
        connection.execute(text("INSERT INTO job_duty VALUES ('a', 'b', 1, '2026-11-22')"))

    with pytest.raises(archive.DatabaseNotEmpty):
        archive.restore(path, used, FileStore(Folder(tmp_path / "f")))

    with used.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == FORMER
    used.dispose()


HARMS = ("row", "table", "contents", "file", "format", "twice", "lost", "torn", "bytes")


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_copy_restores_nothing(play: Play, tmp_path: Path, harm: str) -> None:
    furnish(play)
    whole, broken = tmp_path / "copy.zip", tmp_path / "broken.zip"
    archive.write(database(), files.store(), whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if harm == "row" and name == "tables/process_instance.jsonl":
                data = data.replace(b"1500000", b"2500000")
            if (harm == "table" and name.startswith("tables/person.")) or (
                harm == "contents" and name == "contents.json"
            ):
                continue
            if name.startswith("files/"):
                data += b"!" if harm == "file" else b""
                if harm == "lost":
                    continue
            if name == "tables/process_instance.jsonl":
                data += data if harm == "twice" else b""
                data = data[: len(data) // 2] if harm == "torn" else data
            if harm == "format" and name == "contents.json":
                data = orjson.dumps({**orjson.loads(data), "format": 99})
            target.writestr(name, data, zipfile.ZIP_DEFLATED)
    if harm == "bytes":
        damage(broken, "tables/unit.jsonl")
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(archive.ArchiveBroken):
        archive.restore(broken, empty, FileStore(Folder(tmp_path / "f")))

    upgrade(empty)
    with empty.engine.connect() as connection:
        assert all(one.rows == 0 for one in archive.digests(connection).values())
    empty.dispose()


def test_a_copy_that_is_restored_beside_its_files_leaves_them_alone(
    play: Play, tmp_path: Path
) -> None:
    furnish(play)
    path, other = tmp_path / "copy.zip", Database(f"sqlite:///{tmp_path / 'other.db'}")
    contents = archive.write(database(), None, path)
    with zipfile.ZipFile(path) as copy:
        assert [name for name in copy.namelist() if name.startswith("files/")] == []

    archive.restore(path, other, None)

    with other.engine.connect() as connection:
        assert archive.digests(connection) == contents.tables
    assert contents.tables["stored_file"].rows == 1
    other.dispose()


def test_a_file_whose_bytes_are_gone_is_named(play: Play, tmp_path: Path) -> None:
    furnish(play)
    with read_only() as session:
        [file_id] = session.scalars(select(StoredFile.id))
    files.store().forget(file_id)

    contents = archive.write(database(), files.store(), tmp_path / "copy.zip")

    assert contents.missing == [str(file_id)]


def test_a_file_whose_bytes_are_others_is_copied_and_named(play: Play, tmp_path: Path) -> None:
    furnish(play)
    with read_only() as session:
        [file_id] = session.scalars(select(StoredFile.id))
    files.store().keep(file_id, b"rotten")

    contents = archive.write(database(), files.store(), tmp_path / "copy.zip")

    assert (contents.damaged, contents.missing) == ([str(file_id)], [])
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    archive.restore(tmp_path / "copy.zip", other, FileStore(Folder(tmp_path / "f")))
    other.dispose()


@dataclass
class Slow(Folder):
    """A place that takes an hour for a file."""

    clock: MovableClock

    def pieces(self, name: str) -> Iterator[bytes]:
        for piece in super().pieces(name):
            self.clock.move(hours=1)
            yield piece


def test_a_copy_says_the_instant_of_its_rows_not_that_of_its_last_file(
    play: Play, tmp_path: Path
) -> None:
    furnish(play)
    began, slow = clock.now(), FileStore(Slow(tmp_path / "files", play.clock))

    contents = archive.write(database(), slow, tmp_path / "copy.zip")

    assert datetime.fromisoformat(contents.taken_at) == began < clock.now()


def test_a_copy_is_its_owners_only_and_one_that_fails_leaves_nothing(
    play: Play, tmp_path: Path
) -> None:
    furnish(play)
    folder, nowhere = tmp_path / "copies", tmp_path / "nowhere"
    folder.mkdir()
    nowhere.write_text("a file where a folder should be")
    archive.write(database(), files.store(), folder / "copy.zip")
    assert (folder / "copy.zip").stat().st_mode & 0o777 == 0o600

    with pytest.raises(PlaceAway):
        archive.write(database(), FileStore(Folder(nowhere)), folder / "other.zip")
    with pytest.raises(archive.ArchiveNotWritten):
        archive.write(database(), files.store(), nowhere / "copy.zip")

    assert [one.name for one in folder.iterdir()] == ["copy.zip"]


def test_an_archive_of_another_schema_names_both(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    with zipfile.ZipFile(path, "w") as target:
        contents = archive.Contents("1999_01_01", "1999-01-01T00:00:00+00:00")
        target.writestr("contents.json", contents.dump())
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(ArchiveOfOtherVersion, match="1999_01_01"):
        archive.restore(path, empty, FileStore(Folder(tmp_path / "f")))
    empty.dispose()
