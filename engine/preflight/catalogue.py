"""What exists in this installation, for a diagram to refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from engine import decisions
from engine.connectors import connectors
from engine.definitions import specs
from engine.settings import settings
from engine.tables import ProcessDefinition
from kernel.text import joined_key
from people import directory
from people.chart import Directory


def _none(key: str, channel: str) -> bool:
    return False


@dataclass(frozen=True)
class Catalogue:
    """Keys of everything a diagram may name.

    `has_template` answers for (key, channel); `processes` are the deployed keys with the
    keys that each of them calls; `named` gives (kind, key) of the position, unit or role that
    people call so, by `joined_key` of its name.
    """

    positions: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    connectors: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    processes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    has_template: Callable[[str, str], bool] = _none
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def gather(session: Session, installed: frozenset[str]) -> Catalogue:
    """The catalogue of this installation, as this transaction sees it."""
    chart = directory.of(session)
    ports = settings()
    templates = ports.templates
    stored_forms = table("form", column("key"))
    return Catalogue(
        positions=frozenset(chart.positions),
        units=frozenset(chart.units),
        roles=frozenset(chart.roles),
        persons=frozenset(one.username for one in chart.persons.values()),
        channels=ports.channels() if ports.channels else frozenset(),
        connectors=installed,
        forms=frozenset(session.scalars(select(stored_forms.c.key).distinct())),
        decisions=decisions.deployed(session),
        processes=_deployed(session),
        has_template=_none
        if templates is None
        else lambda key, channel: templates(session, key, channel),
        named=_names(chart),
    )


def _names(chart: Directory) -> dict[str, tuple[str, str]]:
    """Roles, units and positions by their names in both languages; positions win."""
    kinds = (("role", chart.roles), ("unit", chart.units), ("position", chart.positions))
    return {
        joined_key(text): (kind, card.key)
        for kind, cards in kinds
        for card in cards.values()
        for text in (card.key, card.name, card.name_en)
        if text
    }


def catalogue_of(session: Session) -> Catalogue:
    """The same, with the connectors that are registered."""
    return gather(session, frozenset(connectors))


def _deployed(session: Session) -> dict[str, frozenset[str]]:
    """Every deployed process with what its newest version calls."""
    rows = session.execute(
        select(ProcessDefinition.key, ProcessDefinition.id).order_by(ProcessDefinition.version)
    )
    newest = {row.key: row.id for row in rows}
    return {key: specs.get(session, one).model.called for key, one in newest.items()}
