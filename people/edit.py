"""Change the organisation: people, units, positions, roles. Each verb asks for a permission."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from kernel import phone, text
from kernel.audit import acts
from kernel.ids import new_id
from kernel.uow import UnitOfWork
from people import directory, tables, versions
from people.actor import Actor
from people.chart import today
from people.errors import (
    KeyTaken,
    ManagersCircle,
    NameMissing,
    PersonUnknown,
    PositionNotHeld,
    PositionUnknown,
    RoleUnknown,
    UnitUnknown,
)

EDIT = "people.edit"


def name_organisation(
    uow: UnitOfWork, name: str, *, name_en: str = "", phone: str = "", by: Actor
) -> None:
    """Say what the organisation is called and where it is reached."""
    by.require(EDIT)
    versions.renew(uow)
    row = uow.session.get_one(tables.Organisation, versions.ROW)
    row.name, row.name_en, row.phone = text.clean(name), name_en.strip(), phone
    uow.audit.record(acts.ORGANISATION_NAMED, by)


def add_person(
    uow: UnitOfWork,
    username: str,
    name: str,
    *,
    name_en: str = "",
    title: str = "",
    mobile: str | None = None,
    email: str | None = None,
    locale: str = "fa",
    demo: bool = False,
    by: Actor,
) -> tables.Person:
    """Add somebody who can log in once a password is set.

    Raises: NameMissing, KeyTaken (user name), PhoneInvalid
    """
    by.require(EDIT)
    username = username.strip().lower()
    if not username or not name.strip():
        raise NameMissing()
    if uow.session.scalar(select(tables.Person.id).where(tables.Person.username == username)):
        raise KeyTaken(key=username)
    person = tables.Person(
        id=new_id(),
        username=username,
        title=title,
        email=email or None,
        mobile=phone.normalise(mobile) if mobile else None,
        locale=locale,
        demo=demo,
        active=True,
        created_at=uow.now,
    )
    _rename(person, name, name_en)
    uow.session.add(person)
    versions.renew(uow)
    uow.audit.record(acts.PERSON_ADDED, by, person.id)
    return person


def change_person(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    name: str | None = None,
    name_en: str | None = None,
    title: str | None = None,
    mobile: str | None = None,
    email: str | None = None,
    by: Actor,
) -> tables.Person:
    """Change a person's particulars; what is None stays as it is, "" empties it."""
    by.require(EDIT)
    person = _person(uow, person_id)
    _rename(
        person,
        person.name if name is None else name,
        person.name_en if name_en is None else name_en,
    )
    if title is not None:
        person.title = title
    if mobile is not None:
        person.mobile = phone.normalise(mobile) if mobile else None
    if email is not None:
        person.email = email.strip() or None
    versions.renew(uow)
    given = {"name": name, "name_en": name_en, "title": title, "mobile": mobile, "email": email}
    if fields := [key for key, value in given.items() if value is not None]:
        uow.audit.record(acts.PERSON_CHANGED, by, person.id, fields=fields)
    return person


def choose_looks(
    uow: UnitOfWork, *, locale: str | None = None, theme: str | None = None, by: Actor
) -> None:
    """A person's own language (`fa`, `en`) and colours (`auto`, `light`, `dark`)."""
    if by.person_id is None:
        return
    person = _person(uow, by.person_id)
    if locale in ("fa", "en"):
        person.locale = locale
    if theme in ("auto", "light", "dark"):
        person.theme = theme
    versions.renew(uow)


def deactivate(uow: UnitOfWork, person_id: UUID, *, by: Actor) -> tables.Person:
    """Close somebody's access and release their positions; history keeps the name."""
    by.require(EDIT)
    person = _person(uow, person_id)
    person.active = False
    for holding in _current_holdings(uow, person_id):
        holding.until = max(today(), holding.since)
    versions.renew(uow)
    uow.audit.record(acts.PERSON_DEACTIVATED, by, person_id)
    return person


def activate(uow: UnitOfWork, person_id: UUID, *, by: Actor) -> tables.Person:
    """Let somebody in again; positions are given anew."""
    by.require(EDIT)
    person = _person(uow, person_id)
    person.active = True
    versions.renew(uow)
    uow.audit.record(acts.PERSON_ACTIVATED, by, person_id)
    return person


def add_unit(
    uow: UnitOfWork,
    key: str,
    name: str,
    *,
    name_en: str = "",
    parent: str | None = None,
    rank: int = 0,
    by: Actor,
) -> tables.Unit:
    """Raises: NameMissing, KeyTaken, UnitUnknown (the parent)."""
    by.require(EDIT)
    _require_free(uow, tables.Unit, key, name)
    if parent is not None and uow.session.get(tables.Unit, parent) is None:
        raise UnitUnknown(unit=parent)
    unit = tables.Unit(
        key=key, name=text.clean(name), name_en=name_en, parent_key=parent, rank=rank
    )
    uow.session.add(unit)
    versions.renew(uow)
    uow.audit.record(acts.UNIT_ADDED, by, key, parent=parent)
    return unit


def add_position(
    uow: UnitOfWork,
    key: str,
    name: str,
    *,
    unit: str,
    name_en: str = "",
    manager: str | None = None,
    rank: int = 0,
    by: Actor,
) -> tables.Position:
    """Add a post to a unit, under the position that manages it.

    Raises: NameMissing, KeyTaken, UnitUnknown, PositionUnknown (the manager).
    """
    by.require(EDIT)
    _require_free(uow, tables.Position, key, name)
    if uow.session.get(tables.Unit, unit) is None:
        raise UnitUnknown(unit=unit)
    if manager is not None:
        _position(uow, manager)
    position = tables.Position(
        key=key,
        name=text.clean(name),
        name_en=name_en,
        unit_key=unit,
        manager_key=manager,
        rank=rank,
    )
    uow.session.add(position)
    versions.renew(uow)
    uow.audit.record(acts.POSITION_ADDED, by, key, unit=unit, manager=manager)
    return position


def set_manager(
    uow: UnitOfWork, position_key: str, manager: str | None, *, by: Actor
) -> tables.Position:
    """Put a position under another one (None: at the top).

    Raises: PositionUnknown, ManagersCircle
    """
    by.require(EDIT)
    position = _position(uow, position_key)
    if manager is not None:
        _position(uow, manager)
        if manager == position_key or directory.of(uow.session).manages(position_key, manager):
            raise ManagersCircle(position=position_key, manager=manager)
    position.manager_key = manager
    versions.renew(uow)
    uow.audit.record(acts.POSITION_MOVED, by, position_key, manager=manager)
    return position


def hold_position(
    uow: UnitOfWork,
    person_id: UUID,
    position_key: str,
    *,
    since: date | None = None,
    until: date | None = None,
    stands_in_for: UUID | None = None,
    by: Actor,
) -> tables.Holding:
    """Give a person a position, from today unless said otherwise.

    Args:
        until: the first day on which it is no longer held.
        stands_in_for: the holder whom the person replaces during leave.

    Raises: PersonUnknown, PositionUnknown, PositionNotHeld (by the one stood in for).
    """
    by.require(EDIT)
    _person(uow, person_id)
    _position(uow, position_key)
    if stands_in_for is not None:
        _require_holder(uow, stands_in_for, position_key)
    holding = tables.Holding(
        person_id=person_id,
        position_key=position_key,
        since=since or today(),
        until=until,
        for_person_id=stands_in_for,
    )
    uow.session.add(holding)
    versions.renew(uow)
    uow.audit.record(
        acts.POSITION_GIVEN,
        by,
        person_id,
        position=position_key,
        since=since,
        until=until,
        instead_of=stands_in_for,
    )
    return holding


def release_position(
    uow: UnitOfWork, person_id: UUID, position_key: str, *, by: Actor, on: date | None = None
) -> None:
    """Take a position from a person, from today (or `on`) on; open work stays with the position.

    Raises: PositionNotHeld
    """
    by.require(EDIT)
    held = [h for h in _current_holdings(uow, person_id) if h.position_key == position_key]
    if not held:
        raise PositionNotHeld(position=position_key, name=_person(uow, person_id).name)
    for holding in held:
        holding.until = max(on or today(), holding.since)
    versions.renew(uow)
    uow.audit.record(acts.POSITION_TAKEN, by, person_id, position=position_key, on=on)


def grant_role(uow: UnitOfWork, role: str, *, to: UUID | str, by: Actor) -> None:
    """Give a role to a person (by id) or to a position (by key); giving it twice is harmless.

    Raises: RoleUnknown, PersonUnknown, PositionUnknown
    """
    by.require(EDIT)
    if uow.session.get(tables.Role, role) is None:
        raise RoleUnknown(role=role)
    if isinstance(to, UUID):
        _person(uow, to)
        uow.session.merge(tables.PersonRole(person_id=to, role_key=role))
    else:
        _position(uow, to)
        uow.session.merge(tables.PositionRole(position_key=to, role_key=role))
    versions.renew(uow)
    uow.audit.record(acts.ROLE_GIVEN, by, role, **_holder(to))


def withdraw_role(uow: UnitOfWork, role: str, *, of: UUID | str, by: Actor) -> None:
    """Take a role back from a person or a position; nothing happens if it was not given."""
    by.require(EDIT)
    row: tables.PersonRole | tables.PositionRole | None
    if isinstance(of, UUID):
        row = uow.session.get(tables.PersonRole, (of, role))
    else:
        row = uow.session.get(tables.PositionRole, (of, role))
    if row is not None:
        uow.session.delete(row)
        versions.renew(uow)
        uow.audit.record(acts.ROLE_TAKEN, by, role, **_holder(of))


def _holder(of: UUID | str) -> dict[str, UUID | str]:
    return {"person" if isinstance(of, UUID) else "position": of}


def _rename(person: tables.Person, name: str, name_en: str) -> None:
    if not name.strip():
        raise NameMissing()
    person.name, person.name_en = text.clean(name), name_en.strip()
    family = person.name.rpartition(" ")[2]
    person.sort_key = text.sort_key(f"{family} {person.name}")
    person.search_key = text.search_key(f"{person.name} {person.name_en} {person.username}")


def _require_free(
    uow: UnitOfWork, table: type[tables.Unit | tables.Position], key: str, name: str
) -> None:
    if not key.strip() or not name.strip():
        raise NameMissing()
    if uow.session.get(table, key) is not None:
        raise KeyTaken(key=key)


def _person(uow: UnitOfWork, person_id: UUID) -> tables.Person:
    person = uow.session.get(tables.Person, person_id)
    if person is None:
        raise PersonUnknown(person=str(person_id))
    return person


def _position(uow: UnitOfWork, key: str) -> tables.Position:
    position = uow.session.get(tables.Position, key)
    if position is None:
        raise PositionUnknown(position=key)
    return position


def _current_holdings(uow: UnitOfWork, person_id: UUID) -> list[tables.Holding]:
    day = today()
    rows = uow.session.scalars(select(tables.Holding).where(tables.Holding.person_id == person_id))
    return [row for row in rows if row.until is None or row.until > day]


def _require_holder(uow: UnitOfWork, person_id: UUID, position_key: str) -> None:
    held = [h.position_key for h in _current_holdings(uow, person_id)]
    if position_key not in held:
        raise PositionNotHeld(position=position_key, name=_person(uow, person_id).name)
