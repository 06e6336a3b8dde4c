"""Messages that came early wait in a table of their own until somebody asks for them."""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UtcDateTime

revision = "2026_11_23_messages"
down_revision = "2026_11_22_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buffered_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("look_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buffered_message")),
    )
    op.create_index("ix_buffered_message_name_key", "buffered_message", ["name", "key"])
    op.create_index("ix_buffered_message_expires_at", "buffered_message", ["expires_at"])


def downgrade() -> None:
    op.drop_table("buffered_message")
