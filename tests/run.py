"""Every check, in order, stopping at the first that fails; `make test` and CI run this."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests import chromium

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PROOFS = ROOT / "build" / "requirements.json"

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("style", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports"]),
    ("tests", ["pytest", "-n", "2", "--dist", "loadgroup", "--requirements", str(PROOFS)]),
)


def main() -> int:
    """0 when every check passed."""
    browser = chromium.executable()
    environment = {**os.environ, "RAVAND_CHROMIUM": browser, "PYTHONPATH": str(ROOT)}
    environment.pop("RAVAND_DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    for name, (program, *arguments) in STEPS:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        done = subprocess.run([str(BIN / program), *arguments], cwd=ROOT, env=environment)
        print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode:
            print(f"== {name} failed", flush=True)
            return 1
    return subprocess.run(
        [sys.executable, "-m", "tests.traceability", "--check", str(PROOFS)], cwd=ROOT
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
