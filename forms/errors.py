"""What can be wrong with a form, and with what somebody wrote into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import Invalid, NotFound
from kernel.i18n import gettext


@dataclass(frozen=True)
class FormProblem:
    """One place in a form file that is not accepted.

    `path` counts from the file's root (`schema.properties.months.pattern`), `message` is a msgid.
    """

    path: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        """What is wrong there, in the current locale."""
        return gettext(self.message, **self.facts)


class FormDefinitionInvalid(Invalid):
    """The form file uses something outside the supported subset.

    Mend: each of `problems` names its place. Nothing is stored.
    """

    code = "form.definition-invalid"

    def __init__(self, key: str, problems: Sequence[FormProblem]) -> None:
        first = problems[0]
        super().__init__(form=key, count=len(problems), path=first.path, first=first.sentence())
        self.key = key
        self.problems = tuple(problems)


class FormInvalid(Invalid):
    """Answers that cannot be accepted; `fields` maps each path to its sentence, in field order.

    The sentences are in the locale in which the answers were checked.
    """

    code = "form.invalid"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(count=len(fields))
        self.fields = dict(fields)


class FormUnknown(NotFound):
    """No form of this id or key is stored."""

    code = "form.unknown"
