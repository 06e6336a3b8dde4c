"""What is done about a text of which nobody knows whether it arrived, and every call that was made.

New tables and columns with defaults only: the version before goes on beside this one.
"""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "2026_11_24_deliveries"
down_revision = "2026_11_24_personal"
branch_labels = None
depends_on = None

COLUMNS = ("unsure_since", "when_unsure", "questions", "permit", "undecided", "check_at")


def upgrade() -> None:
    """Make the columns, the list of calls, and the policies of texts."""
    op.add_column("delivery", sa.Column("unsure_since", UtcDateTime))
    op.add_column("delivery", sa.Column("when_unsure", sa.String(8), nullable=False, server_default=""))
    op.add_column(
        "delivery", sa.Column("questions", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("delivery", sa.Column("permit", sa.String(8), nullable=False, server_default=""))
    op.add_column(
        "delivery",
        sa.Column("undecided", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("delivery", sa.Column("check_at", UtcDateTime))
    op.create_index("ix_delivery_check", "delivery", ["check_at"])
    op.create_table(
        "delivery_call",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("delivery_id", sa.Uuid, sa.ForeignKey("delivery.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("localid", sa.BigInteger, nullable=False),
        sa.Column("permit", sa.String(8), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.UniqueConstraint("delivery_id", "number", name="uq_delivery_call_number"),
    )
    op.create_index("ix_delivery_call_key", "delivery_call", ["localid", "number"])
    op.create_table(
        "message_policy",
        sa.Column("template", sa.String(120), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("when_unsure", sa.String(8), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("message_policy")
    op.drop_table("delivery_call")
    op.drop_index("ix_delivery_check", "delivery")
    for column in reversed(COLUMNS):
        op.drop_column("delivery", column)
