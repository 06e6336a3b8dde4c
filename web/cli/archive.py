"""`ravand backup`, `ravand restore`, `ravand transfer`: a whole installation as one file."""

import tempfile
from pathlib import Path

import click

from kernel import archive, db, files
from kernel.db import Database
from web.cli.connect import connect, settings


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def backup(path: Path) -> None:
    """Copy every row and every stored file into the new zip file PATH; the service may run on."""
    if path.exists():
        raise click.UsageError(f"{path} exists; name a new file.")
    connect()
    contents = archive.write(db.database(), files.store(), path)
    _say(contents)
    for file_id in contents.missing:
        click.echo(f"The bytes of file {file_id} are gone; its row was copied.", err=True)


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(path: Path) -> None:
    """Put the copy PATH into the installation of this environment, whose database is empty.

    Rows are compared with the copy before anything is kept.
    """
    config = settings()
    store = files.configure(config.files_folder)
    _say(archive.restore(path, db.configure(config.database_url), store))


@click.command()
@click.option("--to", required=True, metavar="URL", help="Address of the empty database.")
def transfer(to: str) -> None:
    """Move all rows into another database, SQLite to PostgreSQL or back; files stay in place.

    Stop the service first: what is written meanwhile is not taken along.
    """
    connect()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "installation.zip"
        archive.write(db.database(), files.store(), path)
        target = Database(to)
        contents = archive.restore(path, target, files.store())
        target.dispose()
    _say(contents)
    click.echo("Both are equal. Set RAVAND_DATABASE_URL to the new address and start the service.")


def _say(contents: archive.Contents) -> None:
    rows = sum(one.rows for one in contents.tables.values())
    click.echo(f"{rows} rows in {len(contents.tables)} tables, {len(contents.files)} files.")


COMMANDS = (backup, restore, transfer)
