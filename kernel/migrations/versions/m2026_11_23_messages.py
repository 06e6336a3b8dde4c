"""Messages that came early, and starts by timer and condition."""

revision = "2026_11_23_messages"
down_revision = "2026_11_22_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
