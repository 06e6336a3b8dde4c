"""Who did what, in a chain that shows when a row was changed, inserted or taken out.

`uow.audit.record(acts.…, by, subject_id, …)` adds to it; the row is written in the transaction
of the act. What people do in the course of their work stands in the history of the case instead.
"""

from kernel.audit import acts
from kernel.audit.acts import ACTS, Act
from kernel.audit.adopting import adopt
from kernel.audit.log import AuditLog, Head, Origin, ask_origin, head
from kernel.audit.sealing import use_key
from kernel.audit.table import AuditEntry

__all__ = [
    "ACTS",
    "Act",
    "AuditEntry",
    "AuditLog",
    "Head",
    "Origin",
    "acts",
    "adopt",
    "ask_origin",
    "head",
    "use_key",
]
