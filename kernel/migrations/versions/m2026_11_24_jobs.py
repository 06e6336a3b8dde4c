"""Jobs run in two lanes; leases of single duties, breakers of connectors."""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "2026_11_24_jobs"
down_revision = "2026_11_23_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "job", sa.Column("lane", sa.String(8), nullable=False, server_default="inside")
    )
    op.add_column("job", sa.Column("connector", sa.String(80)))
    op.create_index("ix_job_lane", "job", ["state", "lane", "run_at"])
    op.drop_index("ix_job_due", "job")
    op.create_table(
        "job_duty",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("lease_until", UtcDateTime, nullable=False),
    )
    op.create_table(
        "job_breaker",
        sa.Column("connector", sa.String(80), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("open_until", UtcDateTime),
        sa.Column("reason", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("job_breaker")
    op.drop_table("job_duty")
    op.create_index("ix_job_due", "job", ["state", "run_at"])
    op.drop_index("ix_job_lane", "job")
    op.drop_column("job", "connector")
    op.drop_column("job", "lane")
