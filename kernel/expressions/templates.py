"""Texts with gaps: `سلام {name}، {money(total)}`. A gap holds an expression; nothing else acts."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.expressions import limits
from kernel.expressions.api import Expression, compile_part
from kernel.expressions.compiler import CallInfo
from kernel.expressions.errors import ExpressionError
from kernel.expressions.formats import FORMATS, formats, shown
from kernel.expressions.run import TEHRAN, Functions, Run
from kernel.expressions.surfaces import gap_end

_NO_FUNCTIONS: Final[Functions] = {}


class Template:
    """A compiled text. `{{` and `}}` stand for braces; `names` and `calls` as in Expression."""

    def __init__(self, text: str) -> None:
        if len(text) > limits.TEMPLATE:
            raise ExpressionError(0, "expression.too-long", text[:200], limit=limits.TEMPLATE)
        self.text = text
        self.parts: tuple[str | Expression, ...] = tuple(_parts(text))
        gaps = [part for part in self.parts if isinstance(part, Expression)]
        self.names = tuple(dict.fromkeys(name for gap in gaps for name in gap.names))
        self.calls: tuple[CallInfo, ...] = tuple(call for gap in gaps for call in gap.calls)
        self.foreign = tuple(
            dict.fromkeys(n for gap in gaps for n in gap.foreign if n not in FORMATS)
        )

    def render(
        self,
        variables: Mapping[str, Any],
        *,
        locale: str = "fa",
        functions: Functions = _NO_FUNCTIONS,
        zone: ZoneInfo = TEHRAN,
        escape: Callable[[str], str] | None = None,
    ) -> str:
        """The text for these variables, in the digits, calendar and words of `locale`.

        `escape` is applied to what comes from the gaps only. Null shows as nothing.
        Raises: ExpressionError, and nothing else.
        """
        run = Run(variables, {**functions, **formats(locale, zone)}, zone)
        texts: list[str] = []
        size = 0
        for part in self.parts:
            if isinstance(part, Expression):
                text = self._gap(part, run, locale, zone)
                text = escape(text) if escape else text
            else:
                text = part
            size += len(text)
            if size > limits.RENDERED:
                raise ExpressionError(
                    0, "expression.text-too-long", self.text, limit=limits.RENDERED
                )
            texts.append(text)
        return "".join(texts)

    def _gap(self, gap: Expression, run: Run, locale: str, zone: ZoneInfo) -> str:
        value = gap.run(run)
        try:
            return shown(value, locale, zone)
        except ExpressionError as error:
            error.text = self.text
            raise
        except (ValueError, OverflowError):
            raise ExpressionError(0, "expression.out-of-calendar", self.text) from None


@lru_cache(maxsize=2048)
def compile_template(text: str) -> Template:
    """Read a text with gaps. Cached. Raises: ExpressionError with the position in the text."""
    return Template(text)


def _parts(text: str) -> list[str | Expression]:
    parts: list[str | Expression] = []
    literal: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character in "{}" and text[at : at + 2] == character * 2:
            literal.append(character)
            at += 2
        elif character == "{":
            end = gap_end(text, at + 1)
            parts += ("".join(literal), compile_part(text, at + 1, end, FORMATS))
            literal, at = [], end + 1
        elif character == "}":
            raise ExpressionError(at, "expression.unexpected", text, found="}")
        else:
            literal.append(character)
            at += 1
    return [part for part in [*parts, "".join(literal)] if part != ""]
