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
    made = sheet.desk.once("form files", lambda: _brought(sheet.desk)).get(key)
    if made is not None and key not in sheet.desk.forms:
        path, form = made
        sheet.desk.used.add(path)
        work.keep(sheet, sketch(form, key), key)
    sheet.add("form", key=key, binding=binding, version=version if binding == "version" else "")


def _brought(desk: Desk) -> dict[str, tuple[str, JsonObject]]:
    """The `.form` files by their `id` and by their name."""
    found: dict[str, tuple[str, JsonObject]] = {}
    for path, data in desk.files.items():
        form = document(data) if path.endswith(".form") and len(data) <= MAX_FILE else None
        if form is not None:
            found[PurePosixPath(path).stem] = path, form
            found[str(form.get("id"))] = path, form
    return found
