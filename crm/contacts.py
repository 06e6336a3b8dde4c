"""Keep contacts: add, change, relate, and write in their file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

import notifiers
from crm import tables
from crm.errors import ContactErased, ContactExists, ContactInvalid, ContactUnknown, RelationInvalid
from crm.lengths import cut, too_long
from crm.vocabulary import KINDS, RELATIONS, ROLES
from kernel import identity, phone, text
from kernel.errors import AppError
from kernel.i18n import gettext as _
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import Actor

EDIT = "contact.edit"


@dataclass(frozen=True)
class ContactData:
    """A contact's particulars as somebody typed them; empty means unknown.

    Attributes:
        phones: in any usual form; the first is the main one.
        details: free facts of a role, such as a caregiver's `skills` and `areas`.
    """

    name: str
    kind: str = "natural"
    title: str = ""
    name_en: str = ""
    gender: str = ""
    birth_date: date | None = None
    melli_code: str = ""
    legal_id: str = ""
    city: str = ""
    area: str = ""
    address: str = ""
    postal_code: str = ""
    email: str = ""
    locale: str = "fa"
    phones: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    details: JsonObject = field(default_factory=dict)


_PLAIN = (
    "kind",
    "title",
    "name_en",
    "gender",
    "birth_date",
    "city",
    "area",
    "address",
    "postal_code",
    "locale",
)


def add_contact(uow: UnitOfWork, data: ContactData, *, by: Actor) -> tables.Contact:
    """Open a file.

    Raises:
        ContactInvalid: `fields` names every particular that cannot be accepted.
        ContactExists: the national or legal id is another contact's.
    """
    by.require(EDIT)
    contact = tables.Contact(created_at=uow.now, created_by=by.name, details={})
    _fill(uow, contact, data)
    uow.session.add(contact)
    uow.session.flush()
    set_phones(uow, contact.id, data.phones)
    add_roles(uow, contact.id, data.roles)
    return contact


def change_contact(
    uow: UnitOfWork, contact_id: UUID, data: ContactData, *, by: Actor
) -> tables.Contact:
    """Replace a contact's particulars by `data`; roles are added, never taken.

    Raises: ContactUnknown, ContactErased, and as `add_contact`.
    """
    by.require(EDIT)
    contact = _not_erased(get(uow, contact_id))
    _fill(uow, contact, data)
    uow.session.flush()
    set_phones(uow, contact_id, data.phones)
    add_roles(uow, contact_id, data.roles)
    return contact


def current_data(uow: UnitOfWork, contact: tables.Contact) -> ContactData:
    """What is stored, in the shape in which it is changed."""
    phones = uow.session.scalars(
        select(tables.ContactPhone.number)
        .where(tables.ContactPhone.contact_id == contact.id)
        .order_by(tables.ContactPhone.rank)
    )
    plain: dict[str, Any] = {name: getattr(contact, name) for name in _PLAIN}
    return ContactData(
        name=contact.name,
        melli_code=contact.melli_code or "",
        legal_id=contact.legal_id or "",
        email=contact.email or "",
        phones=tuple(phones),
        details=contact.details,
        **plain,
    )


def get(uow: UnitOfWork, contact_id: UUID) -> tables.Contact:
    """Raises: ContactUnknown"""
    contact = uow.session.get(tables.Contact, contact_id)
    if contact is None:
        raise ContactUnknown(contact=str(contact_id))
    return contact


def _not_erased(contact: tables.Contact) -> tables.Contact:
    if contact.erased_at is not None:
        raise ContactErased(contact=str(contact.id))
    return contact


def set_phones(uow: UnitOfWork, contact_id: UUID, numbers: Iterable[str]) -> None:
    """Make these the contact's numbers, the main one first; they were checked before."""
    wanted = list(dict.fromkeys(phone.normalise(one) for one in numbers if one.strip()))
    rows = uow.session.scalars(
        select(tables.ContactPhone).where(tables.ContactPhone.contact_id == contact_id)
    )
    for row in rows:
        if row.number not in wanted:
            uow.session.delete(row)
    for rank, number in enumerate(wanted):
        uow.session.merge(
            tables.ContactPhone(
                contact_id=contact_id,
                number=number,
                rank=rank,
                label="mobile" if number.startswith("+989") else "home",
            )
        )
    uow.session.flush()


def add_roles(uow: UnitOfWork, contact_id: UUID, roles: Iterable[str]) -> None:
    """Let a contact play more parts; those played already stay."""
    for role in roles:
        if role not in ROLES:
            raise ContactInvalid(fields={"roles": _("Choose one of the list.")})
        uow.session.merge(tables.ContactRole(contact_id=contact_id, role=role))
    uow.session.flush()


def relate(
    uow: UnitOfWork, contact_id: UUID, other_id: UUID, kind: str, *, by: Actor
) -> tables.ContactRelation:
    """Say that one contact is another's child, spouse, …: the subscriber to the patient.

    Raises: RelationInvalid, ContactUnknown
    """
    by.require(EDIT)
    if contact_id == other_id or kind not in RELATIONS:
        raise RelationInvalid(kind=kind)
    get(uow, contact_id), get(uow, other_id)
    return uow.session.merge(
        tables.ContactRelation(contact_id=contact_id, other_id=other_id, kind=kind)
    )


def log(
    uow: UnitOfWork,
    contact_id: UUID,
    line: str,
    *,
    kind: str = "note",
    instance_id: UUID | None = None,
    by: Actor,
) -> tables.ContactLog:
    """Write a line in a contact's file.

    Raises: ContactUnknown, ContactErased, ContactInvalid (an empty line)
    """
    by.require(EDIT)
    _not_erased(get(uow, contact_id))
    if not line.strip():
        raise ContactInvalid(fields={"text": _("Write the text.")})
    row = tables.ContactLog(
        contact_id=contact_id,
        at=uow.now,
        kind=kind,
        text=text.clean(line),
        instance_id=instance_id,
        by_id=by.person_id,
        by=by.name,
    )
    uow.session.add(row)
    return row


def set_opt_out(uow: UnitOfWork, contact_id: UUID, opted_out: bool, *, by: Actor) -> tables.Contact:
    """Send a contact's numbers no more texts, save those a diagram marks `always`; or again."""
    by.require(EDIT)
    contact = _not_erased(get(uow, contact_id))
    contact.opt_out = opted_out
    for number in current_data(uow, contact).phones:
        if opted_out:
            notifiers.opt_out(uow, "sms", number, reason=f"contact:{contact_id}")
        else:
            notifiers.opt_in(uow, "sms", number)
    return contact


def _fill(uow: UnitOfWork, contact: tables.Contact, data: ContactData) -> None:
    checked = _checked(data)
    for column in ("melli_code", "legal_id"):
        _require_unique(uow, contact, column, checked[column])
        setattr(contact, column, checked[column])
    for name in _PLAIN:
        value = getattr(data, name)
        setattr(contact, name, text.clean(value) if isinstance(value, str) else value)
    contact.name = text.clean(data.name)
    contact.email = data.email.strip() or None
    contact.details = dict(data.details)
    family = contact.name.rpartition(" ")[2] if data.kind == "natural" else contact.name
    order = text.sort_key(f"{family} {contact.name}")
    contact.sort_key = cut(tables.Contact, "sort_key", order)
    words = f"{contact.name} {data.name_en} {checked['melli_code'] or ''} {data.city} {data.area}"
    contact.search_key = cut(tables.Contact, "search_key", text.search_key(words))


def _checked(data: ContactData) -> Mapping[str, str | None]:
    """The ids in their stored form.

    Raises: ContactInvalid, with every wrong field at once.
    """
    wrong = too_long(tables.Contact, data, (*_PLAIN, "name", "email"))
    if not data.name.strip():
        wrong["name"] = _("Write the name.")
    if data.kind not in KINDS:
        wrong["kind"] = _("Choose one of the list.")
    for number in data.phones:
        if number.strip():
            try:
                phone.normalise(number)
            except AppError as error:
                wrong["phones"] = error.sentence()
    checked: dict[str, str | None] = {"melli_code": None, "legal_id": None}
    for column, check in (("melli_code", identity.melli_code), ("legal_id", identity.legal_id)):
        typed = getattr(data, column)
        if typed.strip():
            try:
                checked[column] = check(typed)
            except AppError as error:
                wrong[column] = error.sentence()
    if wrong:
        raise ContactInvalid(fields=wrong)
    return checked


def _require_unique(
    uow: UnitOfWork, contact: tables.Contact, column: str, value: str | None
) -> None:
    if value is None:
        return
    with uow.session.no_autoflush:
        other = uow.session.scalar(
            select(tables.Contact).where(getattr(tables.Contact, column) == value)
        )
    if other is not None and other is not contact:
        raise ContactExists(contact=str(other.id), name=other.name)
