"""The inbox as a projection that costs the same however many items are open.

Every other order and filter of the list gets its columns in the projection, and an index.
"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UtcDateTime

revision = "2026_11_24_inbox"
down_revision = "2026_11_24_timers"
branch_labels = None
depends_on = None

UNFILLED = "filled_for IS NULL OR filled_for <> item_id"
COLUMNS = (
    ("definition_key", sa.String(200)),
    ("opened", UtcDateTime),
    ("follow_up", UtcDateTime),
    ("barred", Json),
    ("claimed_by", sa.Uuid),
    ("shared", sa.Boolean),
    ("filled_for", sa.Uuid),
)
INDEXES: tuple[tuple[str, str, list[str], str | None], ...] = (
    ("ix_inbox_entry_process", "inbox_entry", "principal definition_key due item_id".split(), None),
    ("ix_inbox_entry_opened", "inbox_entry", ["principal", "opened", "item_id"], None),
    (
        "ix_inbox_entry_follow_up",
        "inbox_entry",
        ["principal", "follow_up", "item_id"],
        "follow_up IS NOT NULL",
    ),
    (
        "ix_inbox_entry_claimed",
        "inbox_entry",
        ["claimed_by", "due", "item_id"],
        "claimed_by IS NOT NULL",
    ),
    ("ix_inbox_entry_unfilled", "inbox_entry", ["filled_for"], UNFILLED),
    (
        "ix_work_item_closed",
        "work_item",
        ["closed_by_id", "closed_at", "id"],
        "closed_by_id IS NOT NULL",
    ),
    (
        "ix_process_instance_key_status",
        "process_instance",
        ["definition_key", "status", "started_at"],
        None,
    ),
    ("ix_process_instance_started_at", "process_instance", ["started_at", "id"], None),
    ("ix_submission_person_id", "submission", ["person_id", "root_id"], None),
    ("ix_ticket_opened_at", "ticket", ["opened_at", "id"], None),
)
# Several addresses stand in `principals` as ["unit:a","unit:b"].
FILL = """
    UPDATE inbox_entry SET
        (definition_key, opened, follow_up, barred, claimed_by, shared, filled_for) = (
            SELECT definition_key, opened_at, follow_up_at, NULLIF(excluded, '[]'),
                CASE WHEN status = 'claimed' THEN assignee_id END,
                status <> 'claimed' AND principals LIKE '%","%', work_item.id
            FROM work_item WHERE work_item.id = inbox_entry.item_id
        )
"""


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("inbox_entry", sa.Column(name, kind))
    op.execute(FILL)
    for name, table, columns, where in INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(
            name, table, columns, sqlite_where=condition, postgresql_where=condition
        )
    _by_starter(["started_by_id", "started_at"])


def downgrade() -> None:
    _by_starter(["started_by_id"])
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    for name, _kind in reversed(COLUMNS):
        op.drop_column("inbox_entry", name)


def _by_starter(columns: list[str]) -> None:
    """The index of who started a case, of one column more or less."""
    op.drop_index("ix_process_instance_started_by_id", table_name="process_instance")
    op.create_index("ix_process_instance_started_by_id", "process_instance", columns)
