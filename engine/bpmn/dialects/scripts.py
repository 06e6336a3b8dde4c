"""Scripts of other languages as our lines `name = expression`, where both mean the same."""

from __future__ import annotations

import re
from typing import Final

from engine.bpmn.dialects import python, texts
from kernel.expressions import ExpressionError, compile_script, limits

OURS: Final = "ravand"
_CURLY: Final = frozenset({"javascript", "ecmascript", "js", "groovy", "nashorn", "graal.js"})
_SET: Final = re.compile(
    r"""\s*execution\s*\.\s*setVariable\(\s*(["'])([^\W\d]\w*)\1\s*,(.*)\)""", re.DOTALL
)
_OWN: Final = (
    r"var|let|const|(?:final\s+)?(?:def|String|int|Integer|long|Long|double|Double|BigDecimal"
    r"|boolean|Boolean|List|Map)|final"
)
_ASSIGN: Final = re.compile(
    rf"\s*(?P<own>(?:{_OWN})\s+)?(?P<name>[^\W\d]\w*)\s*=(?!=)(?P<value>.*)", re.DOTALL
)
_TEXT: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_UNLIKE: Final = re.compile(r"(?<![=!<>])=(?!=)|\[|\{|===|=>|\+\+|--|\bnew\b|\bfunction\b")


class Unreadable(Exception):
    """The script is more than assignments that our language has. `args[0]` is the part."""


def lines(language: str, text: str, result: str = "") -> str:
    """The script in our language. `result` is the variable that takes a lone expression.

    Raises: Unreadable
    """
    if len(text) > limits.SCRIPT:
        raise Unreadable(text[:200])
    language = language.lower().strip()
    if language in ("feel", OURS, ""):
        found = f"{result} = {texts.feel_inner(text)}" if result else text
    elif language == "juel":
        found = f"{result} = {_curly_expression(texts.inner(text))}" if result else ""
    elif language in _CURLY:
        found = _curly(text, result)
    elif language in ("python", "jython"):
        found = _python(text, result)
    else:
        raise Unreadable(text)
    try:
        if not compile_script(found).lines:
            raise Unreadable(text)
    except ExpressionError:
        raise Unreadable(text) from None
    return found


def _python(text: str, result: str) -> str:
    try:
        if result:
            return f"{result} = {texts.feel_inner(python.expression(text))}"
        return "\n".join(f"{name} = {value}" for name, value in python.assignments(text))
    except python.Untranslatable as part:
        raise Unreadable(str(part)) from None


def _curly(text: str, result: str) -> str:
    """Lines of JavaScript or Groovy; the last one may be the result. What they declare stays
    their own."""
    statements = [one.strip().rstrip(";").strip() for one in text.splitlines()]
    statements = [one for one in statements if one and not one.startswith("//")]
    written: list[str] = []
    for number, statement in enumerate(statements, start=1):
        if found := _SET.fullmatch(statement):
            written.append(f"{found[2]} = {_curly_expression(found[3])}")
        elif found := _ASSIGN.fullmatch(statement):
            own = "let " if found["own"] else ""
            written.append(f"{own}{found['name']} = {_curly_expression(found['value'])}")
        elif result and number == len(statements):
            value = statement.removeprefix("return ")
            written.append(f"{result} = {_curly_expression(value)}")
        else:
            raise Unreadable(statement)
    return "\n".join(written)


def _curly_expression(text: str) -> str:
    """An expression that both languages read alike: no indices, no assignment inside."""
    bare = _TEXT.sub('""', text)
    if _UNLIKE.search(bare):
        raise Unreadable(text)
    return texts.starter(text.strip())
