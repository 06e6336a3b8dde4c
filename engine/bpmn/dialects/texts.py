"""Other tools' texts as our expressions: JUEL templates, FEEL, literals.

A text of ours is a literal unless it begins with `=` or is one `${…}`.
"""

from __future__ import annotations

import json
import re
from typing import Final

from kernel.expressions import ExpressionError, compile, is_expression

_PART: Final = re.compile(r"[$#]\{([^{}]*)\}")
_WHOLE: Final = re.compile(r"\s*[$#]\{([^{}]*)\}\s*")
_GET: Final = re.compile(
    r"""\b(?:execution|task|delegateTask)\s*\.\s*getVariable\(\s*(["'])([^\W\d]\w*)\1\s*\)"""
)
_LATER: Final = re.compile(
    r"\s*dateTime\(\)\.plus(Weeks|Days|Hours|Minutes)\((\d{1,6})\)(?:\.to(?:Date|String)\(\))?\s*"
)
# A variable of this name is the engine's own here: a record of who started the case.
RESERVED: Final = "initiator"
STARTER: Final = "initiator.username"
_STARTED: Final = re.compile(
    r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w.])initiator\b(?!\s*[.(\[:])"""
)
_UNITS: Final = {"Weeks": "P{}W", "Days": "P{}D", "Hours": "PT{}H", "Minutes": "PT{}M"}
_NAME: Final = re.compile(r"[^\W\d][\w\u200c]*")


def quoted(text: str) -> str:
    """A text as a literal inside an expression."""
    return json.dumps(text, ensure_ascii=False)


def literal(text: str) -> str:
    """A text that means itself, whatever it begins with."""
    return f"= {quoted(text)}" if is_expression(text) or text.lstrip().startswith("=") else text


def juel(text: str) -> str:
    """A JUEL text: a literal, `${…}`, or both mixed, which become one expression."""
    if "{" not in text:
        return literal(text)
    whole = _WHOLE.fullmatch(text)
    if whole:
        later = _LATER.fullmatch(whole[1])
        return _UNITS[later[1]].format(later[2]) if later else f"${{{inner(text)}}}"
    parts, end = [], 0
    for found in _PART.finditer(text):
        parts += [quoted(text[end : found.start()])] if found.start() > end else []
        parts.append(f"string({_plain(found[1])})")
        end = found.end()
    if not end:
        return text  # braces of another kind, `${{a: 1}}`: our own reader judges them
    parts += [quoted(text[end:])] if text[end:] else []
    return f"${{{' + '.join(parts)}}}"


def inner(text: str) -> str:
    """What stands inside of `${…}`, with the calls that only read a variable made names."""
    found = _WHOLE.fullmatch(text)
    return _plain(found[1]) if found else text


def _plain(text: str) -> str:
    return starter(_bare(text))


def _bare(text: str) -> str:
    return _GET.sub(lambda found: found[2], text).strip()


def starter(text: str) -> str:
    """An expression in which `initiator` is the user name, as Camunda's and Flowable's have it."""
    if RESERVED not in text:
        return text
    return _STARTED.sub(lambda one: STARTER if one[0] == RESERVED else one[0], text)


def is_name(text: str) -> bool:
    """Whether the text can name a variable."""
    return bool(_NAME.fullmatch(text))


def variable_of(text: str) -> str | None:
    """The variable when an expression is nothing but its name."""
    found = _WHOLE.fullmatch(text)
    bare = _bare(found[1]) if found else text.strip().removeprefix("=").strip()
    return bare if is_name(bare) and (found or text.strip().startswith("=")) else None


def feel_inner(text: str) -> str:
    """The expression after `=`."""
    return text.strip().removeprefix("=").strip()


def in_order(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Mappings of which later ones read what earlier ones gave, as Zeebe computes them: each
    such value is the last entry of a context that holds the earlier ones."""
    found: list[tuple[str, str]] = []
    earlier: list[tuple[str, str]] = []
    for target, text in pairs:
        known = {name for name, _ in earlier}
        reads = known.intersection(_names(text))
        entries = [*earlier, (target, text)] if reads else []
        written = ", ".join(f"{name}: {_value(one)}" for name, one in entries)
        found.append((target, f"= {{{written}}}.{target}" if reads else text))
        earlier = [pair for pair in earlier if pair[0] != target] + [(target, text)]
    return found


def _names(text: str) -> tuple[str, ...]:
    try:
        return compile(text).names if is_expression(text) else ()
    except ExpressionError:
        return ()  # whoever reads the expression says so


def _value(text: str) -> str:
    return feel_inner(text) if is_expression(text) else quoted(text)


def listed(text: str) -> list[str]:
    """The names of a list written with commas; one expression stays whole."""
    if is_expression(text) and text.strip()[0] == "=":
        return [text.strip()]
    names, level, current = [], 0, ""
    for letter in text:
        level += (letter in "({[") - (letter in ")}]")
        if letter == "," and level <= 0:
            names.append(current.strip())
            current = ""
        else:
            current += letter
    return [name for name in [*names, current.strip()] if name]
