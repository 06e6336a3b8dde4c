"""The kinds of flow nodes and events."""

from __future__ import annotations

from enum import StrEnum


class NodeKind(StrEnum):
    """Flow nodes, by their BPMN tag."""

    START = "startEvent"
    END = "endEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"
    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    SCRIPT_TASK = "scriptTask"
    RULE_TASK = "businessRuleTask"
    CALL = "callActivity"
    SUBPROCESS = "subProcess"
    TRANSACTION = "transaction"
    ADHOC = "adHocSubProcess"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_GATEWAY = "eventBasedGateway"
    COMPLEX = "complexGateway"


EVENTS = frozenset(
    {NodeKind.START, NodeKind.END, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY}
)
GATEWAYS = frozenset(
    {
        NodeKind.EXCLUSIVE,
        NodeKind.PARALLEL,
        NodeKind.INCLUSIVE,
        NodeKind.EVENT_GATEWAY,
        NodeKind.COMPLEX,
    }
)
SCOPES = frozenset({NodeKind.SUBPROCESS, NodeKind.TRANSACTION, NodeKind.ADHOC})
ACTIVITIES = frozenset(NodeKind) - EVENTS - GATEWAYS


class EventKind(StrEnum):
    """What an event waits for or throws; `none` for a plain start, end or milestone."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    ESCALATION = "escalation"
    SIGNAL = "signal"
    TERMINATE = "terminate"
    LINK = "link"
    CONDITIONAL = "conditional"
    CANCEL = "cancel"
    COMPENSATION = "compensation"
    MULTIPLE = "multiple"  # several definitions on one event; always refused
