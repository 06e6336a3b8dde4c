"""Forms at run time: which ones a step shows, and what a person's answers become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from engine.bpmn.model import FormRef, Node, Outcome
from engine.definitions import Definition
from engine.errors import OutcomeMissing, ReasonMissing
from forms import checking, storing
from forms.errors import FormInvalid
from forms.model import Form
from kernel.files import StoredFile
from kernel.types import JsonObject

Answers = Mapping[str, JsonObject]
Reader = Callable[[Definition, Node, JsonObject], Answers]


def forms_of(session: Session, definition: Definition, node: Node) -> list[Form]:
    """The forms of a step, in the designer's order: its own deployment's, or the newest."""
    return [_form(session, definition, ref) for ref in node.forms]


def form_ids(session: Session, definition: Definition, node: Node) -> dict[str, UUID]:
    """The forms of a step by key, in the designer's order."""
    return {form.key: form.id for form in forms_of(session, definition, node) if form.id}


def form_of(session: Session, form_id: UUID) -> Form:
    """A stored form; parsed once, as a form of one id never changes."""
    return storing.load(session, form_id)


def _form(session: Session, definition: Definition, ref: FormRef) -> Form:
    own = definition.form_ids.get(ref.key)
    if own is not None and ref.binding == "deployment":
        return storing.load(session, UUID(own))
    return storing.find(session, ref.key, version=ref.version)


def check(
    session: Session,
    definition: Definition,
    node: Node,
    answers: Answers,
    outcome: Outcome | None,
    variables: JsonObject,
    scopes: frozenset[str],
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    """The checked values by form, and the ids of the forms that checked them.

    Args:
        scopes: what an answered file may hang on; the file of another case is refused.

    Raises: FormInvalid naming every bad field; nothing was changed.
    """
    known = partial(_known_file, session, scopes)
    optional = _optional(node, outcome)
    values: dict[str, JsonObject] = {}
    used: dict[str, str] = {}
    for form in forms_of(session, definition, node):
        given = answers.get(form.key, {})
        try:
            values[form.key] = checking.check(form, given, variables=variables, known_file=known)
        except FormInvalid:
            if not optional:
                raise
            continue
        used[form.key] = str(form.id)
    return values, used


def files_in(
    session: Session, definition: Definition, node: Node, values: Mapping[str, JsonObject]
) -> list[str]:
    """The ids of all files among checked values."""
    return [
        str(file_id)
        for form in forms_of(session, definition, node)
        for _path, _field, file_id in checking.file_values(form, values.get(form.key, {}))
    ]


def _known_file(session: Session, scopes: frozenset[str], file_id: str) -> bool:
    """Whether the answered file exists and was left for this very case."""
    try:
        stored = session.get(StoredFile, UUID(file_id))
    except ValueError:
        return False
    return stored is not None and stored.scope in scopes


def _optional(node: Node, outcome: Outcome | None) -> bool:
    """When only some outcomes ask for the form, the others take it as far as it is right.

    Somebody who declines a step must not have to complete a form that was filled in halfway.
    """
    asked = any(one.requires == "form" for one in node.outcomes)
    return asked and not (outcome is not None and outcome.requires == "form")


def outcome_of(node: Node, key: str | None, reason: str | None) -> Outcome | None:
    """The outcome that was chosen; a step with one outcome needs no choice.

    Raises: OutcomeMissing, ReasonMissing
    """
    if not node.outcomes:
        return None
    only = node.outcomes[0] if key is None and len(node.outcomes) == 1 else None
    chosen = only or next((one for one in node.outcomes if one.key == key), None)
    if chosen is None:
        raise OutcomeMissing(step=node.name or node.id, outcome=key or "")
    if chosen.requires == "reason" and not (reason or "").strip():
        raise ReasonMissing(outcome=chosen.fa)
    return chosen
