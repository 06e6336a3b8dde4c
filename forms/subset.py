"""The published meta-schema of what a form file may say, and its complaints in plain words."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from forms.errors import FormProblem
from forms.validation import Finding, Validator, plain_validator
from kernel.types import JsonObject, JsonValue

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_MESSAGES = {
    "required": "“%(word)s” is missing.",
    "additionalProperties": "“%(word)s” is not supported here.",
    "unevaluatedProperties": "“%(word)s” is not supported here.",
    "enum": "Only one of these is supported: %(limit)s.",
    "const": "Only %(limit)s is supported.",
    "type": "This must be of type %(limit)s.",
    "pattern": "“%(word)s” is not written as expected.",
    "minLength": "A text is missing.",
    "minItems": "At least %(limit)s are needed.",
    "minProperties": "At least %(limit)s are needed.",
    "uniqueItems": "One of these stands there twice.",
}
_OTHERS = "“%(word)s” is outside the limits (%(limit)s)."


@cache
def meta_schema() -> JsonObject:
    """`forms/subset.json`: what a form file may say, for editors and for other programs."""
    schema: JsonObject = json.loads((Path(__file__).parent / "subset.json").read_text("utf-8"))
    return schema


@cache
def _validator() -> Validator:
    return plain_validator(meta_schema())


def problems(data: JsonValue) -> list[FormProblem]:
    """Everything in the file that the meta-schema does not take, each place once."""
    found: dict[tuple[str, str], FormProblem] = {}
    for error in _validator().iter_errors(data):
        for problem in _explain(error):
            found.setdefault((problem.path, str(problem.facts.get("word"))), problem)
    return list(found.values())


def _explain(error: Finding) -> Iterator[FormProblem]:
    keyword = str(error.validator)
    place = [*error.absolute_path]
    message = _MESSAGES.get(keyword, _OTHERS)
    if keyword in ("required", "additionalProperties", "unevaluatedProperties"):
        for word in _words(error):
            path = place if keyword == "required" else [*place, word]
            yield FormProblem(path_text(path), message, {"word": word})
        return
    limit = error.validator_value
    if isinstance(limit, list):
        limit = ", ".join(str(v) for v in limit)
    facts = {"word": str(error.instance)[:60], "limit": str(limit)[:200]}
    yield FormProblem(path_text(place), message, facts)


def _words(error: Finding) -> list[str]:
    """The words missing or too many."""
    if error.validator == "required":
        return [w for w in error.validator_value if w not in error.instance]
    known = error.schema.get("properties", {})
    if error.validator == "unevaluatedProperties":
        known = {**known, **meta_schema()["$defs"]["uiCell"]["properties"]}
    return [str(w) for w in error.instance if w not in known] or ["?"]


def path_text(path: Iterable[str | int]) -> str:
    """`schema.properties.kind.oneOf[0].title`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}"
        else:
            text += f".{part[:60]!r}"
    return text.removeprefix(".")
