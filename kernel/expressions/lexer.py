"""Characters to tokens. Digits may be Persian, names may be in any script."""

import re
from typing import Final, NamedTuple

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError

_TOKEN: Final = re.compile(
    r"""(?P<number>\d+(?:\.\d+)?|(?<![\w)\]}])\.\d+)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[^\W\d][\w\u200c]*)
      | (?P<mark>\*\*|&&|\|\||==|!=|<=|>=|\.\.|[-+*/%<>=!?:.,()\[\]{}@;])""",
    re.VERBOSE | re.DOTALL,
)
_SPACE: Final = re.compile(r"\s*")
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


class Token(NamedTuple):
    """`kind` is number, text, name, mark or end; `at` is its position in the source."""

    kind: str
    value: str
    at: int


def tokens(source: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `source[start:end]`, closed by one of kind `end`."""
    stop = len(source) if end is None else end
    if stop - start > limits.SOURCE:
        raise ExpressionError(start, "expression.too-long", limit=limits.SOURCE)
    found: list[Token] = []
    at = start
    while True:
        at = _skip(source, at, stop)
        if at >= stop:
            break
        token = next_token(source, at, stop)
        found.append(token)
        at += len(token.value)
    found.append(Token("end", "", stop))
    return found


def next_token(source: str, at: int, stop: int) -> Token:
    """The token that begins at `at`."""
    match = _TOKEN.match(source, at, stop)
    if match is None:
        raise ExpressionError(at, "expression.unexpected", found=source[at])
    kind = match.lastgroup or ""
    return Token(kind, match.group(), at)


def text_of(literal: str) -> str:
    """What a quoted literal says, escapes resolved."""
    return _ESCAPE.sub(_unescape, literal[1:-1])


def _unescape(match: re.Match[str]) -> str:
    what = match.group(1)
    if len(what) == 5:
        code = int(what[1:], 16)
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
    return _ESCAPES.get(what, what)


def _skip(source: str, at: int, stop: int) -> int:
    match = _SPACE.match(source, at, stop)
    return match.end() if match else at
