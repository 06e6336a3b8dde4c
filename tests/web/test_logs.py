"""The structured log: ids that belong together, and nothing that people typed."""

import io
import json
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest

from kernel import logs
from kernel.jobs import handlers, run_until_idle
from kernel.uow import unit_of_work
from tests.product.fixtures import Product
from tests.product.organisation import PASSWORD, holder_of
from web import logs as web_logs

CANARY = "کوکب‌قناری"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged while the test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def structured(product: Product) -> Product:
    product.app.before_request(web_logs._begin)
    product.app.after_request(web_logs._line)
    return product


def test_a_request_s_line_has_its_ids_and_nothing_that_was_typed(
    structured: Product, written: io.StringIO
) -> None:
    clerk = structured.visitor("reception.clerk")
    clerk.get(f"/contacts?q={CANARY}")
    clerk.get(f"/instances/{(case := uuid4())}", status=404)
    found = [one for one in lines(written) if one["logger"] == "ravand.access"]
    assert found[-1] | {"ms": 0, "at": ""} == {
        "at": "",
        "level": "info",
        "logger": "ravand.access",
        "message": "request",
        "request": found[-1]["request"],
        "instance_id": str(case),
        "person_id": found[-1]["person_id"],
        "method": "GET",
        "endpoint": found[-1]["endpoint"],
        "status": 404,
        "ms": 0,
    }
    for secret in (CANARY, PASSWORD, holder_of("reception.clerk"), "test-key-canary", "csrf"):
        assert secret not in written.getvalue(), secret


def test_a_failing_job_s_line_names_the_job_and_not_the_error_s_text(
    structured: Product, written: io.StringIO
) -> None:
    @handlers.register("test.failing-for-logs")
    def fail(uow: object, payload: object) -> None:
        raise ValueError(CANARY)

    with unit_of_work() as uow:
        job = uow.jobs.add("test.failing-for-logs", {"name": CANARY})
    run_until_idle()
    [line] = [one for one in lines(written) if one.get("job") == str(job)]
    assert line["kind"] == "test.failing-for-logs"
    assert CANARY not in json.dumps(lines(written), ensure_ascii=False)


def test_a_defect_is_its_type_and_where_it_happened(written: io.StringIO) -> None:
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger("ravand.web").exception("request %s failed", "abc")
    [line] = lines(written)
    assert isinstance(line["error"], dict)
    assert line["error"]["type"] == "KeyError"
    assert line["error"]["trace"][0].startswith("tests/web/test_logs.py:")
    assert CANARY not in written.getvalue()
