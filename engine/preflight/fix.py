"""Answers become edits of the bundle's files. Pure: bundle in, bundle out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.bundle import Bundle
from engine.mending.edits import AddFile, Declare, DiagramEdit, Edit
from engine.mending.write import EditsContradict, apply
from engine.preflight.judging import MAX_TEXT
from engine.preflight.questions import Question
from kernel.errors import Invalid
from kernel.i18n import translate_code


@dataclass(frozen=True)
class Answer:
    """The choice's key, and the text typed with it (None: the proposed one)."""

    choice: str
    text: str | None = None


@dataclass(frozen=True)
class Wrong:
    """Why one answer was refused."""

    question: str
    code: str
    text: str = ""
    element: str = ""

    def sentence(self) -> str:
        """In the current language."""
        return translate_code(self.code, {"text": self.text[:80], "element": self.element})


class AnswersRefused(Invalid):
    """Nothing was changed; `wrong` says why, by question."""

    code: ClassVar[str] = "fix.refused"

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__(first=wrong[0].sentence())
        self.wrong = wrong


def proposals(questions: Iterable[Question], *, all_of_them: bool = True) -> dict[str, Answer]:
    """Everything that is proposed; without `all_of_them` only what stops the deployment."""
    return {one.id: Answer(one.proposed.key) for one in questions if all_of_them or one.blocking}


def fix(bundle: Bundle, questions: Iterable[Question], answers: Mapping[str, Answer]) -> Bundle:
    """The bundle with the answers in its files; other files and places stay as they are.

    Raises: AnswersRefused for an answer to nothing, an unknown choice, a text that cannot be
    accepted, and answers that want different things of one place.
    """
    asked = {one.id: one for one in questions}
    wrong = [found for key, answer in answers.items() if (found := _judged(asked, key, answer))]
    if wrong:
        raise AnswersRefused(tuple(wrong))
    files = dict(bundle.files)
    changes: dict[str, list[tuple[str, DiagramEdit]]] = {}
    for key, answer in answers.items():
        for edit in _edits(asked[key], answer):
            if isinstance(edit, AddFile):
                files[edit.path] = edit.data
            else:
                changes.setdefault(asked[key].problem.file, []).append((key, edit))
    for path, edits in changes.items():
        files[path] = _changed(files[path], edits)
    return Bundle(files, bundle.name)


def _edits(question: Question, answer: Answer) -> tuple[Edit, ...]:
    choice = question.choice(answer.choice)
    return choice.edits(_text(answer, choice.text)) if choice else ()


def _changed(data: bytes, edits: list[tuple[str, DiagramEdit]]) -> bytes:
    try:
        return apply(data, [edit for _, edit in edits])
    except EditsContradict as error:
        element = str(error.facts.get("element", ""))
        by = dict.fromkeys(key for key, edit in edits if _touches(edit, element))
        wrong = [Wrong(key, "fix.contradiction", element=element) for key in by]
        raise AnswersRefused(tuple(wrong)) from None


def _touches(edit: DiagramEdit, element: str) -> bool:
    return (edit.id if isinstance(edit, Declare) else edit.target) == element


def _text(answer: Answer, proposed: str | None) -> str:
    return (proposed or "") if answer.text is None else answer.text


def _judged(asked: Mapping[str, Question], key: str, answer: Answer) -> Wrong | None:
    question = asked.get(key)
    if question is None:
        return Wrong(key, "fix.unknown-question", text=key)
    element = question.problem.element
    choice = question.choice(answer.choice)
    if choice is None:
        return Wrong(key, "fix.unknown-choice", text=answer.choice, element=element)
    text = _text(answer, choice.text)
    if len(text) > MAX_TEXT:
        return Wrong(key, "fix.text-name", text=text, element=element)
    code = choice.wrong(text)
    return Wrong(key, code, text=text, element=element) if code else None
