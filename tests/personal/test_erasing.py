"""Erasing a contact: nothing of them is found again, and nothing of anybody else is touched."""

from pathlib import Path

from crm.erasing import erase_contact
from kernel import db, traces
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.personal.looking import in_columns, in_files
from tests.personal.planting import Planted


def _data(planted: Planted) -> Path:
    folder: Path = planted.office.product.app.extensions["ravand_config"].data_dir
    return folder


def test_nothing_of_an_erased_contact_is_in_any_file(planted: Planted):
    assert in_files(_data(planted), planted.words.canaries())

    with unit_of_work() as uow:
        erased = erase_contact(uow, planted.contact, by=SYSTEM, reason="asked for it")
    assert in_columns(planted.words.canaries()) == []
    assert traces.clean_up(db.database(), erased.traces) == []

    print(erased)
    assert in_files(_data(planted), planted.words.canaries()) == []
