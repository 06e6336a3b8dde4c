"""People and processes for a scaled set-up that runs: put in beside its processes."""

from pathlib import Path

from sqlalchemy import update

from kernel import clock, db
from kernel.clock import SystemClock
from kernel.uow import unit_of_work
from people.tables import Person
from tests.product.fixtures import configuration
from tests.product.organisation import PASSWORD
from web.auth.passwords import hash_password
from web.cli.connect import connect
from web.demo.bundles import load_bundles
from web.demo.organisation import load_organisation


def database_of(pid: int) -> str:
    """The address of the database that a process of ours was told."""
    told = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return next(one.partition("=")[2] for one in told if one.startswith("RAVAND_DATABASE_URL="))


def furnish(database_url: str, folder: Path) -> None:
    """The demo organisation and every shipped process; its people share one password."""
    before = clock.use(SystemClock())
    try:
        connect(configuration(folder, database_url=database_url))
        with unit_of_work() as uow:
            load_organisation(uow, clock.now())
            uow.session.flush()
            theirs = update(Person).where(Person.username != "admin")
            uow.session.execute(theirs.values(password_hash=hash_password(PASSWORD)))
        with unit_of_work() as uow:
            load_bundles(uow)
    finally:
        db.database().dispose()
        clock.use(before)
