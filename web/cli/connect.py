"""Join a command's process to the installation, without a web application."""

import click
from sqlalchemy import inspect

from config import Config, from_env
from kernel import audit, db, files
from kernel.errors import Unavailable
from kernel.migrate import require_fitting
from kernel.secrets import secret_key
from web import scale, wiring


class NoTables(Unavailable):
    """The database is there, but no schema in it."""

    code = "web.no-tables"


def settings() -> Config:
    """The configuration that the environment describes.

    Raises: click.UsageError naming the variable that cannot be read.
    """
    try:
        return from_env()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def connect(config: Config | None = None) -> Config:
    """Open the database and the files, and wire the packages together.

    Raises: NoTables, SchemaBehind before `ravand db upgrade`; SchemaUnknown
    """
    config = config or settings()
    database = db.configure(config.database_url)
    if not inspect(database.engine).has_table("person"):
        raise NoTables()
    require_fitting(database)
    files.configure(config.files_place)
    wiring.connect(config)
    write_down(config)
    scale.connect(config)
    return config


def write_down(config: Config) -> None:
    """Let the audit log be sealed with this installation's key, and say: from the terminal."""
    audit.use_key(secret_key(config.key_path))
    audit.ask_origin(_terminal)


def _terminal() -> audit.Origin:
    return audit.Origin(via="cli")
