"""Shapes that cross package borders."""

from typing import Any, TypeAlias

# JSON as Python holds it. `Any` on purpose: a recursive alias makes every reader cast.
JsonValue: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
