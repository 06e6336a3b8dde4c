"""Parts of large instances, and snapshots to go back to."""

revision = "2026_11_23_instances"
down_revision = "2026_11_23_external"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
