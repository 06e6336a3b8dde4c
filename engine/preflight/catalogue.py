"""What exists in this installation, for a diagram to refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Catalogue:
    """Keys of everything a diagram may name. `templates` are (key, channel) pairs;
    `processes` are the deployed keys with the keys that each of them calls."""

    positions: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    templates: frozenset[tuple[str, str]] = frozenset()
    connectors: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    processes: Mapping[str, frozenset[str]] = field(default_factory=dict)
