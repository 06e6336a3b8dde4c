"""The organisation as it is stored: people, the chart, roles, and when the place is open."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, Json, UtcDateTime
from kernel.ids import new_id


class Organisation(Base):
    """One row: the organisation's own name, and a version that every change to the chart renews.

    The version is random, not a counter: a rolled-back change must never share its
    version with a later one, or snapshots kept in memory would mix them up.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")


class Person(Base):
    """Somebody who logs in. Never deleted: history keeps pointing at them."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    sort_key: Mapped[str] = mapped_column(String(400), index=True)
    search_key: Mapped[str] = mapped_column(String(800))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    mobile: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8), default="fa")
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Unit(Base):
    """A part of the organisation."""

    __tablename__ = "unit"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    parent_key: Mapped[str | None] = mapped_column(ForeignKey("unit.key"))
    rank: Mapped[int] = mapped_column(Integer, default=0)


class Position(Base):
    """A post in a unit. Work is addressed to it, whoever holds it."""

    __tablename__ = "position"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    unit_key: Mapped[str] = mapped_column(ForeignKey("unit.key"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    manager_key: Mapped[str | None] = mapped_column(ForeignKey("position.key"))
    rank: Mapped[int] = mapped_column(Integer, default=0)


class Holding(Base):
    """A person holds a position from one day until (not including) another.

    With `for_person_id` set the person stands in for that holder during leave.
    """

    __tablename__ = "holding"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="order"),
        Index("ix_holding_person", "person_id"),
        Index("ix_holding_position", "position_key"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_key: Mapped[str] = mapped_column(ForeignKey("position.key"))
    for_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class Role(Base):
    """A named set of permissions."""

    __tablename__ = "role"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")


class RolePermission(Base):
    """One permission of one role."""

    __tablename__ = "role_permission"

    role_key: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(80), primary_key=True)


class PersonRole(Base):
    """A role given to one person."""

    __tablename__ = "person_role"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role_key: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)


class PositionRole(Base):
    """A role that comes with a position."""

    __tablename__ = "position_role"

    position_key: Mapped[str] = mapped_column(ForeignKey("position.key"), primary_key=True)
    role_key: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)


class WorkCalendarRow(Base):
    """Weekly opening hours of the organisation, a unit or a kind of work.

    `weekly` maps `"0"` (Monday) … `"6"` to lists of `[opens, closes]` minutes of the day.
    """

    __tablename__ = "work_calendar"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    zone: Mapped[str] = mapped_column(String(60), default="Asia/Tehran")
    weekly: Mapped[dict[str, list[list[int]]]] = mapped_column(Json)
    day_minutes: Mapped[int] = mapped_column(Integer, default=480)
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)


class Holiday(Base):
    """A closed day. `estimated` marks lunar days that moon sighting may still move."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("calendar_key", "day", name="uq_holiday_day"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    calendar_key: Mapped[str] = mapped_column(ForeignKey("work_calendar.key"))
    day: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    estimated: Mapped[bool] = mapped_column(Boolean, default=False)
    seeded: Mapped[bool] = mapped_column(Boolean, default=False)
