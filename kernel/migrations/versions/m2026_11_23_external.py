"""Work that external workers fetch."""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UtcDateTime

revision = "2026_11_23_external"
down_revision = "2026_11_23_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_task",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("instance_id", sa.Uuid, nullable=False),
        sa.Column("root_id", sa.Uuid, nullable=False),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("definition_key", sa.String(200), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("available_at", UtcDateTime, nullable=False),
        sa.Column("retries", sa.Integer),
        sa.Column("worker", sa.String(200)),
        sa.Column("locked_until", UtcDateTime),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_external_task_instance_id", "external_task", ["instance_id"])
    op.create_index(
        "ix_external_task_topic_available_at", "external_task", ["topic", "available_at"]
    )


def downgrade() -> None:
    op.drop_table("external_task")
