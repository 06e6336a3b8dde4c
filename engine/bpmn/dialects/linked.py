"""Forms that a diagram names and the bundle brings as files of another tool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import orjson

from engine.bpmn.dialects import work
from engine.bpmn.dialects.fields import Sketch
from engine.bpmn.dialects.sheet import Desk, Sheet
from kernel.types import JsonObject

MAX_FILE = 256 * 1024


def read(desk: Desk, path: str) -> JsonObject | None:
    """A JSON object among the bundle's files; the file counts as used."""
    data = desk.files.get(path)
    if data is None or len(data) > MAX_FILE:
        return None
    found = document(data)
    if found is not None:
        desk.used.add(path)
    return found


def document(data: bytes | str) -> JsonObject | None:
    """A JSON object; None when the text is none."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def show(
    sheet: Sheet,
    sketch: Callable[[JsonObject, str], Sketch],
    key: str,
    binding: str = "",
    version: str = "",
) -> None:
    """Show a linked form at this step; one that the bundle brings as `<key>.form` is made ours."""
    binding = "" if binding not in ("latest", "version") else binding
    made = _brought(sheet.desk, key)
    if made is not None:
        path, form = made
        sheet.desk.used.add(path)
        work.keep(sheet, sketch(form, key), key)
    sheet.add("form", key=key, binding=binding, version=version if binding == "version" else "")


def _brought(desk: Desk, key: str) -> tuple[str, JsonObject] | None:
    """The `.form` file whose `id` (or name) is the key."""
    for path, data in desk.files.items():
        if path.endswith(".form") and len(data) <= MAX_FILE:
            found = document(data)
            if found is not None and key in (found.get("id"), PurePosixPath(path).stem):
                return path, found
    return None
