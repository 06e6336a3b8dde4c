"""What is said about running a scaled installation can be done: pages, units, compose file."""

import configparser
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import requests

from config import from_env
from tests.cli.test_reference import Recorder
from tests.running import running
from web.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGES = ("scale.md", "upgrade.md", "back-up-and-restore.md")
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
OUTSIDE = {"PROMETHEUS_MULTIPROC_DIR"}  # prometheus-client reads it itself

# A descriptor with the number 3, and whose it is: how systemd hands a socket over.
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, "-m", "web.cli", "web"])
"""


def told() -> Iterator[tuple[str, str]]:
    """Every command of ours that a page or a file of deploy/ gives, and where."""
    for name in PAGES:
        page = (ROOT / "docs" / "how-to" / name).read_text()
        for block in re.findall(r"^ *```\n(.*?)^ *```", page, flags=re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                if line.strip().startswith(("ravand ", "make ")):
                    yield name, line.partition("#")[0].strip()
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=\S+/(ravand .+)$", unit.read_text(), re.MULTILINE):
            yield unit.name, line
    compose = (ROOT / "deploy" / "compose.yaml").read_text()
    for words in re.findall(r"command: \[(\"ravand\".+)\]", compose):
        yield "compose.yaml", re.sub(r"[\",]+ ?", " ", words).strip()


@pytest.mark.parametrize(("where", "line"), sorted(set(told())))
def test_a_command_that_is_told_exists_and_takes_what_it_is_given(where: str, line: str):
    program, *words = shlex.split(line)
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    command: click.Command = cli
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    if command.name == "restore":  # it wants a file that exists
        words = [str(ROOT / "README.md")]
    command.make_context(command.name, words, resilient_parsing=False)


def test_every_setting_that_deploy_names_exists():
    recorder = Recorder()
    from_env(recorder)
    for file in (ROOT / "deploy").rglob("*"):
        if file.is_file():
            named = set(re.findall(r"\b((?:RAVAND|REDIS|PROMETHEUS)_[A-Z_]+)\b", file.read_text()))
            assert named <= recorder.asked | OUTSIDE, file.name


def test_units_ask_for_nothing_but_what_systemd_knows():
    for unit in UNITS:
        parsed = configparser.RawConfigParser(strict=False)
        parsed.optionxform = str  # type: ignore[assignment,method-assign]
        parsed.read(unit)
        assert set(parsed.sections()) == {"Unit", "Service", "Install"}
        assert parsed["Service"]["Type"] == "notify"
        assert parsed["Service"]["User"] == "ravand"


def test_a_web_process_speaks_systemd_s_two_protocols(tmp_path: Path):
    """It accepts from the socket that it is handed, and says when it does."""
    data = {"RAVAND_DATA_DIR": str(tmp_path), "RAVAND_DEMO": "0"}
    with running("db", "upgrade", **data) as upgrade:
        assert upgrade.wait() == 0
    with socket.socket() as door, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        door.bind(("127.0.0.1", 0))
        door.listen()
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(120)
        web = subprocess.Popen(
            [sys.executable, "-c", AS_SYSTEMD, str(door.fileno())],
            env={**os.environ, **data, "NOTIFY_SOCKET": str(tmp_path / "notify")},
            pass_fds=(door.fileno(),),
        )
        try:
            assert ear.recv(100) == b"READY=1"
            url = f"http://127.0.0.1:{door.getsockname()[1]}/readyz"
            assert requests.get(url, timeout=60).json()["database"] == "ok"
            web.terminate()
            assert web.wait(30) == 0
        finally:
            web.kill()
            web.wait()
