"""Fill in a work item's forms as a person would: what stands there, and what they type."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

import forms
from engine import answers
from engine.bpmn.model import Node
from engine.definitions import Definition, specs
from engine.tables import ProcessInstance, WorkItem
from kernel.types import JsonObject
from web.demo.answers import Situation, value_of

_TRIES = 3  # a filled-in field may ask for another one


def node_of(session: Session, item: WorkItem) -> tuple[Definition, Node]:
    """The step an item stands for."""
    definition = specs.get(session, item.definition_id)
    return definition, definition.model.nodes[item.element_id]


def by_form(
    session: Session, item: WorkItem, words: Mapping[str, Any], at: Situation
) -> dict[str, JsonObject]:
    """The answers of every form of an item.

    Fields start as on the page; what the demo's answers say goes over empty ones, and over all
    of this step's own; what is still missing and required gets any value that fits.
    """
    definition, node = node_of(session, item)
    variables = session.get_one(ProcessInstance, item.instance_id).variables
    return {
        form.key: _filled(form, variables, words, at)
        for form in answers.forms_of(session, definition, node)
    }


def _filled(
    form: forms.Form, variables: JsonObject, words: Mapping[str, Any], at: Situation
) -> JsonObject:
    values = forms.first_values(form, variables)
    for field in form.in_order():
        if field.key in words and not field.readonly:
            typed = value_of(words[field.key], at)
            if typed not in (None, ""):
                values[field.key] = typed
    for _ in range(_TRIES):
        try:
            forms.check(form, values, variables=variables)
        except forms.FormInvalid as refused:
            for key in {path.partition("[")[0] for path in refused.fields}:
                _mend(form, values, key, at.now)
        else:
            break
    return values


def _mend(form: forms.Form, values: JsonObject, key: str, now: datetime) -> None:
    """Take out what was refused, or put in what was missing."""
    if values.get(key) in (None, "", []):
        values[key] = _any_value(form, key, now)
    else:
        del values[key]


def _any_value(form: forms.Form, key: str, now: datetime) -> Any:
    field = form.field_at(key)
    schema = field.schema if field else {}
    if "oneOf" in schema:
        return schema["oneOf"][0]["const"]
    if schema.get("format") == "date":
        return now.date().isoformat()
    if schema.get("format") == "date-time":
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    plain = {"boolean": True, "integer": schema.get("minimum", 1), "number": 1, "array": []}
    return plain.get(schema.get("type", ""), "بررسی شد")
