"""A problem that people can answer: what may be done about it, and what Ravand proposes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from engine.bpmn.model import Flow, Node, ProcessModel
from engine.mending.edits import Edit
from engine.preflight.upload import Upload
from engine.problems import Fact, Problem
from kernel.i18n import translate_code
from kernel.registry import Registry

# Gives None for a text that is accepted, else the code of what is wrong with it.
Judge: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True)
class Choice:
    """One way to answer. `edits` gives the changes for the text typed with it.

    `text` is what is proposed to be typed, None where nothing is; `options` the only texts.
    """

    key: str
    edits: Callable[[str], tuple[Edit, ...]]
    text: str | None = None
    options: tuple[str, ...] = ()
    judge: Judge | None = None
    facts: dict[str, Fact] = field(default_factory=dict, hash=False)

    def sentence(self) -> str:
        """What it does, in the current language."""
        return translate_code(f"choice.{self.key}", dict(self.facts))

    def wrong(self, text: str) -> str | None:
        """The code of what is wrong with a typed text."""
        if self.text is None:
            return None
        if not text.strip():
            return "fix.text-missing"
        if self.options and text not in self.options:
            return "fix.text-unknown"
        return self.judge(text) if self.judge else None


@dataclass(frozen=True)
class Question:
    """A problem with its choices; the first one is proposed."""

    problem: Problem
    choices: tuple[Choice, ...]

    @property
    def id(self) -> str:
        """What an answer names it by; the same after other answers."""
        return f"{self.problem.code}:{self.problem.file}:{self.problem.element_id}"

    @property
    def proposed(self) -> Choice:
        """The choice that is taken when everything proposed is accepted."""
        return self.choices[0]

    @property
    def blocking(self) -> bool:
        """Whether nothing is deployed before it is answered."""
        return self.problem.severity == "question"

    def choice(self, key: str) -> Choice | None:
        """The choice of that key."""
        return next((one for one in self.choices if one.key == key), None)


@dataclass(frozen=True)
class About:
    """What a question is about: the upload, and the element in its process."""

    upload: Upload
    problem: Problem
    model: ProcessModel | None = None
    element: Node | Flow | None = None


Maker: TypeAlias = Callable[[About], Iterator[Choice]]
makers: Final[Registry[Maker]] = Registry("questions")


def ask(upload: Upload, problems: tuple[Problem, ...]) -> tuple[Question, ...]:
    """A question for each problem that can be answered, in their order."""
    homes = {(model.file, model.key): model for model in upload.models}
    elements: dict[tuple[str, str], tuple[ProcessModel, Node | Flow]] = {}
    for model in upload.models:
        elements.update({(model.file, flow.id): (model, flow) for flow in model.flows.values()})
        elements.update({(model.file, node.id): (model, node) for node in model.nodes.values()})
    asked: dict[str, Question] = {}
    for problem in problems:
        if problem.code not in makers:
            continue
        place = problem.file, problem.element_id
        found = elements.get(place)
        about = (
            About(upload, problem, *found) if found else About(upload, problem, homes.get(place))
        )
        choices = tuple(makers[problem.code](about))
        if choices:
            question = Question(problem, choices)
            asked.setdefault(question.id, question)
    return tuple(asked.values())
