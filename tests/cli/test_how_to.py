"""Each command of the pages about running an installation, tried from a copy of the page.

A page's blocks are one script, run from top to bottom in one shell; only addresses and folders of
the example machine become those of the test. What cannot be run here is named, with the reason.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from crm.tables import Contact
from kernel import db
from kernel.uow import unit_of_work
from tests.servers import Postgres, free_port
from tests.tables import ROOT

PAGES = ROOT / "docs" / "how-to"
CONTACT = UUID("01a2026d-955e-7000-a5a1-0750a26c6d05")
BLOCK = re.compile(r"^( *)```(?:sh|bash)?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
DATABASE = re.compile(r"postgresql://ravand:secret@db\.example/(\w+)")

# First words of a block -> where it is tried instead.
ELSEWHERE = {
    "make run-scaled": "tests/scaled starts what it starts",
    "ravand scaled": "tests/scaled",
    "cp deploy/systemd": "needs root; tests/scaled reads the units and the compose file",
    "systemctl": "needs root",
}


def blocks(page: str) -> list[str]:
    """The page's commands, without the indent of a list."""
    found = BLOCK.findall((PAGES / page).read_text())
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def tried(page: str) -> list[str]:
    return [one for one in blocks(page) if not one.startswith(tuple(ELSEWHERE))]


@pytest.fixture
def shell(
    product_template: Path, tmp_path: Path, postgres: Postgres, redis_url: str
) -> Callable[[str], "subprocess.CompletedProcess[str]"]:
    """Runs a page's script on an installation that holds the demo organisation."""
    shutil.copytree(product_template, tmp_path / "data")
    _add_the_contact(tmp_path / "data")
    for folder in ("bin", "backups", "srv"):
        (tmp_path / folder).mkdir()
    ravand = tmp_path / "bin" / "ravand"
    ravand.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.cli.until_ready "$@"\n')
    ravand.chmod(0o755)

    def run(script: str) -> "subprocess.CompletedProcess[str]":
        for name in dict.fromkeys(DATABASE.findall(script)):
            here = postgres.new_database(name)
            script = script.replace(f"postgresql://ravand:secret@db.example/{name}", here)
        for there, folder in (("/backups", "backups"), ("/srv", "srv")):
            script = script.replace(f"{there}/", f"{tmp_path / folder}/")
        script = script.replace("redis://redis.example:6379/0", redis_url)
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("RAVAND_", "REDIS_"))}
        return subprocess.run(
            ["bash", "-euxo", "pipefail", "-c", script],
            env=kept
            | {
                "PATH": f"{ravand.parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "RAVAND_DATA_DIR": str(tmp_path / "data"),
                "RAVAND_PORT": str(free_port(together=3)),
            },
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def _add_the_contact(folder: Path) -> None:
    """The contact whom the page about erasing names."""
    database = db.configure(f"sqlite:///{folder / 'ravand.db'}")
    with unit_of_work() as uow:
        name = "مینا صادقی"
        uow.session.add(
            Contact(id=CONTACT, name=name, sort_key=name, search_key=name, created_at=uow.now)
        )
    database.dispose()


@pytest.mark.parametrize(
    ("page", "at_least"),
    [
        ("back-up-and-restore.md", 4),
        ("upgrade.md", 2),
        ("scale.md", 3),
        ("erase-a-contact.md", 4),
    ],
)
def test_a_page_works_as_it_is_written(
    page: str, at_least: int, shell: Callable[[str], "subprocess.CompletedProcess[str]"]
) -> None:
    commands = tried(page)
    assert len(commands) >= at_least

    done = shell("\n".join(commands))

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    asked = re.findall(r"^\++ ravand (\w+)", done.stderr, re.MULTILINE)
    assert asked == re.findall(r"^ *ravand (\w+)", "\n".join(commands), re.MULTILINE)
