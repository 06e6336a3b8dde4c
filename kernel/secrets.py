"""The installation's secret key: made once, readable by its owner only."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """The key in `<data_dir>/secret_key`; 256 random bits, mode 0600, made when missing."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
