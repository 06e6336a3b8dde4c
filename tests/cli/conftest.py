"""A terminal on an installation that holds the demo organisation and every shipped model."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.settings import settings
from kernel import db
from kernel.clock import MovableClock
from kernel.i18n import use_locale
from web.cli import main


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str


class Terminal:
    """`terminal("check", path)` runs the console command in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["ravand", *map(str, arguments)])
        self._capsys.readouterr()
        status = 0
        with use_locale("en"):
            try:
                main()
            except SystemExit as ended:
                status = int(ended.code or 0)
        return Said(status, *self._capsys.readouterr())


@pytest.fixture
def empty_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    standing_clock: MovableClock,
) -> Iterator[Terminal]:
    """A terminal where nothing was set up yet."""
    for name in ("RAVAND_DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAVAND_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("engine.settings._settings", settings())  # put back afterwards
    yield Terminal(monkeypatch, capsys)
    db.database().dispose()


@pytest.fixture
def terminal(empty_terminal: Terminal, product_template: Path, tmp_path: Path) -> Terminal:
    """A terminal on a copy of the demo organisation, without cases."""
    shutil.copytree(product_template, tmp_path / "data")
    return empty_terminal
