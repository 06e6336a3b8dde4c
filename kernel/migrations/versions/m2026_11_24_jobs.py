"""What holds the runners together: leases of single duties, breakers of connectors."""

revision = "2026_11_24_jobs"
down_revision = "2026_11_23_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
