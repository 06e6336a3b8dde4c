"""Timers that wait are found in the order in which they fall due, and those of one case together."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_timers"
down_revision = "2026_11_24_jobs"
branch_labels = None
depends_on = None

WAITS = sa.text("queued_at IS NULL")
TAKEN = sa.text("queued_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("timer", sa.Column("job_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_timer_waiting", "timer", ["due_at", "id"], sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_index("ix_timer_root_id_due_at", "timer", ["root_id", "due_at"])
    op.create_index(
        "ix_timer_taken", "timer", ["queued_at"], sqlite_where=TAKEN, postgresql_where=TAKEN
    )
    op.drop_index("ix_timer_queued_at_due_at", table_name="timer")


def downgrade() -> None:
    op.create_index("ix_timer_queued_at_due_at", "timer", ["queued_at", "due_at"])
    op.drop_index("ix_timer_taken", table_name="timer")
    op.drop_index("ix_timer_root_id_due_at", table_name="timer")
    op.drop_index("ix_timer_waiting", table_name="timer")
    op.drop_column("timer", "job_id")
