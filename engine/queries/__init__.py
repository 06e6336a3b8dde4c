"""What pages ask: projections only, never a workflow; who may see what stands in the query.

A thing that does not exist and a thing the actor may not see are the same: NotFound.
"""

from engine.queries.adhoc import Offered, offered
from engine.queries.definitions import (
    DefinitionRow,
    DefinitionView,
    ProcessName,
    StartableProcess,
    VersionRow,
    definition,
    definition_events,
    definition_xml,
    definitions,
    next_start,
    process_names,
    startable,
    startable_process,
    versions,
)
from engine.queries.elements import ElementState
from engine.queries.history import HistoryLine, history, rewindable, submissions
from engine.queries.inbox import InboxPage, InboxRow, inbox, inbox_page, next_item
from engine.queries.inbox_counts import (
    InboxCounts,
    closed_count,
    inbox_counts,
    inbox_processes,
)
from engine.queries.incidents import IncidentRow, incident_count, incidents, unattended_jobs
from engine.queries.instance_page import Child, InstanceView, Standing, instance, standing
from engine.queries.instances import (
    InstancePage,
    InstanceRow,
    instances,
    instances_page,
    numbers,
)
from engine.queries.items import ItemView, item
from engine.queries.seeing import may_see_instance
from engine.queries.waits import Wait, timers_due

__all__ = [
    "Child",
    "DefinitionRow",
    "DefinitionView",
    "ElementState",
    "HistoryLine",
    "InboxCounts",
    "InboxPage",
    "InboxRow",
    "IncidentRow",
    "InstancePage",
    "InstanceRow",
    "InstanceView",
    "ItemView",
    "Offered",
    "ProcessName",
    "Standing",
    "StartableProcess",
    "VersionRow",
    "Wait",
    "closed_count",
    "definition",
    "definition_events",
    "definition_xml",
    "definitions",
    "history",
    "inbox",
    "inbox_counts",
    "inbox_page",
    "inbox_processes",
    "incident_count",
    "incidents",
    "instance",
    "instances",
    "instances_page",
    "item",
    "may_see_instance",
    "next_item",
    "next_start",
    "numbers",
    "offered",
    "process_names",
    "rewindable",
    "standing",
    "startable",
    "startable_process",
    "submissions",
    "timers_due",
    "unattended_jobs",
    "versions",
]
