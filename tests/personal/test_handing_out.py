"""All that is held of a contact, as JSON; and nothing of anybody else."""

import base64
import json
import stat
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from crm.connectors import link
from crm.contacts import ContactData, add_contact
from kernel import files
from kernel.db import database
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.personal.planting import OTHER, Planted, lead
from web import erasing


def test_everything_that_was_planted_is_handed_out(planted: Planted):
    text = planted.office.command("contact", "export", str(planted.contact), "--files")

    data = json.loads(text)["data"]
    missing = [one for one in planted.words.canaries() if one not in text]
    assert missing == []
    assert {"contact", "phone", "ticket", "case", "submission", "message", "reply", "file"} <= (
        data.keys()
    )
    for paper in data["file"]:
        assert base64.b64decode(paper["content"]) == files.store().read(UUID(paper["id"]))
    assert "state" not in data["case"][0]


def test_of_a_case_about_others_too_only_what_is_theirs(planted: Planted):
    with unit_of_work() as uow:
        other = add_contact(uow, ContactData(name=OTHER.name), by=SYSTEM)
        link(uow, planted.root, other.id)

    theirs = json.loads(planted.office.command("contact", "export", str(planted.contact)))
    others = planted.office.command("contact", "export", str(other.id))

    assert [one["about_others_too"] for one in theirs["cases"]] == [True]
    assert "submission" not in theirs["data"]
    assert {"contact", "ticket", "message", "reply", "log-line"} <= theirs["data"].keys()
    assert [one for one in planted.words.canaries() if one in others] == []


def test_a_file_of_it_is_for_its_owners_eyes_and_replaces_no_other(
    planted: Planted, tmp_path: Path
):
    output = tmp_path / "data.json"
    words = ("contact", "export", str(planted.contact), "--output", str(output))

    planted.office.command(*words)

    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert planted.words.name in output.read_text(encoding="utf-8")
    with pytest.raises(FileExistsError):
        planted.office.command(*words)


def test_nobody_waits_while_it_is_collected(planted: Planted):
    said: list[str] = []

    def hear(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if connection.get_execution_options().get("ravand_write"):
            said.append(statement)

    event.listen(database().engine, "before_cursor_execute", hear)
    erasing.hand_out(planted.contact, by=SYSTEM)
    event.remove(database().engine, "before_cursor_execute", hear)

    assert [one for one in said if "INSERT INTO audit_entry" in one]
    assert [one for one in said if "FROM process_instance" in one] == []


def test_other_contacts_do_not_stand_in_it(planted: Planted):
    lead(planted.office, OTHER)

    text = planted.office.command("contact", "export", str(planted.contact))

    assert [one for one in OTHER.canaries() if one in text] == []
