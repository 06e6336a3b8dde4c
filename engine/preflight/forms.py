"""Rules about the bundle's forms; what a form may say is `forms`' to judge."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

import forms
from engine.preflight.upload import Upload, rules
from engine.problems import Problem
from forms.errors import FormDefinitionInvalid


@rules.register("forms")
def forms_can_be_read(upload: Upload) -> Iterator[Problem]:
    """`forms/<key>.json` is JSON and keeps to the published subset: no remote `$ref`, no
    unknown keyword or widget."""
    for key, data in upload.bundle.forms.items():
        file = f"forms/{key}.json"
        try:
            read = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            facts: dict[str, str | int] = {"position": error.pos}
            yield Problem("file.not-json", file=file, line=error.lineno, facts=facts)
            continue
        if not isinstance(read, dict):
            yield Problem("file.not-json", file=file, line=1, facts={"position": 0})
            continue
        yield from _judged(key, read, file)


def _judged(key: str, data: dict[str, object], file: str) -> Iterator[Problem]:
    try:
        forms.parse_form(key, data)
    except FormDefinitionInvalid as error:
        for problem in error.problems:
            facts = {name: str(value)[:80] for name, value in problem.facts.items()}
            facts |= {"because": problem.message, "path": problem.path}
            yield Problem("form.invalid", file=file, facts=dict(facts))


@rules.register("forms-used")
def forms_are_used(upload: Upload) -> Iterator[Problem]:
    """A form that no step of the bundle shows is stored all the same."""
    if not upload.models:
        return
    used = {form.key for _, node in upload.every() for form in node.forms}
    for key in upload.bundle.forms:
        if key not in used:
            yield Problem("form.unused", file=f"forms/{key}.json", facts={"key": key})
