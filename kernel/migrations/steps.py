"""The steps a database has gone, so that a release can judge steps that it does not know.

While processes are replaced one by one, those of the former release meet a schema of the next.
Each step leaves a row: what it came after, and whether it only added things. A migration that
takes away or changes what the release before it uses says `contracts = True` in its module.
"""

from typing import Any

from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Boolean, Column, Connection, MetaData, String, Table, delete, inspect, select

_STEPS = Table(
    "alembic_step",
    MetaData(),  # not the product's: it belongs to the database, like `alembic_version`
    Column("revision", String(64), primary_key=True),
    Column("after", String(64)),
    Column("contracts", Boolean, nullable=False),
)


def note(ctx: MigrationContext, step: MigrationInfo, heads: object, run_args: object) -> None:
    """Alembic calls this after each step, in its transaction."""
    connection = ctx.connection
    script: Any = step.up_revision
    if connection is None or script is None:
        return  # a script for somebody else's database; a stamp
    _STEPS.create(connection, checkfirst=True)
    connection.execute(delete(_STEPS).where(_STEPS.c.revision == script.revision))
    if step.is_upgrade:
        contracts = getattr(script.module, "contracts", False)
        row = {"revision": script.revision, "after": script.down_revision, "contracts": contracts}
        connection.execute(_STEPS.insert().values(row))


def only_added(connection: Connection, since: str, until: str) -> bool:
    """Whether every step after `since` up to `until` is known here and only added things."""
    if not inspect(connection).has_table(_STEPS.name):
        return False
    steps = {row.revision: row for row in connection.execute(select(_STEPS))}
    at: str | None = until
    while at != since:
        step = steps.pop(at, None)
        if step is None or step.contracts:
            return False
        at = step.after
    return True
