"""An installation that was restored waits until somebody lets it run."""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "2026_11_24_hold"
down_revision = "2026_11_24_deliveries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("copy_made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_hold_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )


def downgrade() -> None:
    op.drop_table("hold")
