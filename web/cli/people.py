"""`ravand user …`"""

import click

from kernel.uow import unit_of_work
from people import SYSTEM, edit
from web.auth.passwords import random_password, set_password
from web.cli.connect import connect


@click.group("user")
def user() -> None:
    """Look after people who log in."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Full name, as colleagues read it.")
@click.option("--name-en", default="", help="The name in Latin letters.")
@click.option("--role", "roles", multiple=True, help="Role keys; may be repeated.")
@click.option("--position", "positions", multiple=True, help="Position keys; may be repeated.")
@click.option("--password", default=None, help="A random one is made and shown unless given.")
def add(
    username: str,
    name: str,
    name_en: str,
    roles: tuple[str, ...],
    positions: tuple[str, ...],
    password: str | None,
) -> None:
    """Add a person."""
    connect()
    secret = password or random_password()
    with unit_of_work() as uow:
        person = edit.add_person(uow, username, name, name_en=name_en, by=SYSTEM)
        set_password(uow, person, secret, by=SYSTEM)
        uow.session.flush()
        for position in positions:
            edit.hold_position(uow, person.id, position, by=SYSTEM)
        for role in roles:
            edit.grant_role(uow, role, to=person.id, by=SYSTEM)
    click.echo(f"{username} was added." + ("" if password else f" Password: {secret}"))


COMMANDS = (user,)
