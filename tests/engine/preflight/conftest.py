"""An installation with a few things in it, for diagrams to refer to."""

from collections.abc import Callable

import pytest

from engine.bundle import Bundle
from engine.preflight import Catalogue, Report
from engine.preflight.check import check
from tests.engine.bpmn.drawing import document

CATALOGUE = Catalogue(
    positions=frozenset({"chief", "finance.head"}),
    units=frozenset({"finance"}),
    roles=frozenset({"staff"}),
    persons=frozenset({"sara"}),
    channels=frozenset({"sms", "email", "inbox"}),
    connectors=frozenset({"identity.check"}),
    forms=frozenset({"known_form"}),
    processes={"known": frozenset()},
    has_template=lambda key, channel: (key, channel) == ("t", "sms"),
)

Examine = Callable[..., Report]


@pytest.fixture
def preflight() -> Examine:
    """Check the inside of one process, with other files of the bundle beside it."""

    def run(inside: str, *, shared: str = "", drawn: str | None = None, **files: bytes) -> Report:
        drawing = {} if drawn is None else {"drawn": drawn}
        data = document(inside, shared=shared, **drawing)
        return check(Bundle({"p.bpmn": data, **files}, "test"), CATALOGUE)

    return run
