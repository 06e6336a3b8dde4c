"""Stored files in a folder and in a bucket: whole or not at all, found again, orphans removed."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete

from kernel import archive, clock, file_orphans, files
from kernel.clock import MovableClock
from kernel.db import Database, database
from kernel.file_orphans import StartLooking, missing_bytes
from kernel.file_stores import Bucket, Folder, Place, PlaceAway, PlaceInvalid, place_at
from kernel.file_stores.folder import name_aside
from kernel.files import FileStore, FileTooLarge, FileUnknown, StoredFile
from kernel.ids import new_id
from kernel.jobs import run_until_idle
from kernel.uow import read_only, unit_of_work
from tests.bucket import SECRET, bucket_service
from tests.engine.test_archive import stamp


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environ, bucket_service(environ) as url:
        yield url


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place of either kind."""
    if request.param == "folder":
        return Folder(tmp_path / "place")
    empty = place_at(request.getfixturevalue("bucket_url"))
    for one in empty.listed("", 1000):
        empty.delete(one.name)
    return empty


def put(place: Place, name: str, content: bytes = b"x") -> None:
    place.put(name, BytesIO(content), len(content))


def names(place: Place, after: str = "", limit: int = 100) -> list[str]:
    return [one.name for one in place.listed(after, limit)]


@pytest.mark.parametrize("content", [b"", b"x", b"\0\r\n" * 300_000])
def test_what_is_put_comes_out_again(place: Place, content: bytes) -> None:
    put(place, "ab/one", content)
    assert b"".join(place.pieces("ab/one")) == content
    assert place.exists("ab/one")
    assert [one.size for one in place.listed("", 10)] == [len(content)]


def test_what_was_deleted_is_gone_and_deleting_it_again_does_no_harm(place: Place) -> None:
    put(place, "ab/one")
    place.delete("ab/one")
    place.delete("ab/one")
    assert not place.exists("ab/one")
    with pytest.raises(FileNotFoundError):
        next(place.pieces("ab/one"))


def test_names_come_in_order_and_in_batches(place: Place) -> None:
    wanted = ["00/a", "00/b", "7f/a", "ff/a", "ff/b"]
    for name in reversed(wanted):
        put(place, name)
    found: list[str] = []
    while some := names(place, found[-1] if found else "", 2):
        found += some
    assert found == wanted


def test_half_a_file_is_never_seen(place: Place) -> None:
    with pytest.raises(PlaceAway):
        place.put("ab/one", BytesIO(b"half"), 8)
    assert names(place) == []


def test_a_folder_that_cannot_be_read_is_away_and_says_of_no_file_that_it_is_gone(
    tmp_path: Path,
) -> None:
    (tmp_path / "place").write_bytes(b"a file where the folder should be")
    away = Folder(tmp_path / "place")
    acts: list[Callable[[], object]] = [
        lambda: put(away, "ab/one"),
        lambda: next(away.pieces("ab/one")),
        lambda: away.exists("ab/one"),
        lambda: away.delete("ab/one"),
        lambda: away.listed("", 1),
    ]
    for act in acts:
        with pytest.raises(PlaceAway):
            act()


def test_the_folders_of_a_first_file_reach_the_disk_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[Path] = []

    def fsync(handle: int) -> None:
        reached.append(Path(os.readlink(f"/proc/self/fd/{handle}")))

    monkeypatch.setattr(os, "fsync", fsync)
    put(Folder(tmp_path / "new" / "place"), "ab/one")
    folders = [tmp_path, tmp_path / "new", tmp_path / "new/place", tmp_path / "new/place/ab"]
    assert [one for one in reached if one.is_dir()] == folders


def test_a_store_keeps_bytes_and_row_and_finds_no_stranger(
    ravand: MovableClock, place: Place
) -> None:
    store = FileStore(place)
    with unit_of_work() as uow:
        stored = store.put(uow, BytesIO(b"abc"), name="a.txt", content_type="t", scope="s:1")
        assert (stored.size, len(stored.sha256)) == (3, 64)
        found, content = store.open(uow, stored.id)
        assert (found.name, content) == ("a.txt", b"abc")
        with pytest.raises(FileTooLarge):
            store.put(uow, b"x" * (files.MAX_BYTES + 1), name="b", content_type="t", scope="s")
    with pytest.raises(FileUnknown):
        store.read(UUID(int=1))
    assert len(names(place)) == 1


def test_a_service_that_is_away_is_said_in_words_without_its_keys(
    bucket_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("kernel.file_stores.s3.RETRIES", 0)
    away = Bucket("s3://ravand/files?endpoint=http://127.0.0.1:9")
    with pytest.raises(PlaceAway) as refusal:
        put(away, "ab/one")
    shown = repr(refusal.value) + refusal.value.sentence() + repr(away) + caplog.text
    assert SECRET not in shown
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("address", ["http://x/y", "s3://", "s3://key:secret@bucket/x"])
def test_an_address_that_means_nothing_is_refused(address: str) -> None:
    with pytest.raises(PlaceInvalid):
        place_at(address)


def test_a_bucket_without_keys_is_refused_by_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    with pytest.raises(PlaceInvalid, match="AWS_SECRET_ACCESS_KEY"):
        Bucket("s3://bucket/x").exists("a")


def test_a_copy_moves_from_either_place_to_either_place(
    ravand: MovableClock, place: Place, bucket_url: str, tmp_path: Path
) -> None:
    stamp()
    here = FileStore(place)
    with unit_of_work() as uow:
        kept = here.put(uow, "رسید".encode(), name="r", content_type="t", scope="instance:x").id
    archive.write(database(), here, tmp_path / "copy.zip")
    for number, there in enumerate((Folder(tmp_path / "there"), place_at(bucket_url))):
        empty = Database(f"sqlite:///{tmp_path / f'empty{number}.db'}")
        archive.restore(tmp_path / "copy.zip", empty, FileStore(there))
        assert FileStore(there).read(kept) == "رسید".encode()
        empty.dispose()


def look(days: float) -> None:
    """The daily look, `days` after the real today: bytes bear the time of the machine's disk."""
    standing = clock.MovableClock(clock.SystemClock().now() + timedelta(days=days))
    before = clock.use(standing)
    with unit_of_work() as uow:
        StartLooking()(uow)
    run_until_idle()
    clock.use(before)


@pytest.fixture
def kept(ravand: MovableClock, place: Place, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    monkeypatch.setattr(files, "_store", FileStore(place))
    monkeypatch.setattr(file_orphans, "BATCH", 3)
    return files.store()


def test_bytes_without_a_row_go_after_some_days_and_no_others(
    kept: FileStore, place: Place
) -> None:
    with unit_of_work() as uow:
        scopes = ("instance:1", "contact:1", "start:1", "instance:2", "contact:2")
        named = [
            kept.put(uow, b"x", name="a", content_type="t", scope=scope).id for scope in scopes
        ]
    orphans = [kept.take(b"y", name="b", content_type="t", scope="instance:1").id for _ in range(7)]

    look(days=6)
    assert len(names(place)) == 12
    look(days=8)

    assert sorted(names(place)) == sorted(map(files.name_of, named))
    assert not set(map(files.name_of, orphans)) & set(names(place))


def test_what_a_dead_writer_left_aside_goes_too(ravand: MovableClock, tmp_path: Path) -> None:
    files.configure(tmp_path / "place")
    left = tmp_path / "place" / name_aside(files.name_of(new_id()))
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    old = time.time() - 30 * 86400
    os.utime(left, (old, old))
    look(days=0)
    assert not left.exists()


@pytest.mark.parametrize(
    "name", ["ab/letter.pdf", "photos/0192", f"00/{'0' * 31}1", "ab/abcd.part"]
)
def test_what_others_keep_in_the_same_place_is_theirs(
    kept: FileStore, place: Place, name: str
) -> None:
    put(place, name)
    look(days=400)
    assert names(place) == [name]


def test_an_upload_that_was_left_loses_its_row_and_then_its_bytes(
    kept: FileStore, place: Place
) -> None:
    with unit_of_work() as uow:
        for _more_than_two_batches in range(10):
            kept.put(uow, b"x", name="a.zip", content_type="t", scope="upload:1")
        waiting = kept.put(uow, b"x", name="a", content_type="t", scope="start:1").id
    look(days=30)
    look(days=31)
    assert names(place) == [files.name_of(waiting)]


def test_a_row_whose_bytes_are_gone_is_found(kept: FileStore, place: Place) -> None:
    with unit_of_work() as uow:
        gone, *_there = [
            kept.put(uow, b"x", name="a", content_type="t", scope="instance:1").id for _ in range(5)
        ]
    kept.forget(gone)
    with read_only() as session:
        [finding] = missing_bytes(session)
    assert (finding.code, finding.facts["file"]) == ("file-missing", str(gone))
    with unit_of_work() as uow:
        uow.session.execute(delete(StoredFile).where(StoredFile.id == gone))
    with read_only() as session:
        assert list(missing_bytes(session)) == []
