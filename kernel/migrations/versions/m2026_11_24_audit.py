"""The audit log, each row sealed with the one before."""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "2026_11_24_audit"
down_revision = "2026_11_24_inbox"
branch_labels = None
depends_on = None

changes_rows = ("role_permission",)
INDEXES = ("person_id", "act", "subject_id", "at")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.String(80), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("via", sa.String(10), nullable=False),
        sa.Column("network", sa.String(10), nullable=False),
        sa.Column("request_id", sa.String(40), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(130), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entry"),
    )
    for column in INDEXES:
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", [column, "number"])
    op.execute(
        "INSERT INTO role_permission (role_key, permission) SELECT key, 'audit.view' FROM role"
        " WHERE key = 'admin'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM role_permission WHERE permission = 'audit.view'")
    op.drop_table("audit_entry")
