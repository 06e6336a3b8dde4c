"""Every check, in order, stopping at the first that fails; `make test` and CI run this.

With `faults`, the long trials of durability instead; `make test-faults` and CI run that.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests import chromium

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PROOFS = ROOT / "build" / "proofs.json"

# A file's tests stay together, so what a file sets up once is set up once.
_PYTEST = ["--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
_REPORT = ["--durations", "10", "--basetemp", str(ROOT / "build" / "tests")]

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("imports", [str(BIN / "lint-imports")]),
    ("tests", [str(BIN / "pytest"), *_PYTEST, *_REPORT, "--proofs", str(PROOFS)]),
    ("proofs", [sys.executable, "-m", "tests.traceability", "--check", str(PROOFS)]),
)
# Two at a time: each of these is a whole installation that is killed while people work at it.
_TRIALS = ["tests/faults", "tests/scaled/test_run_scaled.py", "--numprocesses", "2"]
FAULTS: tuple[tuple[str, list[str]], ...] = (
    ("faults", [str(BIN / "pytest"), *_TRIALS, "--dist", "loadfile", "-v", *_REPORT]),
)


def main() -> int:
    """0 when every check passed."""
    (ROOT / "build").mkdir(exist_ok=True)
    environment, steps = _environment(), STEPS
    if sys.argv[1:] == ["faults"]:
        environment, steps = environment | {"RAVAND_TEST_FAULTS": "all"}, FAULTS
    began = time.monotonic()
    for name, command in steps:
        status = _run(name, command, environment)
        if status:
            print(f"\n== {name} FAILED", flush=True)
            return status
    print(f"\n== all checks passed in {_minutes(began)}", flush=True)
    return 0


def _environment() -> dict[str, str]:
    """Ours, without what would point the tests at an installation of yours."""
    kept = {name: value for name, value in os.environ.items() if not _points_away(name)}
    return {**kept, "RAVAND_CHROMIUM": chromium.executable(), "PYTHONPATH": str(ROOT)}


def _points_away(name: str) -> bool:
    own = name.startswith("RAVAND_") and not name.startswith("RAVAND_TEST_")
    return own or name.startswith("KAVENEGAR_") or name in ("REDIS_URL", "SMTP_URL")


def _run(name: str, command: list[str], environment: dict[str, str]) -> int:
    began = time.monotonic()
    print(f"\n== {name}", flush=True)
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"== {name}: {_minutes(began)}", flush=True)
    return status


def _minutes(began: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    return f"{minutes} min {seconds:02} s"


if __name__ == "__main__":
    sys.exit(main())
