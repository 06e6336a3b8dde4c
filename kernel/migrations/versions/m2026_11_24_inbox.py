"""The inbox as a projection that costs the same however many items are open."""

revision = "2026_11_24_inbox"
down_revision = "2026_11_24_timers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
