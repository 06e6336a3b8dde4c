"""`ravand demo load`"""

import click

from web.cli.connect import connect


@click.group()
def demo() -> None:
    """The demo organisation."""


@demo.command("load")
def load() -> None:
    """Fill an empty database with the demo organisation, its models and its cases."""
    from web.demo.load import load_demo

    logins = load_demo(connect())
    for login in logins:
        click.echo(f"{login.username:22} {login.password:22} {login.title}")


COMMANDS = (demo,)
