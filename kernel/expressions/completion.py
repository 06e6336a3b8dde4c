"""What an editor offers while a designer writes: names, functions, fields, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from kernel.expressions import limits
from kernel.expressions.functions import BUILTINS, Builtin
from kernel.i18n import translate_code

Kind = Literal["variable", "function", "field", "word"]
_WORDS: Final = ("and", "or", "not", "in", "between", "if", "then", "else", "for", "return")
_MORE_WORDS: Final = ("some", "every", "satisfies", "instance of", "true", "false", "null", "empty")
_PATH: Final = re.compile(r"((?:[^\W\d][\w\u200c]*\.)*)([^\W\d][\w\u200c]*)?$")


@dataclass(frozen=True)
class Candidate:
    """One thing to offer. `insert` replaces the text from `start` to the cursor."""

    label: str
    kind: Kind
    signature: str
    doc: str
    insert: str
    start: int = 0


def completion(
    names: Mapping[str, str] | Iterable[str], functions: Mapping[str, str] | None = None
) -> list[Candidate]:
    """Everything there is: variables (and what they are), the caller's functions, ours."""
    told = names if isinstance(names, Mapping) else dict.fromkeys(names, "")
    found = [Candidate(name, "variable", name, doc, name) for name, doc in told.items()]
    for name, doc in (functions or {}).items():
        found.append(Candidate(name, "function", f"{name}(…)", doc, f"{name}("))
    found += [_function(name, BUILTINS[name]) for name in sorted(BUILTINS)]
    found += [Candidate(word, "word", word, "", f"{word} ") for word in (*_WORDS, *_MORE_WORDS)]
    return found


def complete(
    text: str,
    position: int,
    scope_schema: Mapping[str, Any],
    functions: Mapping[str, str] | None = None,
) -> list[Candidate]:
    """What fits at a place of a text: fields behind a dot, else everything that begins so.

    `scope_schema` is a JSON Schema whose `properties` are the variables.
    """
    before = text[: min(position, limits.SCRIPT)]
    if _in_text(before):
        return []
    match = _PATH.search(before[-200:])
    path, begun = (match[1], match[2] or "") if match else ("", "")
    start = position - len(begun)
    if path:
        inner = _walk(scope_schema, path.rstrip(".").split("."))
        offered = [
            Candidate(name, "field", name, doc, name) for name, doc in _fields(inner).items()
        ]
    else:
        offered = completion(_fields(scope_schema), functions)
    folded = begun.casefold()
    return [_at(one, start) for one in offered if one.label.casefold().startswith(folded)]


def _function(name: str, builtin: Builtin) -> Candidate:
    parameters = ", ".join(
        f"{p.name}{'?' if p.optional else '…' if p.repeated else ''}" for p in builtin.parameters
    )
    shown, value = builtin.examples[0]
    says = f"{builtin.says} {shown} = {value}"
    kind = translate_code(f"expression.kind.{builtin.result}", {})
    result = builtin.result if kind.startswith("expression.") else kind
    return Candidate(name, "function", f"{name}({parameters}) → {result}", says, f"{name}(")


def _in_text(before: str) -> bool:
    """Whether the cursor stands inside of a quoted text."""
    quote, at = "", 0
    while at < len(before):
        character = before[at]
        if quote and character == "\\":
            at += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        at += 1
    return bool(quote)


def _walk(schema: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(schema, Mapping):
            return {}
        schema = schema.get("items", schema) if schema.get("type") == "array" else schema
        properties = schema.get("properties")
        schema = properties.get(name, {}) if isinstance(properties, Mapping) else {}
    return schema


def _fields(schema: Any) -> dict[str, str]:
    if isinstance(schema, Mapping) and schema.get("type") == "array":
        schema = schema.get("items")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return {}
    return {str(name): _told(one) for name, one in properties.items()}


def _told(schema: Any) -> str:
    """What a field is, for people."""
    if not isinstance(schema, Mapping):
        return ""
    return str(schema.get("title") or schema.get("type") or "")


def _at(one: Candidate, start: int) -> Candidate:
    return Candidate(one.label, one.kind, one.signature, one.doc, one.insert, start)
