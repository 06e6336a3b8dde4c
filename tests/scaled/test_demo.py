"""`ravand scaled` with nothing said: the demo organisation, and a double that takes its texts."""

import json
import tempfile
from pathlib import Path

import requests

from tests.running import READY, RemoteVisitor, running
from tests.servers import free_port


def test_the_scaled_set_up_serves_the_demo_organisation():
    # PostgreSQL runs as another user under root, who cannot enter pytest's private folders.
    with tempfile.TemporaryDirectory(prefix="ravand-scaled-") as folder:
        Path(folder).chmod(0o755)
        port = free_port(together=3)
        surroundings = {"RAVAND_DATA_DIR": folder, "RAVAND_PORT": str(port)}
        with running("scaled", "--web", "1", "--workers", "1", **surroundings) as program:
            program.wait_for_line(READY)
            [logins] = Path(folder).rglob("demo-logins.json")
            somebody = json.loads(logins.read_text())[0]
            visitor = RemoteVisitor(f"http://127.0.0.1:{port}")
            visitor.get("/login")
            visitor.post("/login", {name: somebody[name] for name in ("username", "password")})
            assert "logout" in visitor.page
            assert requests.get(f"http://127.0.0.1:{port + 1}/", timeout=20).status_code == 200
            program.interrupt()
            assert program.wait(60) == 0
