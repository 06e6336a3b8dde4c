"""One measured figure beside its bars."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """`must` and `aim` are bars in the same unit; `better` says which side of them is good."""

    name: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    better: str = "less"

    @property
    def holds(self) -> bool:
        """Is the figure on the good side of `must`?"""
        if self.must is None:
            return True
        return self.value <= self.must if self.better == "less" else self.value >= self.must

    def row(self) -> dict[str, Any]:
        """As `build/bench.json` keeps it."""
        return asdict(self)


def table(results: list[Result]) -> str:
    """The figures as a table for a terminal."""
    lines = [f"{'measure':<58}{'value':>12}  {'unit':<16}{'must':>8}{'aim':>8}"]
    for one in results:
        must, aim = (f"{bar:g}" if bar is not None else "–" for bar in (one.must, one.aim))
        mark = "" if one.holds else "  missed"
        lines.append(f"{one.name:<58}{one.value:>12.3f}  {one.unit:<16}{must:>8}{aim:>8}{mark}")
    return "\n".join(lines)
