"""All that is held of a contact, as JSON; and nothing of anybody else."""

import base64
import json
from uuid import UUID

from crm.connectors import link
from crm.contacts import ContactData, add_contact
from kernel import files
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.personal.planting import OTHER, Planted, lead


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


def test_other_contacts_do_not_stand_in_it(planted: Planted):
    lead(planted.office, OTHER)

    text = planted.office.command("contact", "export", str(planted.contact))

    assert [one for one in OTHER.canaries() if one in text] == []
