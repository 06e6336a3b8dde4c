"""`ravand deploy | release | start`"""

import json
from pathlib import Path

import click

import engine
from engine.bundle import Bundle, read_bundle
from kernel.audit import acts
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, unit_of_work
from people import SYSTEM, Actor, directory
from people.actors import actor_for
from web.cli.checking import check
from web.cli.connect import connect


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--release", "at_once", is_flag=True, help="Release what was deployed.")
def deploy(path: Path, at_once: bool) -> None:
    """Deploy the bundle at PATH as a draft."""
    connect()
    bundle: Bundle = read_bundle(path)
    with unit_of_work() as uow:
        deployment = engine.deploy(uow, bundle, by=SYSTEM)
        for definition in deployment.definitions:
            if at_once:
                engine.release(uow, definition.key, definition.version, by=SYSTEM)
            click.echo(f"{definition.key} version {definition.version}: {definition.state}")


@click.command()
@click.argument("key")
@click.option("--version", type=int, default=None, help="The newest draft unless given.")
def release(key: str, version: int | None) -> None:
    """Release a deployed draft of the process KEY, so that people may start it."""
    connect()
    with unit_of_work() as uow:
        definition = engine.release(uow, key, version, by=SYSTEM)
    click.echo(f"{definition.key} version {definition.version}: {definition.state}")


@click.command()
@click.argument("key")
@click.option("--variables", default="{}", help="A JSON object.")
@click.option("--event", default=None, help="Id of the start event, where there are several.")
@click.option("--by", "username", default=None, help="User name of the initiator.")
def start(key: str, variables: str, event: str | None, username: str | None) -> None:
    """Start one instance of the released process KEY."""
    connect()
    values = _object(variables)
    with unit_of_work() as uow:
        by = _actor(uow, username) if username else SYSTEM
        instance = engine.start(
            uow, key, variables=values, start_event=event, by=by, request_id=new_id()
        )
        uow.audit.record(acts.INSTANCE_STARTED, by, instance.id)
    click.echo(f"{instance.number} {instance.status}")


def _object(text: str) -> JsonObject:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}", param_hint="--variables") from None
    if not isinstance(values, dict):
        raise click.BadParameter("not a JSON object", param_hint="--variables")
    return values


def _actor(uow: UnitOfWork, username: str) -> Actor:
    return actor_for(uow.session, directory.of(uow.session).by_username(username).id)


COMMANDS = (check, deploy, release, start)
