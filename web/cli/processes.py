"""`ravand check | deploy | release | start`"""

import json
import sys
from pathlib import Path

import click

import engine
from engine import preflight
from engine.bundle import Bundle, read_bundle
from engine.preflight.report import Report
from kernel.ids import new_id
from kernel.uow import unit_of_work
from people import SYSTEM
from web.cli.connect import connect


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Read bundles (folders, zips or single diagrams) and list their problems; store nothing."""
    connect()
    failed = False
    for path in paths:
        with unit_of_work(commit=False) as uow:
            report = preflight.check_path(path, preflight.catalogue_of(uow.session))
        failed |= _say(path, report)
    sys.exit(1 if failed else 0)


def _say(path: Path, report: Report) -> bool:
    for problem in report.problems:
        click.echo(f"{path.name}: {problem.severity}: {problem.sentence()}")
    if not report.problems:
        click.echo(f"{path.name}: no problems.")
    return not report.ok


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
def start(key: str, variables: str, event: str | None) -> None:
    """Start one instance of the released process KEY."""
    connect()
    try:
        values = json.loads(variables)
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}", param_hint="--variables") from None
    with unit_of_work() as uow:
        instance = engine.start(
            uow, key, variables=values, start_event=event, by=SYSTEM, request_id=new_id()
        )
    click.echo(f"{instance.number} {instance.status}")


COMMANDS = (check, deploy, release, start)
