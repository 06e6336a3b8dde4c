"""The pages about commands and settings name everything there is, and nothing else."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from config import from_env
from web.cli.main import cli

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def commands(group: click.Group, path: str = "ravand") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def sections() -> dict[str, str]:
    """Heading -> text of the page about commands."""
    parts = re.split(r"^### `(.+)`$", (REFERENCE / "commands.md").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def usage(path: str, command: click.Command) -> str:
    names = (p.human_readable_name for p in command.params if isinstance(p, click.Argument))
    return " ".join([path, *(name.upper() for name in names)])


def test_every_command_has_a_section_and_every_section_a_command():
    assert {usage(path, command) for path, command in commands(cli)} == set(sections())


@pytest.mark.parametrize(("path", "command"), [*commands(cli)])
def test_every_option_is_described_and_none_is_made_up(path: str, command: click.Command):
    told = set(re.findall(r"--[a-z-]+", sections()[usage(path, command)]))
    options = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
    assert told == options


class Recorder(Mapping[str, str]):
    """An empty environment that remembers which variables were asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_every_setting_has_a_row_and_every_row_a_setting():
    recorder = Recorder()
    from_env(recorder)
    product = (REFERENCE / "settings.md").read_text().partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", product, flags=re.MULTILINE)) == recorder.asked


def test_what_is_linked_from_the_documents_exists():
    root = REFERENCE.parents[1]
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(root)}: {target}"
