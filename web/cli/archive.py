"""`ravand backup`, `ravand restore`, `ravand transfer`: a whole installation as one file."""

import tempfile
from pathlib import Path

import click

from config import Config
from crm import reapplying
from crm.reapplying import Noted
from kernel import archive, db, files, hold
from kernel.audit import acts
from kernel.db import Database
from kernel.uow import read_only, unit_of_work
from notifiers import holding
from people import SYSTEM
from web import erasing
from web.cli.connect import connect, settings, write_down

AGAIN = "restored copy"
ON_HOLD = "It is on hold: people can work; timers, jobs and texts wait for `ravand resume`."


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def backup(path: Path) -> None:
    """Copy every row and every stored file into the new zip file PATH; the service may run on."""
    if path.exists():
        raise click.UsageError(f"{path} exists; name a new file.")
    connect()
    with unit_of_work() as uow:  # before the copy, so that the copy says that it was taken
        uow.audit.record(acts.INSTALLATION_COPIED, SYSTEM)
    contents = archive.write(db.database(), files.store(), path)
    _say(contents)
    for file_id in contents.missing:
        click.echo(f"The bytes of file {file_id} are gone; its row was copied.", err=True)
    for file_id in contents.damaged:
        click.echo(f"File {file_id} is not what was stored once; copied as it is.", err=True)


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--run", is_flag=True, help="Let timers, jobs and texts run at once.")
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The list of erasures to run again, where it is not this installation's own.",
)
def restore(path: Path, run: bool, erasures: Path | None) -> None:
    """Put the copy PATH into the installation of this environment, whose database is empty.

    Rows are compared with the copy before anything is kept. Contacts who were erased after the
    copy was made are erased again.
    """
    config = settings()
    noted = reapplying.read(erasures or config.erasures_path)
    store = files.configure(config.files_place)
    contents = archive.restore(path, db.configure(config.database_url), store, on_hold=not run)
    _say(contents)
    write_down(config)
    with unit_of_work() as uow:
        uow.audit.record(acts.INSTALLATION_RESTORED, SYSTEM)
    if not run:
        click.echo(ON_HOLD)
    _erase_again(config, noted, contents)


def _erase_again(config: Config, noted: list[Noted], contents: archive.Contents) -> None:
    """Whoever was erased since the copy was made stays erased."""
    connect(config)
    if not noted:
        click.echo(
            f"No list of erasures at {config.erasures_path}. Were contacts erased after"
            f" {contents.taken_at}? Then erase them again: `ravand contact erase ID`."
        )
        return
    with read_only() as session:
        contacts = reapplying.to_do(session, noted)
    for contact in contacts:
        erasing.erase(erasing.look(contact, by=SYSTEM), by=SYSTEM, reason=AGAIN, running="redact")
    click.echo(f"{len(contacts)} contacts were erased again, by the list of erasures.")


@click.command()
@click.option("--send-texts", is_flag=True, help="Send the texts that wait, too.")
def resume(send_texts: bool) -> None:
    """End the hold of a restored installation: timers fire and the machine works again.

    Texts that waited when the copy was made may have gone out since; they are left unsent.
    """
    connect()
    with unit_of_work() as uow:
        hold.release(uow)
        left = 0 if send_texts else holding.leave_unsent(uow, by=SYSTEM)
        uow.audit.record(acts.HOLD_ENDED, SYSTEM, unsent=left)
    click.echo(f"Everything runs again. {left} texts were left unsent.")


@click.command()
@click.option("--to", required=True, metavar="URL", help="Address of the empty database.")
def transfer(to: str) -> None:
    """Move all rows into another database, SQLite to PostgreSQL or back; files stay in place.

    Stop the service first: what is written meanwhile is not taken along.
    """
    connect()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "installation.zip"
        archive.write(db.database(), None, path)
        target = Database(to)
        contents = archive.restore(path, target, None)
        target.dispose()
    click.echo(f"{_rows(contents)} rows in {len(contents.tables)} tables; files stay in place.")
    click.echo("Both are equal. Set RAVAND_DATABASE_URL to the new address and start the service.")


def _say(contents: archive.Contents) -> None:
    files_too = f"{len(contents.files)} files"
    click.echo(f"{_rows(contents)} rows in {len(contents.tables)} tables, {files_too}.")


def _rows(contents: archive.Contents) -> int:
    return sum(one.rows for one in contents.tables.values())


COMMANDS = (backup, restore, resume, transfer)
