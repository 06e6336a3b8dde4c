"""Parts of large instances, snapshots to go back to, and when work is to be taken up."""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "2026_11_23_instances"
down_revision = "2026_11_23_external"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instance_part",
        sa.Column("instance_id", sa.Uuid, sa.ForeignKey("process_instance.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "instance_snapshot",
        sa.Column("instance_id", sa.Uuid, sa.ForeignKey("process_instance.id"), primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("submission_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("definition_id", sa.Uuid, nullable=False),
        sa.Column("element_id", sa.String(255), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("variables", sa.LargeBinary, nullable=False),
    )
    op.add_column("work_item", sa.Column("follow_up_at", UtcDateTime))


def downgrade() -> None:
    op.drop_column("work_item", "follow_up_at")
    op.drop_table("instance_snapshot")
    op.drop_table("instance_part")
