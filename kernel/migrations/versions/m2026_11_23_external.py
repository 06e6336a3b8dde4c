"""Work that external workers fetch."""

revision = "2026_11_23_external"
down_revision = "2026_11_23_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
