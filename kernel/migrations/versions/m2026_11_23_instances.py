"""Parts of large instances, and snapshots to go back to."""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.drop_table("instance_part")
