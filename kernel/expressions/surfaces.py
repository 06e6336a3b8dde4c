"""Where JUEL's gaps stand in a text: `${…}` and `#{…}`, alone or between other characters."""

import re
from typing import Final

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.lexer import next_token

_GAP: Final = re.compile(r"(?<!\\)[$#]\{")


def juel_pieces(text: str) -> list[str | tuple[int, int]]:
    """The texts between the gaps, and start and end of what stands in each gap.

    Space around a gap that is alone says nothing. `\\${` is plain text.
    """
    pieces: list[str | tuple[int, int]] = []
    done = 0
    while (match := _GAP.search(text, done)) is not None:
        end = gap_end(text, match.end())
        pieces += (_plain(text[done : match.start()]), (match.end(), end))
        done = end + 1
    pieces.append(_plain(text[done:]))
    gaps = [piece for piece in pieces if not isinstance(piece, str)]
    if len(gaps) == 1 and all(not p.strip() for p in pieces if isinstance(p, str)):
        return [gaps[0]]
    return [piece for piece in pieces if piece != ""]


def gap_end(text: str, start: int) -> int:
    """The place of the brace that closes the gap; braces of contexts and in texts are passed."""
    level, at = 0, start
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if text[at] == "}" and level == 0:
            return at
        try:
            token = next_token(text, at, len(text))
        except ExpressionError as error:
            error.text = text
            raise
        level += (token.value == "{") - (token.value == "}")
        if level > limits.DEPTH:
            raise ExpressionError(at, "expression.too-deep", text, limit=limits.DEPTH)
        at += len(token.value)
    raise ExpressionError(start, "expression.open-gap", text)


def _plain(text: str) -> str:
    return text.replace("\\${", "${").replace("\\#{", "#{")
