"""Alembic's entry: works on the connection that `kernel.migrate` hands over."""

from alembic import context

from kernel.db import Base
from kernel.migrations import steps

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=False,
    transaction_per_migration=False,
    on_version_apply=steps.note,
)
with context.begin_transaction():
    context.run_migrations()
