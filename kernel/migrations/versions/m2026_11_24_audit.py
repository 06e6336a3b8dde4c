"""The audit log, each row sealed with the one before."""

revision = "2026_11_24_audit"
down_revision = "2026_11_24_inbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
