"""`ravand verify`: whether what is stored agrees with itself."""

import sys

import click

from engine.verifying import verify as findings
from kernel.i18n import translate_code
from kernel.uow import read_only
from web.cli.connect import connect


@click.command()
def verify() -> None:
    """Look at every running case: it waits for something that exists, or has an incident.

    Ends with status 1 when something does not agree, and says what, one line each.
    """
    connect()
    found = 0
    with read_only() as session:
        for one in findings(session):
            found += 1
            sentence = translate_code(
                f"verify.{one.code}", {"element": "", "number": "", **one.facts}
            )
            click.echo(f"{one.instance_id}  {sentence}")
    if found:
        click.echo(f"{found} findings.", err=True)
        sys.exit(1)
    click.echo("Everything agrees.")


COMMANDS = (verify,)
