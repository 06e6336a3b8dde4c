"""Run processes: deploy, start, complete, correlate, fire, over one loop (`engine.advance`).

Verbs take a unit of work and an actor and never commit. Pages read through `engine.queries`.
"""

from engine import machine as machine  # registers the engine's jobs and sweeps
from engine.connectors import BpmnError, ConnectorCall, Pending, connectors
from engine.settings import configure
from engine.verbs.activity import finish_activity
from engine.verbs.adhoc import finish_adhoc, start_activity
from engine.verbs.cancel import cancel
from engine.verbs.claim import claim, unclaim
from engine.verbs.complete import complete
from engine.verbs.conditions import evaluate_conditions
from engine.verbs.correlate import broadcast, correlate
from engine.verbs.deploy import RefusedBundle, deploy, release, retire
from engine.verbs.external import (
    bpmn_error_external,
    complete_external,
    extend_lock,
    fail_external,
    fetch_and_lock,
    unlock,
)
from engine.verbs.fire import fire
from engine.verbs.migrate import migrate, migrate_all, plan_migration
from engine.verbs.report import close_report, report_incident
from engine.verbs.retry import retry_incident, skip_incident
from engine.verbs.rewind import rewind
from engine.verbs.start import start

__all__ = [
    "BpmnError",
    "ConnectorCall",
    "Pending",
    "RefusedBundle",
    "bpmn_error_external",
    "broadcast",
    "cancel",
    "claim",
    "close_report",
    "complete",
    "complete_external",
    "configure",
    "connectors",
    "correlate",
    "deploy",
    "evaluate_conditions",
    "extend_lock",
    "fail_external",
    "fetch_and_lock",
    "finish_activity",
    "finish_adhoc",
    "fire",
    "migrate",
    "migrate_all",
    "plan_migration",
    "release",
    "report_incident",
    "retire",
    "retry_incident",
    "rewind",
    "skip_incident",
    "start",
    "start_activity",
    "unclaim",
    "unlock",
]
