"""Whoever was erased stays erased when an older copy comes back."""

from pathlib import Path

from click.testing import CliRunner

from kernel import db
from tests.personal.looking import in_columns, in_files
from tests.personal.planting import Planted
from web.cli.main import cli


def _restore(folder: Path, *words: str) -> str:
    environ = {"RAVAND_DATA_DIR": str(folder), "RAVAND_DATABASE_URL": "", "REDIS_URL": ""}
    answer = CliRunner().invoke(cli, ["restore", *words], env=environ)
    return answer.output if answer.exit_code == 0 else str(answer.exception)


def _folder(planted: Planted) -> Path:
    found: Path = planted.office.product.app.extensions["ravand_config"].data_dir
    return found


def test_a_restored_copy_erases_again_by_the_list(planted: Planted, tmp_path: Path):
    copy, canaries = str(tmp_path / "copy.zip"), planted.words.canaries()
    planted.office.command("backup", copy)
    planted.office.command("contact", "erase", str(planted.contact))
    noted = _folder(planted) / "erasures.jsonl"
    assert in_files(noted.parent, [str(planted.contact)])
    assert [one for one in canaries if one in noted.read_text()] == []

    said = _restore(tmp_path / "restored", copy, "--erasures", str(noted))

    assert "1 contacts were erased again" in said
    assert in_columns(canaries) == []
    assert in_files(tmp_path / "restored", canaries) == []


def test_copies_from_before_an_upgrade_are_named_until_they_are_deleted(planted: Planted):
    folder, office = _folder(planted), planted.office
    old = folder / "ravand.db.before-head-20260901T000000000000Z"
    new = folder / "ravand.db.before-head-20991231T000000000000Z"
    for copy in (old, new):
        copy.touch()
    admin, address = office.desk("platform.admin"), f"/contacts/{planted.contact}"
    assert old.name in admin.get(f"{address}/erase")

    said = office.command("contact", "erase", str(planted.contact))

    assert said.endswith(f"until these files are deleted:\n{old}\n")
    report = admin.get(f"{address}/erased")
    assert old.name in report
    assert new.name not in report, "it was made afterwards"
    old.unlink()
    assert ".before-" not in admin.get(f"{address}/erased")


def test_without_a_list_it_says_so(planted: Planted, tmp_path: Path):
    planted.office.command("backup", str(tmp_path / "copy.zip"))

    said = _restore(tmp_path / "restored", str(tmp_path / "copy.zip"))

    assert "No list of erasures" in said
    assert in_columns([planted.words.name])


def test_a_list_that_was_cut_is_refused_before_anything_is_restored(
    planted: Planted, tmp_path: Path
):
    planted.office.command("backup", str(tmp_path / "copy.zip"))
    planted.office.command("contact", "erase", str(planted.contact))
    noted = _folder(planted) / "erasures.jsonl"
    noted.write_text(noted.read_text().replace('"digest":"', '"digest":"0'))
    db.database().dispose()

    said = _restore(tmp_path / "restored", str(tmp_path / "copy.zip"), "--erasures", str(noted))

    assert "erasure-list-broken" in said
    assert not (tmp_path / "restored" / "ravand.db").exists()


def test_the_command_erases_and_says_what(planted: Planted):
    seen = planted.office.command("contact", "erase", str(planted.contact), "--dry-run")
    done = planted.office.command("contact", "erase", str(planted.contact))

    assert seen == done
    assert "2  Stored files\n" in done
    assert planted.office.command("contact", "erase", str(planted.contact)) == (
        "Nothing is left to erase.\n"
    )
