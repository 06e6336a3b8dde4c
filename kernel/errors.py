"""The families of errors that people may read; each kind names itself with a `code`."""

from datetime import timedelta
from typing import Any, ClassVar

from kernel.i18n import translate_code


class AppError(Exception):
    """Something a person can understand and mend.

    `code` is the key of the sentence in the catalogues, `facts` fill its gaps.
    """

    code: ClassVar[str] = "error"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def sentence(self) -> str:
        """What happened, to what, and how to mend it, in the current locale."""
        return translate_code(self.code, self.facts)

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(AppError):
    """It does not exist, or the actor may not know that it does."""

    code = "not-found"


class Forbidden(AppError):
    """The actor is known and lacks a permission."""

    code = "forbidden"


class Conflict(AppError):
    """Somebody else was faster, or the thing is in another state than expected."""

    code = "conflict"


class Invalid(AppError):
    """The input cannot be accepted; nothing was stored."""

    code = "invalid"


class Unavailable(AppError):
    """Something outside does not answer; trying later can help."""

    code = "unavailable"


class LimitReached(AppError):
    """A bound that protects everybody was met."""

    code = "limit-reached"


class Retry(AppError):
    """Raised inside a job: leave everything as it was and try again `after` some time."""

    code = "retry"

    def __init__(self, after: timedelta | None = None, **facts: Any) -> None:
        super().__init__(**facts)
        self.after = after
