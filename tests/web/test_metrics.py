"""Health, readiness and metrics: what they say, to whom, and that the page about them is whole."""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from kernel.uow import unit_of_work
from tests.product.fixtures import Product

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def sample(product: Product, name: str, **labels: str) -> float:
    """One number of the page, 0 where it is not there."""
    read = product.visitor().client.get("/metrics").text
    for family in text_string_to_metric_families(read):
        for one in family.samples:
            if one.name == name and labels.items() <= one.labels.items():
                return one.value
    return 0


def configure(product: Product, **changes: object) -> None:
    config = product.app.extensions["ravand_config"]
    product.app.extensions["ravand_config"] = dataclasses.replace(config, **changes)


def test_requests_are_counted_by_endpoint_and_status(product: Product) -> None:
    before = sample(product, "ravand_requests_total", endpoint="health.alive", status="200")
    for _ in range(3):
        product.visitor().client.get("/healthz")
    after = sample(product, "ravand_requests_total", endpoint="health.alive", status="200")
    assert after - before == 3
    assert sample(product, "ravand_request_seconds_count", endpoint="health.alive") >= after


def test_jobs_and_the_age_of_the_queue_are_those_of_the_database(product: Product) -> None:
    with unit_of_work() as uow:
        uow.jobs.add("nothing.real", {})
    product.clock.move(timedelta(seconds=90))
    assert sample(product, "ravand_jobs", state="ready") == 1
    assert sample(product, "ravand_queue_age_seconds") == 90


def test_the_page_names_every_metric_and_no_other(product: Product) -> None:
    read = product.visitor().client.get("/metrics").text
    told = set(re.findall(r"^\| `(ravand_\w+)`", PAGE.read_text(), flags=re.MULTILINE))
    shown = {f.name for f in text_string_to_metric_families(read)}
    assert shown == told


def test_metrics_are_for_this_machine_unless_a_token_is_set(product: Product) -> None:
    client = product.visitor().client

    def status(address: str = "127.0.0.1", **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(
            "/metrics", headers=sent, environ_base={"REMOTE_ADDR": address}
        ).status_code

    assert status() == 200
    assert status("10.0.0.7") == 404
    assert status(X_Forwarded_For="127.0.0.1") == 404  # through a proxy that nobody declared
    configure(product, metrics_token="nightingale")
    assert status() == 404
    assert status(Authorization="Bearer nightingal") == 404
    assert status("10.0.0.7", Authorization="Bearer nightingale") == 200


def test_readiness_says_that_the_schema_is_another_release_s(product: Product) -> None:
    client = product.visitor().client
    assert client.get("/readyz").get_json()["database"] == "ok"
    with unit_of_work() as uow:
        uow.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "other-schema")
    assert client.get("/healthz").status_code == 200


def test_readiness_refuses_nobody_while_redis_is_away(product: Product) -> None:
    configure(product, redis_url="redis://127.0.0.1:1/0")
    answer = product.visitor().client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "degraded",
        "database": "ok",
        "redis": "away",
        "runners": 0,
    }
