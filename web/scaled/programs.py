"""Our own processes of the scaled set-up: web, workers, the double of the provider."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from config import Config
from web.scaled.servers import listens
from web.scaled.service import Service


def environment(config: Config, root: Path) -> dict[str, str]:
    """What every one of our processes is told, but for its own data folder."""
    told = {
        "RAVAND_DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url or "",
        **_files(config),
        "RAVAND_SECRET_KEY_FILE": str(config.key_path),
        "RAVAND_ERASURES_FILE": str(config.erasures_path),
        "RAVAND_BASE_URL": config.base_url,
        "RAVAND_TRUSTED_PROXIES": "1",
        "KAVENEGAR_URL": config.kavenegar_url,
        "KAVENEGAR_API_KEY": config.kavenegar_api_key or "",
        "PROMETHEUS_MULTIPROC_DIR": str(root / "metrics"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return {**os.environ, **told}


def _files(config: Config) -> dict[str, str]:
    place = config.files_place
    named = isinstance(place, str)
    return {"RAVAND_FILES_URL" if named else "RAVAND_FILES_DIR": str(place)}


def web_services(common: Mapping[str, str], root: Path, count: int, door: int) -> Iterator[Service]:
    """Web processes that accept from one open socket: none of them dying closes the door."""
    for number in range(1, count + 1):
        yield _ours(f"web-{number}", ("web", "--fd", str(door)), common, root, descriptors=(door,))


def worker_services(common: Mapping[str, str], root: Path, count: int) -> Iterator[Service]:
    """Processes that do the jobs."""
    for number in range(1, count + 1):
        yield _ours(f"worker-{number}", ("worker",), common, root)


def double_service(common: Mapping[str, str], root: Path, port: int) -> Service:
    """A double of the SMS provider."""
    return Service(
        "sms-double",
        _command("fake-kavenegar", "--port", str(port)),
        {**common, "RAVAND_DATA_DIR": str(root)},
        ready=lambda: listens("127.0.0.1", port),
    )


def _ours(
    name: str,
    arguments: tuple[str, ...],
    common: Mapping[str, str],
    root: Path,
    descriptors: tuple[int, ...] = (),
) -> Service:
    return Service(
        name,
        _command(*arguments),
        {**common, "RAVAND_DATA_DIR": str(root / name)},
        descriptors=descriptors,
        rolls=True,
    )


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "web.cli", *arguments)
