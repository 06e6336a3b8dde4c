"""`ravand db …`"""

from pathlib import Path

import click

from kernel import db
from kernel.migrate import downgrade, upgrade
from kernel.uow import unit_of_work
from people import seed
from web.cli.connect import settings


@click.group("db")
def db_group() -> None:
    """Look after the database."""


@db_group.command("upgrade")
@click.option("--revision", default="head", show_default=True)
def upgrade_command(revision: str) -> None:
    """Bring the database to the newest schema, with the roles and the calendar that ship."""
    config = settings()
    _say(upgrade(db.configure(config.database_url), revision, copies=config.migration_copies))
    if revision == "head":
        with unit_of_work() as uow:
            seed.seed(uow)
    click.echo("The database is up to date.")


@db_group.command("downgrade")
@click.argument("revision")
@click.option("--lose-rows", is_flag=True, help="Tables that hold rows may go.")
def downgrade_command(revision: str, lose_rows: bool) -> None:
    """Take schema steps back until REVISION; "base" empties the database."""
    config = settings()
    database, keep = db.configure(config.database_url), config.migration_copies
    _say(downgrade(database, revision, copies=keep, lose_rows=lose_rows))
    click.echo(f"The database is at {revision}.")


def _say(copy: Path | None) -> None:
    if copy is not None:
        click.echo(f"The database as it was: {copy}")


COMMANDS = (db_group,)
