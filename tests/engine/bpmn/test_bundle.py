"""Uploads are read within bounds, whatever they come as."""

from pathlib import Path

import pytest

from engine.bundle import MAX_FILES, read_bundle, read_files, read_zip
from engine.problems import Refused
from tests.fixtures.hostile import ZIP_FILES, zipped


def refusal_of(read):
    with pytest.raises(Refused) as refusal:
        read()
    return refusal.value.problem.code


@pytest.mark.parametrize("file", ZIP_FILES, ids=lambda file: file.name)
def test_a_hostile_zip_is_refused(file):
    assert refusal_of(lambda: read_zip(file.data, file.name)) == file.code


def test_folder_zip_and_files_give_the_same_bundle(tmp_path: Path):
    files = [
        ("p.bpmn", b"<a/>"),
        ("forms/offer.json", b"{}"),
        ("templates/welcome.sms.fa.txt", b"hi"),
        ("cases.json", b"[]"),
    ]
    for name, data in files:
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    bundles = [
        read_bundle(tmp_path / "p"),
        read_files(files),
        read_zip(zipped(*files)),
        read_zip(zipped(*((f"p/{name}", data) for name, data in files))),
        read_files([("p.zip", zipped(*files))]),
    ]

    assert all(dict(bundle.files) == dict(files) for bundle in bundles)
    assert bundles[0].forms == {"offer": b"{}"}
    assert bundles[0].templates == {("welcome", "sms", "fa"): b"hi"}
    assert list(bundles[0].diagrams) == ["p.bpmn"]
    assert bundles[0].cases == b"[]"


def test_loose_files_from_a_browser_find_their_folders():
    names = ["p.bpmn", "offer.json", "welcome.sms.fa.txt", "contract.typ", "cases.json"]

    bundle = read_files([(name, b"x") for name in names])

    assert sorted(bundle.files) == [
        "cases.json",
        "documents/contract.typ",
        "forms/offer.json",
        "p.bpmn",
        "templates/welcome.sms.fa.txt",
    ]


def test_what_file_managers_leave_is_ignored():
    data = zipped(
        ("p.bpmn", b"<a/>"),
        ("__MACOSX/._p.bpmn", b"x"),
        (".DS_Store", b"x"),
        ("forms/._offer.json", b"x"),
        ("Thumbs.db", b"x"),
        (".git/config", b"x"),
    )

    assert list(read_zip(data).files) == ["p.bpmn"]


def test_persian_file_names_are_kept():
    assert list(read_zip(zipped(("فرایند.bpmn", b"<a/>"))).files) == ["فرایند.bpmn"]


def test_a_link_in_a_folder_is_refused(tmp_path: Path):
    (tmp_path / "p.bpmn").symlink_to("/etc/passwd")

    assert refusal_of(lambda: read_bundle(tmp_path)) == "bundle.symlink"


def test_a_folder_of_too_many_files_is_refused():
    many = [(f"files/{number}.txt", b"x") for number in range(MAX_FILES + 1)]

    assert refusal_of(lambda: read_files(many)) == "bundle.too-many-files"


@pytest.mark.parametrize("name", ["../p.bpmn", "/p.bpmn", "a//p.bpmn", "a/./b", "a\x00b", "c:x"])
def test_a_name_that_leaves_its_folder_is_refused(name):
    assert refusal_of(lambda: read_files([(name, b"x")])) == "bundle.bad-name"


def test_a_path_that_does_not_exist_is_told(tmp_path: Path):
    assert refusal_of(lambda: read_bundle(tmp_path / "none")) == "bundle.not-found"
