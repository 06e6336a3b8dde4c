"""What the run-time carries out. Preflight refuses everything else, with the element's name.

One table, so that a part of BPMN becomes available by adding it here together with the
run-time's tests for it.
"""

from __future__ import annotations

from engine.bpmn.model import EventKind, NodeKind

NODES = frozenset(
    {
        NodeKind.START,
        NodeKind.END,
        NodeKind.CATCH,
        NodeKind.THROW,
        NodeKind.BOUNDARY,
        NodeKind.TASK,
        NodeKind.USER_TASK,
        NodeKind.MANUAL_TASK,
        NodeKind.SERVICE_TASK,
        NodeKind.SEND_TASK,
        NodeKind.RECEIVE_TASK,
        NodeKind.SCRIPT_TASK,
        NodeKind.RULE_TASK,
        NodeKind.CALL,
        NodeKind.SUBPROCESS,
        NodeKind.TRANSACTION,
        NodeKind.ADHOC,
        NodeKind.EXCLUSIVE,
        NodeKind.PARALLEL,
        NodeKind.INCLUSIVE,
        NodeKind.COMPLEX,
        NodeKind.EVENT_GATEWAY,
    }
)

EVENTS: dict[NodeKind, frozenset[EventKind]] = {
    NodeKind.START: frozenset(
        {
            EventKind.NONE,
            EventKind.MESSAGE,
            EventKind.TIMER,
            EventKind.SIGNAL,
            EventKind.CONDITIONAL,
        }
    ),
    NodeKind.END: frozenset(
        {
            EventKind.NONE,
            EventKind.MESSAGE,
            EventKind.SIGNAL,
            EventKind.ERROR,
            EventKind.ESCALATION,
            EventKind.TERMINATE,
            EventKind.CANCEL,
            EventKind.COMPENSATION,
        }
    ),
    NodeKind.THROW: frozenset(
        {
            EventKind.NONE,
            EventKind.MESSAGE,
            EventKind.SIGNAL,
            EventKind.ESCALATION,
            EventKind.COMPENSATION,
            EventKind.LINK,
        }
    ),
    NodeKind.CATCH: frozenset(
        {
            EventKind.MESSAGE,
            EventKind.TIMER,
            EventKind.SIGNAL,
            EventKind.LINK,
            EventKind.CONDITIONAL,
        }
    ),
    NodeKind.BOUNDARY: frozenset(
        {
            EventKind.MESSAGE,
            EventKind.TIMER,
            EventKind.SIGNAL,
            EventKind.ERROR,
            EventKind.ESCALATION,
            EventKind.CONDITIONAL,
            EventKind.CANCEL,
            EventKind.COMPENSATION,
        }
    ),
}

# What may wake an event subprocess.
HANDLER_STARTS = frozenset(
    {
        EventKind.MESSAGE,
        EventKind.TIMER,
        EventKind.SIGNAL,
        EventKind.ERROR,
        EventKind.ESCALATION,
        EventKind.CONDITIONAL,
        EventKind.COMPENSATION,
    }
)

# These end what they are attached to or stand in; BPMN knows no other way.
ALWAYS_INTERRUPT = frozenset({EventKind.ERROR, EventKind.CANCEL})

SCRIPT_FORMATS = frozenset({"ravand"})
EXPRESSION_LANGUAGES = ("feel", "juel", "ravand", "dmn/feel")
