"""Decisions of DMN files, by key and version."""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "2026_11_23_decisions"
down_revision = "2026_11_23_instances"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("fk_decision_definition_deployment_id_deployment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_definition")),
    )
    op.create_index(
        "uq_decision_definition_key_version",
        "decision_definition",
        ["key", "version"],
        unique=True,
    )
    op.create_index(
        "ix_decision_definition_deployment_id", "decision_definition", ["deployment_id"]
    )


def downgrade() -> None:
    op.drop_table("decision_definition")
