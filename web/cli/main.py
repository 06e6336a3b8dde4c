"""The command group, and the one place where an error becomes a line and an exit status."""

import sys
from importlib import import_module

import click

from kernel.errors import AppError
from kernel.i18n import set_locale


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["fa", "en"]), default="en", help="Language of answers.")
def cli(lang: str) -> None:
    """Ravand: workflow automation on BPMN."""
    set_locale(lang)


for _module in ("serving", "database", "processes", "people", "demo", "doubles"):
    for _command in import_module(f"web.cli.{_module}").COMMANDS:
        cli.add_command(_command)


def main() -> None:
    """Run a command; a refused one ends with status 2 and says why on stderr."""
    try:
        cli(standalone_mode=False)
    except AppError as error:
        click.echo(error.sentence(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
