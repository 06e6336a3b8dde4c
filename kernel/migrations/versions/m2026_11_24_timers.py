"""What a repeating timer does with the times it missed."""

revision = "2026_11_24_timers"
down_revision = "2026_11_24_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
