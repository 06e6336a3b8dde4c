"""Work for machines: rows in the database, drained by a thread or by RQ workers.

The database is the queue; whatever wakes a worker carries no truth. A handler and the end of
its job share one transaction, so its effects on the database happen once.
"""

from kernel.job_table import Job
from kernel.jobs.handlers import handlers, outside, spent, sweeps
from kernel.jobs.runner import drain, run_until_idle
from kernel.queue import JobBuffer, wake

__all__ = [
    "Job",
    "JobBuffer",
    "drain",
    "handlers",
    "outside",
    "run_until_idle",
    "spent",
    "sweeps",
    "wake",
]
