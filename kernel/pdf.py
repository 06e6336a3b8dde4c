"""PDF by typst: data goes in through a file, so that text for the page is never typst's code.

A document reads `#let data = json("data.json")`; `#import "ravand.typ": *` brings the house's
page, `letter`, `digits` and `page-of`. Fonts are our own: `build/fonts` (Vazirmatn, made by
`make assets`) and typst's embedded ones, never those of the machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from kernel import clock
from kernel.errors import Invalid
from kernel.i18n import locale
from kernel.types import JsonObject

_HERE: Final = Path(__file__).parent
FONTS: Final = _HERE.parent / "build" / "fonts"
SECONDS: Final = 25
SOURCE_LIMIT: Final = 200_000  # characters
_WORKER: Final = _HERE / "pdf_worker.py"
_PRELUDE: Final = _HERE / "pdf_prelude.typ"
# Packages would be fetched from the network; nothing listens on the discard port.
_NO_NETWORK: Final = "http://127.0.0.1:9"


class DocumentFailed(Invalid):
    """The document's source is wrong, or does not fit its data."""

    code = "pdf.failed"


class DocumentTooSlow(Invalid):
    """Laying out took longer than a document may."""

    code = "pdf.slow"


def render(
    source: str,
    data: JsonObject,
    assets: Mapping[str, bytes] | None = None,
    *,
    at: datetime | None = None,
) -> bytes:
    """Lay out `source` with `data.json` and the assets beside it.

    The same source, data and `at` (default: now) give the same bytes. `data` also gets
    `ravand.locale`, the locale of the caller. Runs in a process of its own, bounded in time,
    memory and files: it reads nothing but the folder made for it.

    Raises: DocumentFailed with typst's own words, DocumentTooSlow.
    """
    if len(source) > SOURCE_LIMIT:
        raise DocumentFailed(reason=f"> {SOURCE_LIMIT}")
    with tempfile.TemporaryDirectory(prefix="ravand-pdf-") as name:
        folder = Path(name)
        (folder / "root").mkdir()
        _fill(folder / "root", source, data, assets or {})
        _work(folder, int((at or clock.now()).timestamp()))
        return (folder / "out.pdf").read_bytes()


def _fill(root: Path, source: str, data: JsonObject, assets: Mapping[str, bytes]) -> None:
    for name, content in assets.items():
        path = root / _safe(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    told = {**data, "ravand": {"locale": locale()}}
    (root / "data.json").write_text(json.dumps(told, ensure_ascii=False, default=str), "utf-8")
    (root / "ravand.typ").write_bytes(_PRELUDE.read_bytes())
    (root / "main.typ").write_text(source, "utf-8")


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise DocumentFailed(reason=name[:80])
    return str(path)


def _work(folder: Path, timestamp: int) -> None:
    fonts = FONTS if FONTS.is_dir() else folder / "no-fonts"
    command = [sys.executable, "-I", str(_WORKER), str(folder), str(fonts), str(timestamp)]
    environment = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "TMPDIR": str(folder),
        "HTTPS_PROXY": _NO_NETWORK,
        "HTTP_PROXY": _NO_NETWORK,
        "ALL_PROXY": _NO_NETWORK,
        "RAYON_NUM_THREADS": "2",
    }
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and file, no shell
            command, env=environment, cwd=folder, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise DocumentTooSlow() from None
    if done.returncode != 0 or not (folder / "out.pdf").exists():
        reason = done.stdout.decode(errors="replace").strip()
        raise DocumentFailed(reason=reason.replace(str(folder), "")[:500] or "typst")
