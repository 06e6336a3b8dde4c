"""What was erased of a contact, and what must stay."""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UtcDateTime

revision = "2026_11_24_personal"
down_revision = "2026_11_24_audit"
branch_labels = None
depends_on = None

PERMISSIONS = ("contact.erase", "contact.export")
_GRANT = (
    "INSERT INTO role_permission (role_key, permission) SELECT key, '{permission}' FROM role"
    " WHERE key = 'admin'"
)

changes_rows = ("role_permission",)


def upgrade() -> None:
    op.create_table(
        "contact_erasure",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by_id", sa.Uuid),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("stays", Json, nullable=False),
        sa.Column("waiting", Json, nullable=False),
    )
    op.create_index("ix_contact_erasure_contact_id", "contact_erasure", ["contact_id"])
    op.create_table(
        "case_redaction",
        sa.Column("root_id", sa.Uuid, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.add_column("contact", sa.Column("erased_at", UtcDateTime))
    for permission in PERMISSIONS:
        op.execute(_GRANT.format(permission=permission))


def downgrade() -> None:
    for permission in PERMISSIONS:
        op.execute(f"DELETE FROM role_permission WHERE permission = '{permission}'")  # noqa: S608
    with op.batch_alter_table("contact") as contact:
        contact.drop_column("erased_at")
    op.drop_table("case_redaction")
    op.drop_table("contact_erasure")
