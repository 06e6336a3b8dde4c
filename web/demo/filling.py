"""Fill in a work item's forms as a person would: what stands there, and what they type."""

from sqlalchemy.orm import Session

import forms
from engine import answers
from engine.definitions import specs
from engine.tables import ProcessInstance, WorkItem
from kernel.types import JsonObject


def by_form(session: Session, item: WorkItem, typed: JsonObject) -> dict[str, JsonObject]:
    """The answers of every form of an item.

    Fields start with the case's variables, as on the page; what is typed goes over them.
    """
    definition = specs.get(session, item.definition_id)
    node = definition.model.nodes[item.element_id]
    instance = session.get_one(ProcessInstance, item.instance_id)
    filled: dict[str, JsonObject] = {}
    for key, form_id in answers.form_ids(session, definition, node).items():
        form = answers.form_of(session, form_id)
        own = {name: value for name, value in typed.items() if name in form.fields}
        filled[key] = {**forms.first_values(form, instance.variables), **own}
    return filled
