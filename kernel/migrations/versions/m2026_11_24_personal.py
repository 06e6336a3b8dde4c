"""What was erased of a contact, and what must stay."""

revision = "2026_11_24_personal"
down_revision = "2026_11_24_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
