"""What stops a token: an incident for the operator, or an error the diagram may catch."""

from kernel.errors import AppError
from kernel.types import JsonObject


class Fault(Exception):
    """The token cannot go on; it stays where it is, as an incident, until an operator retries.

    Attributes:
        code: key of the sentence for people.
        expression: the designer's text that failed, if one did.
    """

    def __init__(
        self, code: str, message: str, *, expression: str | None = None, **facts: object
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.expression = expression
        self.facts: JsonObject = facts


def fault_from(error: AppError) -> Fault:
    """What another package refused while a token ran: a calendar without hours, a missing form."""
    return Fault(error.code, error.sentence(), **error.facts)


class BpmnError(Exception):
    """A business error: taken by the nearest fitting error boundary event, else an incident.

    Attributes:
        variables: set in the instance before the error path is taken.
    """

    def __init__(
        self, code: str, message: str = "", *, variables: JsonObject | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.variables: JsonObject = variables or {}
