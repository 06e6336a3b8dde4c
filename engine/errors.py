"""What can go wrong when people run processes, in words they can act on."""

from kernel.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound


class WorkItemUnknown(NotFound):
    """No such work item, or the actor may not know of it."""

    code = "work-item.unknown"


class WorkItemClosed(Conflict):
    """Somebody completed this work item first, or it was cancelled; the inbox was stale.

    Mend: reload the inbox. Never retried by a job.
    """

    code = "work-item.closed"


class WorkItemChanged(Conflict):
    """The item moved on since the page was shown (claimed, handed over). Mend: reload it."""

    code = "work-item.changed"


class WorkItemTaken(Conflict):
    """A colleague has claimed it. Mend: ask them, or have it released."""

    code = "work-item.taken"


class NotYourWork(Forbidden):
    """The item is addressed to others."""

    code = "work-item.not-yours"


class FourEyes(Forbidden):
    """The actor did an earlier step that this one must check."""

    code = "work-item.four-eyes"


class OutcomeMissing(Invalid):
    """The step asks for one of its outcomes. Mend: press one of the buttons."""

    code = "work-item.outcome-missing"


class ReasonMissing(Invalid):
    """This outcome needs a reason."""

    code = "work-item.reason-missing"


class InstanceUnknown(NotFound):
    """No such instance, or the actor may not know of it."""

    code = "instance.unknown"


class InstanceEnded(Conflict):
    """The instance has ended already."""

    code = "instance.ended"


class RewindImpossible(Conflict):
    """The case cannot go back to that step: the state of that time was not kept."""

    code = "instance.rewind-not-kept"


class RewindMoved(RewindImpossible):
    """The case was moved to another version since."""

    code = "instance.rewind-moved"


class RewindCalledEnded(RewindImpossible):
    """A process that was called then has ended, and cannot begin again."""

    code = "instance.rewind-called-ended"


class RewindStopped(RewindImpossible):
    """The case had stopped somewhere then. Mend: go back to another step."""

    code = "instance.rewind-stopped"


class RewindReasonMissing(Invalid):
    """Going back needs a reason that the case's file can keep."""

    code = "instance.rewind-reason-missing"


class MigrationImpossible(Conflict):
    """A token stands where the other version has no place for it. Mend: say where it goes."""

    code = "instance.migration-impossible"


class CancelReasonMissing(Invalid):
    """Ending a case early needs a reason that its file can keep."""

    code = "instance.reason-missing"


class IncidentUnknown(NotFound):
    """No such incident."""

    code = "incident.unknown"


class IncidentResolved(Conflict):
    """The incident was resolved already."""

    code = "incident.resolved"


class IncidentNeedsRetry(Conflict):
    """Left undone, this work would leave the case waiting for ever. Mend: let it try again."""

    code = "incident.needs-retry"


class ExternalTaskUnknown(NotFound):
    """No such work for external workers, or it is over."""

    code = "external-task.unknown"


class ExternalTaskLost(Conflict):
    """The worker's lease ran out and another took the work, or it was given back."""

    code = "external-task.lost"


class ActivityNotOffered(Conflict):
    """Nobody can start this activity now: its ad-hoc subprocess is over, or busy with another."""

    code = "adhoc.not-offered"


class AdHocEndsItself(Conflict):
    """This ad-hoc subprocess has a completion condition; a person does not end it."""

    code = "adhoc.by-condition"


class DefinitionUnknown(NotFound):
    """No process of this key (and version)."""

    code = "definition.unknown"


class NotReleased(Conflict):
    """The process has no released version, so nobody can start it. Mend: release one."""

    code = "definition.not-released"


class StartUnknown(Invalid):
    """The process has no such start event that a person may choose."""

    code = "definition.start-unknown"


class StartTimerInvalid(Invalid):
    """A timer start's expression gives no time. Mend: correct it in a new version."""

    code = "definition.start-timer"


class MessageStartTaken(Conflict):
    """Another released process begins with this message. Mend: retire it, or rename the message."""

    code = "definition.message-taken"


class BundleRefused(Invalid):
    """The bundle has problems; nothing was stored. `report` carries them all."""

    code = "definition.refused"


class StepLimit(LimitReached):
    """One run took more steps than any sound process needs: it goes round in a circle."""

    code = "engine.step-limit"


class NestingLimit(LimitReached):
    """Processes call each other deeper than allowed."""

    code = "engine.nesting-limit"


class ItemLimit(LimitReached):
    """A list asks for more parallel work than allowed."""

    code = "engine.item-limit"


class StateLimit(LimitReached):
    """The data of one instance grew past what it may hold."""

    code = "engine.state-limit"
