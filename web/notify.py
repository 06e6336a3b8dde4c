"""Say to whoever started this process that it serves now, by systemd's protocol.

The supervisor of `ravand scaled` and a systemd unit of `Type=notify` listen alike.
"""

import os
import socket

_address: str | None = None


def take_over() -> None:
    """From now on `ready` speaks; gunicorn's parent process, which would speak early, cannot."""
    global _address
    _address = os.environ.pop("NOTIFY_SOCKET", None)


def ready() -> None:
    """This process serves. Without a listener nothing is said."""
    if not _address:
        return
    # "@" names a socket that has no file (Linux).
    address = "\0" + _address[1:] if _address.startswith("@") else _address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"READY=1", address)
