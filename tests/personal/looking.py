"""Searching an installation: every file of its data folder, every column of its database."""

import zlib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kernel.db import Base
from kernel.uow import read_only


def in_files(folder: Path, canaries: list[str]) -> list[str]:
    """`file: canary` for everything found in any file."""
    return [
        f"{path.name}: {canary}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for canary in canaries
        if canary.encode() in path.read_bytes()
    ]


def in_columns(canaries: list[str]) -> list[str]:
    """`table.column: canary` for everything found in any row, packed values opened."""
    found = set()
    with read_only() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    found |= {f"{table.name}.{column}: {c}" for c in canaries if _has(value, c)}
    return sorted(found)


def _has(value: Any, canary: str) -> bool:
    if isinstance(value, bytes | memoryview):
        data = bytes(value)
        return canary.encode() in data or canary.encode() in _opened(data)
    return canary in str(value)


def _opened(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""
