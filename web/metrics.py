"""`/metrics`, for Prometheus: what was counted, and what waits in the database now."""

import hmac
import os
import time
from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Select, func, literal, select

from engine.tables import Incident, Timer
from kernel import clock, metrics
from kernel.job_table import READY, Breaker, Job
from notifiers.tables import WAITING, Delivery
from web.access import public
from web.database import db
from web.errors import PageUnknown

bp = Blueprint("metrics", __name__)


def init_app(app: Flask) -> None:
    """Count every request from now on; before anything that can refuse one."""
    app.before_request(_begin)
    app.after_request(_count)


@bp.get("/metrics")
@public
def numbers() -> ResponseReturnValue:
    """For who bears the token; without a token set, for this machine.

    Raises: PageUnknown for everybody else.
    """
    if not _may_ask():
        raise PageUnknown()
    counted = metrics.registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    found = CollectorRegistry()
    found.register(_Waiting())
    text = generate_latest(counted) + generate_latest(found)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _may_ask() -> bool:
    config = current_app.extensions["ravand_config"]
    if config.metrics_token:
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode(),
            f"Bearer {config.metrics_token}".encode(),
        )
    if "X-Forwarded-For" in request.headers and not config.trusted_proxies:
        return False  # a proxy that nobody told us of: everybody seems to be on this machine
    return ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 not bound


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    metrics.REQUESTS.labels(endpoint, str(response.status_code)).inc()
    metrics.REQUEST_SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
    return response


class _Waiting(Collector):
    """Asked of the database at each scrape; every question counts only what is not done yet."""

    def collect(self) -> Iterable[Metric]:
        """One family after the other."""
        now = clock.now()
        jobs = select(Job.state, func.count()).group_by(Job.state)
        yield _by("ravand_jobs", "Jobs that are not done.", "state", jobs)
        oldest = select(func.min(Job.run_at)).where(Job.state == READY, Job.run_at <= now)
        yield _age("ravand_queue_age_seconds", "How long the oldest due job waits.", oldest)
        due = select(func.min(Timer.due_at)).where(Timer.queued_at.is_(None), Timer.due_at <= now)
        yield _age("ravand_timer_overdue_seconds", "How long the oldest due timer waits.", due)
        waiting = (
            select(Delivery.state, func.count())
            .where(Delivery.state.in_(WAITING))
            .group_by(Delivery.state)
        )
        yield _by("ravand_deliveries", "Deliveries that are not settled.", "state", waiting)
        silent = select(Breaker.connector, literal(1)).where(Breaker.open_until.is_not(None))
        yield _by("ravand_breakers", "Services that are left alone.", "connector", silent)
        incidents = select(func.count()).select_from(Incident).where(Incident.state == "open")
        count = GaugeMetricFamily("ravand_incidents", "Open incidents.")
        count.add_metric([], db.session.scalar(incidents) or 0)
        yield count


def _by(name: str, help_text: str, label: str, question: Select[str, int]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value, count in db.session.execute(question):
        family.add_metric([value], count)
    return family


def _age(name: str, help_text: str, question: Select[datetime]) -> Metric:
    first = db.session.scalar(question)
    seconds = max(0.0, (clock.now() - first).total_seconds()) if first else 0.0
    family = GaugeMetricFamily(name, help_text)
    family.add_metric([], seconds)
    return family
