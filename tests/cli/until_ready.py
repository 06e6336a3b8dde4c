"""`ravand …` for pages tried by a test: what would serve for ever ends once it serves.

    python -m tests.cli.until_ready serve

Its status is the program's own; a server that does not end by Ctrl+C within the limit fails.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.running import READY, Program, RemoteVisitor

FOR_EVER = {"serve", "web", "worker"}
LIMIT = 120.0  # seconds
BY_CTRL_C = 130


def main() -> int:
    """Run the command that stands in the arguments."""
    arguments = sys.argv[1:]
    if arguments[0] not in FOR_EVER:
        return subprocess.call([sys.executable, "-m", "web.cli", *arguments])
    with tempfile.TemporaryDirectory() as folder:
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ear.bind(str(Path(folder) / "ready"))
        ear.settimeout(LIMIT)
        program = Program(*arguments, **os.environ, NOTIFY_SOCKET=ear.getsockname())
        if arguments[0] == "serve":
            program.wait_for_line(READY)
            RemoteVisitor(f"http://127.0.0.1:{os.environ['RAVAND_PORT']}").get("/login")
        else:
            assert ear.recv(100) == b"READY=1"
        os.killpg(program.process.pid, signal.SIGINT)
        status = program.wait(LIMIT)
    print(program.said)
    return 0 if status == BY_CTRL_C else status


if __name__ == "__main__":
    sys.exit(main())
