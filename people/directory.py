"""The chart, loaded once per version of the organisation: `directory.of(session)`."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from people import tables, versions
from people.cards import HoldingCard, PersonCard, PositionCard, RoleCard, UnitCard
from people.chart import Directory


def load(session: Session) -> Directory:
    """Read the whole chart: seven small statements."""
    return Directory(
        persons=[_person(row) for row in session.scalars(select(tables.Person))],
        units=[_unit(row) for row in session.scalars(select(tables.Unit))],
        positions=[_position(row) for row in session.scalars(select(tables.Position))],
        holdings=[_holding(row) for row in session.scalars(select(tables.Holding))],
        roles=_roles(session),
        person_roles=[
            (row.person_id, row.role_key) for row in session.scalars(select(tables.PersonRole))
        ],
        position_roles=[
            (row.position_key, row.role_key) for row in session.scalars(select(tables.PositionRole))
        ],
    )


_snapshots = versions.Snapshots(load)


def of(session: Session) -> Directory:
    """The chart this transaction sees; at most one statement when nothing has changed."""
    return _snapshots.of(session)


def kept(version: UUID) -> Directory | None:
    """The chart of a version, when somebody has asked for it before."""
    return _snapshots.kept(version)


def _person(row: tables.Person) -> PersonCard:
    return PersonCard(
        row.id,
        row.username,
        row.title,
        row.name,
        row.name_en,
        row.mobile,
        row.email,
        row.locale,
        row.active,
    )


def _unit(row: tables.Unit) -> UnitCard:
    return UnitCard(row.key, row.name, row.name_en, row.parent_key, row.rank)


def _position(row: tables.Position) -> PositionCard:
    return PositionCard(row.key, row.unit_key, row.name, row.name_en, row.manager_key, row.rank)


def _holding(row: tables.Holding) -> HoldingCard:
    return HoldingCard(row.person_id, row.position_key, row.since, row.until, row.for_person_id)


def _roles(session: Session) -> list[RoleCard]:
    allowed: dict[str, set[str]] = {}
    for row in session.scalars(select(tables.RolePermission)):
        allowed.setdefault(row.role_key, set()).add(row.permission)
    return [
        RoleCard(role.key, role.name, role.name_en, frozenset(allowed.get(role.key, ())))
        for role in session.scalars(select(tables.Role))
    ]
