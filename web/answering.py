"""The forms of one step on one page: drawn, read back, judged, kept as a draft.

Several forms stand one above the other; every input is named after its form (`agreement.months`),
so that they never mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

import forms
from engine import answers as engine_answers
from engine.bpmn.model import Node
from engine.definitions import Definition
from forms.asking import FileLink
from forms.errors import FormInvalid
from forms.reading import Entry
from kernel import files
from kernel.types import JsonObject
from kernel.uow import unit_of_work


@dataclass(frozen=True)
class Asked:
    """One form of the step."""

    key: str
    form: forms.Form

    @property
    def prefix(self) -> str:
        """Before every input's name."""
        return f"{self.key}."


@dataclass(frozen=True)
class Filled:
    """What stands in the forms of a page, right or wrong."""

    asked: list[Asked]
    entries: Mapping[str, Entry]
    variables: Mapping[str, Any]
    errors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def again(self) -> bool:
        """Nothing was sent off: a row was added, or Enter was pressed in a field."""
        return any(entry.again for entry in self.entries.values())

    @property
    def answers(self) -> dict[str, JsonObject]:
        """By form key, as the engine's verbs want them."""
        return {key: entry.values for key, entry in self.entries.items()}

    def to_draft(self) -> JsonObject:
        """For `forms.save_draft`."""
        return {key: entry.to_json() for key, entry in self.entries.items()}


def forms_of(session: Session, definition: Definition, node: Node) -> list[Asked]:
    """The forms of a step, in the designer's order; parsed ones are kept in memory."""
    ids = engine_answers.form_ids(session, definition, node)
    return [Asked(key, engine_answers.form_of(session, form_id)) for key, form_id in ids.items()]


def fresh(
    asked: list[Asked], variables: Mapping[str, Any], draft: JsonObject | None = None
) -> Filled:
    """What the page starts with: the draft, else what the case knows already."""
    entries = {}
    for one in asked:
        kept = (draft or {}).get(one.key)
        if isinstance(kept, dict):
            entries[one.key] = Entry.from_json(kept)
        else:
            entries[one.key] = Entry(forms.first_values(one.form, variables))
    return Filled(asked, entries, variables)


def read(
    asked: list[Asked],
    variables: Mapping[str, Any],
    *,
    files: Mapping[str, list[str]] | None = None,
) -> Filled:
    """What the request carries.

    Args:
        files: ids of the uploaded files, as `store_files` gives them.
    """
    kept = files or {}
    return Filled(
        asked,
        {
            one.key: forms.read(
                one.form, request.form, kept, prefix=one.prefix, variables=variables
            )
            for one in asked
        },
        variables,
    )


def judged(filled: Filled, refused: FormInvalid) -> Filled:
    """The same with what is wrong in each form.

    Args:
        refused: what the engine found first; some of it only it can know, such as whose a file is.
    """
    wrong: dict[str, Mapping[str, str]] = {}
    for one in filled.asked:
        try:
            forms.check(one.form, filled.entries[one.key].values, variables=filled.variables)
        except FormInvalid as error:
            wrong[one.key] = error.fields
    if not wrong:
        place = next((o for o in filled.asked if all(map(o.form.field_at, refused.fields))), None)
        wrong = {place.key: refused.fields} if place else {}
    return replace(filled, errors=wrong)


def draw(session: Session, filled: Filled, rerender: str = "") -> list[Markup]:
    """Each form as HTML; `rerender` is the endpoint address for conditional fields."""
    return [
        draw_one(session, filled, one, f"{rerender}/{one.key}" if rerender else "")
        for one in filled.asked
    ]


def draw_one(session: Session, filled: Filled, one: Asked, rerender: str = "") -> Markup:
    """One form as HTML."""
    return forms.render(
        one.form,
        filled.entries[one.key],
        errors=filled.errors.get(one.key),
        prefix=one.prefix,
        variables=filled.variables,
        rerender_url=rerender,
        files=lambda file_id: file_link(session, file_id),
        summary=False,
    )


def summary(filled: Filled) -> Markup:
    """One list of everything to be mended on the page."""
    return forms.render_summary(
        [(one.form, filled.errors.get(one.key, {}), one.prefix) for one in filled.asked]
    )


def typed(filled: Filled) -> list[tuple[str, str]]:
    """Label and text of everything that was typed or chosen, as far as it is text."""
    said = []
    for one in filled.asked:
        for path, text in filled.entries[one.key].raw.items():
            known = one.form.field_at(path)
            words = {str(o.value): str(o.label) for o in known.options} if known else {}
            if text.strip():
                said.append((str(known.label) if known else path, words.get(text, text)))
    return said


def file_link(session: Session, file_id: str) -> FileLink | None:
    """Name, size and address of a stored file."""
    try:
        stored = session.get(files.StoredFile, UUID(file_id))
    except ValueError:
        return None
    if stored is None:
        return None
    return FileLink(stored.name, stored.size, url_for("files.download", file_id=stored.id))


def carries_files() -> bool:
    """Whether the request brings files along."""
    return bool(request.files) and bool(_uploads())


def _uploads() -> list[tuple[str, FileStorage]]:
    return [
        (name, upload)
        for name in request.files
        for upload in request.files.getlist(name)
        if upload.filename
    ]


def store_files(scope: str) -> dict[str, list[str]]:
    """Keep what was uploaded, whatever the form is worth: a refused form loses no file.

    Returns:
        Ids by the name of the input.
    """
    sent = _uploads()
    kept: dict[str, list[str]] = {}
    if not sent:
        return kept
    taken = [
        (
            name,
            files.store().take(
                upload.stream,
                name=upload.filename or "file",
                content_type=upload.mimetype or "application/octet-stream",
                scope=scope,
            ),
        )
        for name, upload in sent
    ]
    for name, stored in taken:
        kept.setdefault(name, []).append(str(stored.id))
    with unit_of_work() as uow:
        uow.session.add_all([stored for _name, stored in taken])
    return kept
