"""What a dialect's words become here: one table for the reader, the tests and the page.

`docs/reference/dialects.md` is made from these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from engine.bpmn.dialects.sheet import Sheet

Fate = Literal["translated", "named", "refused"]

# Why a setting has no meaning here: keys of sentences, with the words of the reference page.
REASONS: Final[dict[str, str]] = {
    "durable": "every step is saved and every machine step retried anyway",
    "operations": "it concerns the other engine's operation, not the process",
    "remark": "it is a remark for people and tools",
    "tenant": "an installation serves one organisation",
    "starters": "permissions decide who may start a process",
    "assignee": "the assignee has the work already",
    "number": "only a plain number says whether work is urgent",
    "form": "Ravand's forms have no such part",
    "implied": "it is so in any case",
    "key": "a called process shares its caller's case",
    "own": "Ravand's own setting on the same element counts",
    "place": "it has no meaning on this element",
    "unknown": "Ravand does not know it",
}


@dataclass(frozen=True)
class Word:
    """One setting of another tool: `@name` is an attribute, a bare name an extension element.

    Attributes:
        becomes: what it is translated into, or why not, for the reference page.
        why: a named word's key of `REASONS`; a refused word's problem code.
        harmless: values with which it changes nothing, so that they are only named.
        carried: it moves data or work, so that it is refused where no translator reads it.
    """

    name: str
    fate: Fate
    becomes: str
    why: str = ""
    harmless: tuple[str, ...] = ()
    carried: bool = False


@dataclass(frozen=True)
class Dialect:
    """A tool's vocabulary. `translators` read what they understand from an element; the table
    says what becomes of the rest."""

    name: str
    prefix: str
    namespaces: tuple[str, ...]
    words: dict[str, Word]
    translators: dict[str, tuple[Callable[[Sheet], None], ...]]  # by BPMN tag

    def names(self, *, attributes: bool) -> list[str]:
        """The words that are attributes, or those that are elements, without their `@`."""
        return [word.lstrip("@") for word in self.words if (word[0] == "@") is attributes]


def translated(becomes: str, *names: str) -> list[Word]:
    """Words that a translator reads."""
    return [Word(name, "translated", becomes) for name in names]


def carried(becomes: str, *names: str) -> list[Word]:
    """Words that a translator reads, and that must not be lost on any other element."""
    return [Word(name, "translated", becomes, carried=True) for name in names]


def named(why: str, *names: str) -> list[Word]:
    """Words that have no meaning here; a note says so."""
    return [Word(name, "named", REASONS[why], why) for name in names]


def refused(code: str, becomes: str, *names: str, harmless: tuple[str, ...] = ()) -> list[Word]:
    """Words that cannot be left out without changing what happens."""
    return [Word(name, "refused", becomes, code, harmless) for name in names]


def table(*groups: list[Word]) -> dict[str, Word]:
    """The words by their names."""
    return {word.name: word for group in groups for word in group}
