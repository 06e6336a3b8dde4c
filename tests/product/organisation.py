"""A database with the demo organisation and every shipped model, made once and copied."""

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from config import Config
from kernel import clock, db
from kernel.clock import MovableClock
from kernel.migrate import upgrade
from kernel.uow import unit_of_work
from people.tables import Person
from tests.conftest import START
from web.auth.passwords import hash_password
from web.cli.connect import connect
from web.demo.bundles import load_bundles
from web.demo.organisation import load_organisation

PASSWORD = "correct-horse-battery"
_SOURCE = Path(__file__).parents[2] / "bpmn_models" / "demo" / "organisation.json"


def build(config: Config, at: datetime = START) -> None:
    """Fill the database that `config` names, through migrations and verbs, as of an instant."""
    before = clock.use(MovableClock(at))
    try:
        upgrade(db.configure(config.database_url))
        connect(config)
        with unit_of_work() as uow:
            load_organisation(uow, at)
            uow.session.flush()
            hashed = hash_password(PASSWORD)
            uow.session.execute(update(Person).values(password_hash=hashed))
        with unit_of_work() as uow:
            load_bundles(uow)
    finally:
        clock.use(before)
        db.database().dispose()


def holder_of(position: str) -> str:
    """The user name of the first person who holds a position in the demo organisation."""
    people = json.loads(_SOURCE.read_text())["people"]
    return str(next(one["username"] for one in people if one["position"] == position))
