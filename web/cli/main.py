"""The command group, and the one place where an error becomes a line and an exit status."""

import gc
import sys
import threading
from importlib import import_module

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from kernel import uow
from kernel.again import again
from kernel.errors import AppError, Unavailable
from kernel.i18n import set_locale


class DatabaseAway(Unavailable):
    """The database cannot be opened or does not answer."""

    code = "web.database-away"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["fa", "en"]), default="en", help="Language of answers.")
def cli(lang: str) -> None:
    """Ravand: workflow automation on BPMN."""
    set_locale(lang)


AREAS = (
    "serving",
    "scaled",
    "database",
    "archive",
    "verifying",
    "processes",
    "people",
    "contacts",
    "chart",
    "demo",
    "doubles",
)


def _load() -> None:
    """Find every command. What that loads stays for good: the collector need not walk it."""
    gc.disable()
    for module in AREAS:
        for command in import_module(f"web.cli.{module}").COMMANDS:
            cli.add_command(command)
    gc.freeze()
    gc.enable()


_load()


def main() -> None:
    """Run a command; a refused one ends with status 2 and says why on stderr."""
    try:
        _run()
    except AppError as error:
        _refuse(error)
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise  # a statement of ours was wrong; the traceback says which
        reason = str(error.orig).strip().partition("\n")[0]
        _refuse(DatabaseAway(reason=reason))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def _run() -> None:
    """The command; once more when the database undid it in passing and nothing was stored."""
    stored = threading.Event()
    uow.on_commit(stored.set)
    again(lambda: cli(prog_name="ravand", standalone_mode=False), may=lambda: not stored.is_set())


def _refuse(error: AppError) -> None:
    click.echo(error.sentence(), err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
