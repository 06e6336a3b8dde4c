"""`ravand demo load`"""

import click

from kernel import db
from kernel.migrate import upgrade
from web.cli.connect import connect, settings
from web.first_run import load_demo_once


@click.group()
def demo() -> None:
    """The demo organisation."""


@demo.command("load")
def load() -> None:
    """Fill an empty database with the demo organisation, its models and its cases."""
    config = settings()
    upgrade(db.configure(config.database_url), copies=config.migration_copies)
    for login in load_demo_once(connect(config), click.echo):
        click.echo(f"{login.username:22} {login.password:22} {login.title}")


COMMANDS = (demo,)
