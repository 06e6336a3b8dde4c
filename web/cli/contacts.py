"""`ravand contact …` and `ravand retention`: a person's data, given out and erased."""

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import click
import orjson

from crm import retention
from crm.erasing import Erasure, Running
from kernel import clock
from kernel.i18n import gettext as _
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from web import erasing
from web.cli.connect import connect
from web.erasing_words import kind_word, why_words


@click.group("contact")
def contact() -> None:
    """Give out or erase what is held of a contact."""


@contact.command("erase")
@click.argument("contact_id", metavar="ID", type=click.UUID)
@click.option("--dry-run", is_flag=True, help="Say what would go and what would stay.")
@click.option("--reason", default="", help="Who asked, or why; kept with the report.")
@click.option("--running", is_flag=True, help="Take names out of cases that still run, too.")
@click.option("--vacuum", is_flag=True, help="Write the database file anew in any case.")
def erase(contact_id: UUID, dry_run: bool, reason: str, running: bool, vacuum: bool) -> None:
    """Erase the personal data of the contact ID and say what was erased and what must stay.

    Cases of theirs that still run are a reason to refuse, unless `--running` is given.
    """
    connect()
    seen = erasing.look(contact_id, by=SYSTEM)
    if dry_run:
        _report(seen)
        return
    how: Running = "redact" if running else "refuse"
    erased, left = erasing.erase(seen, by=SYSTEM, reason=reason, running=how, vacuum=vacuum)
    _report(erased)
    if left:
        places = ", ".join(left)
        click.echo(_("The same words still stand in the database: %(places)s.", places=places))


@contact.command("export")
@click.argument("contact_id", metavar="ID", type=click.UUID)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file.")
@click.option("--files", "with_files", is_flag=True, help="With the bytes of files, as base64.")
def export(contact_id: UUID, output: Path | None, with_files: bool) -> None:
    """Write all that is held of the contact ID as JSON."""
    connect()
    found = erasing.hand_out(contact_id, by=SYSTEM, with_files=with_files)
    text = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()
    if output is None:
        click.echo(text)
    else:
        _write_down(output, text)


def _write_down(path: Path, text: str) -> None:
    """Into a new file that nobody else on the machine may read."""
    created = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(created, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would go.")
def retention_command(dry_run: bool) -> None:
    """Let cases and messages that are old enough lose their personal data, by the settings."""
    connect()
    if dry_run:
        with read_only() as session:
            _counts(retention.due(session, clock.now()))
        return
    total: Counter[str] = Counter()
    done = True
    while done:
        with unit_of_work() as uow:
            found = retention.carry_out(uow)
        total += found
        done = bool(found)
    _counts(total)


def _report(found: Erasure) -> None:
    _counts(found.counts)
    for stay in found.stays:
        click.echo(why_words(stay))
    if copies := erasing.still_copied(clock.now()):
        click.echo(
            _(
                "Copies of the database from before its schema was changed still hold the data,"
                " until these files are deleted:"
            )
        )
    for copy in copies:
        click.echo(copy)


def _counts(counts: Mapping[str, int]) -> None:
    for kind, count in sorted(counts.items()):
        click.echo(f"{count}  {kind_word(kind)}")
    if not counts:
        click.echo(_("Nothing is left to erase."))


COMMANDS = (contact, retention_command)
