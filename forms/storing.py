"""Forms in the database: kept at deploy, found by binding, read once per process."""

from functools import lru_cache
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.errors import FormUnknown
from forms.model import Form
from forms.parsing import parse_form
from forms.tables import StoredForm
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork


def store(uow: UnitOfWork, deployment_id: UUID, key: str, data: JsonObject) -> Form:
    """Keep a form of a deployment.

    Raises: FormDefinitionInvalid; nothing is stored then.
    """
    form = parse_form(key, data)
    latest = uow.session.scalars(
        select(StoredForm).where(StoredForm.key == key).order_by(StoredForm.version.desc()).limit(1)
    ).first()
    version = 1
    if latest is not None:
        version = latest.version if _same(latest.data, data) else latest.version + 1
    row = StoredForm(
        id=new_id(), key=key, version=version, deployment_id=deployment_id, data=form.data
    )
    uow.session.add(row)
    uow.session.flush()
    return parse_form(key, data, form_id=row.id, version=version)


def load(session: Session, form_id: UUID) -> Form:
    """The form; from memory when this process has read it before, as a form never changes.

    Raises: FormUnknown.
    """
    found = _read_before(form_id)
    if found.form is None:
        row = session.get(StoredForm, form_id)
        if row is None:
            raise FormUnknown(id=str(form_id))
        found.form = parse_form(row.key, row.data, form_id=row.id, version=row.version)
    return found.form


def find(
    session: Session, key: str, *, deployment_id: UUID | None = None, version: int | None = None
) -> Form:
    """The form a model means: of its own deployment, of a version, or the newest.

    Raises: FormUnknown.
    """
    query = select(StoredForm.id).where(StoredForm.key == key)
    if deployment_id is not None:
        query = query.where(StoredForm.deployment_id == deployment_id)
    if version is not None:
        query = query.where(StoredForm.version == version)
    # Ids sort by time, so among equal versions the newest deployment's comes first.
    order = (StoredForm.version.desc(), StoredForm.id.desc())
    form_id = session.scalars(query.order_by(*order).limit(1)).first()
    if form_id is None:
        raise FormUnknown(key=key)
    return load(session, form_id)


class _Slot:
    """A place in the cache; the form is put there by whoever needs it first."""

    __slots__ = ("form",)

    def __init__(self) -> None:
        self.form: Form | None = None


@lru_cache(maxsize=500)
def _read_before(_form_id: UUID) -> _Slot:
    return _Slot()


def _same(first: JsonObject, second: JsonObject) -> bool:
    option = orjson.OPT_SORT_KEYS
    return orjson.dumps(first, option=option) == orjson.dumps(second, option=option)
