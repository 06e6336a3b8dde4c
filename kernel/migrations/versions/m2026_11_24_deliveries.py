"""What a template says about a text of which nobody knows whether it arrived."""

revision = "2026_11_24_deliveries"
down_revision = "2026_11_24_personal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
