"""Which fields are asked, given what is answered so far: the schema's own if / then / else."""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.model import Field, Form
from kernel.types import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Effective:
    """The fields that are asked now, in the page's order, and those that must be answered."""

    fields: Mapping[str, Field]
    required: frozenset[str]


def effective(form: Form, values: JsonObject) -> Effective:
    """Resolve every condition with the validator itself, so page and server agree."""
    data = present(values)
    fields = {key: form.fields[key] for key in form.unconditional}
    required = set(form.required)
    for condition in form.conditions:
        branch = condition.then if condition.test.is_valid(data) else condition.otherwise
        fields.update(branch.fields)
        required |= branch.required
    for trigger, names in form.dependent.items():
        if trigger in data:
            required.update(names)
    if len(form.groups) == 1 and not form.conditions:
        order = form.groups[0].fields
    else:
        order = tuple(key for group in form.groups for key in group.fields)
    return Effective({k: fields[k] for k in order if k in fields}, frozenset(required))


def blank(value: JsonValue) -> bool:
    """Whether this counts as no answer."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def present(values: JsonObject) -> JsonObject:
    """The values without those that are no answers; conditions and `required` look at these."""
    return {key: value for key, value in values.items() if not blank(value)}
