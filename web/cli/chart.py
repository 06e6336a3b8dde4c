"""`ravand unit … | position …`: the chart that work is offered to."""

import click

from kernel.uow import unit_of_work
from people import SYSTEM, directory, edit
from web.cli.connect import connect


@click.group()
def unit() -> None:
    """Look after the units of the chart."""


@unit.command("add")
@click.argument("key")
@click.option("--name", required=True, help="The name that people read.")
@click.option("--name-en", default="", help="The name in English.")
@click.option("--parent", default=None, help="Key of the unit that this one belongs to.")
def add_unit(key: str, name: str, name_en: str, parent: str | None) -> None:
    """Add the unit KEY, for example `sales`."""
    connect()
    with unit_of_work() as uow:
        edit.add_unit(uow, key, name, name_en=name_en, parent=parent, by=SYSTEM)
    click.echo(f"Unit {key} was added.")


@click.group()
def position() -> None:
    """Look after the positions of the chart."""


@position.command("add")
@click.argument("key")
@click.option("--unit", required=True, help="Key of its unit.")
@click.option("--name", required=True, help="The name that people read.")
@click.option("--name-en", default="", help="The name in English.")
@click.option("--manager", default=None, help="Key of the position that manages it.")
@click.option("--holder", default=None, help="User name of the person who holds it.")
@click.option("--role", "roles", multiple=True, help="Role keys; may be repeated.")
def add_position(
    key: str,
    unit: str,
    name: str,
    name_en: str,
    manager: str | None,
    holder: str | None,
    roles: tuple[str, ...],
) -> None:
    """Add the position KEY, for example `sales.expert`; diagrams offer work to it."""
    connect()
    with unit_of_work() as uow:
        edit.add_position(uow, key, name, unit=unit, name_en=name_en, manager=manager, by=SYSTEM)
        uow.session.flush()
        for role in roles:
            edit.grant_role(uow, role, to=key, by=SYSTEM)
        if holder is not None:
            person = directory.of(uow.session).by_username(holder)
            edit.hold_position(uow, person.id, key, by=SYSTEM)
    click.echo(f"Position {key} was added.")


COMMANDS = (unit, position)
