"""Decision tables."""

revision = "2026_11_23_decisions"
down_revision = "2026_11_23_instances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
