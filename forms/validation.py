"""The adapter to `jsonschema`: one dialect of our own, Draft 2020-12 with RE2 and our formats."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, cast

import re2
from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError, validators

from forms import formats
from kernel.types import JsonObject, JsonValue

# Whole numbers beyond this lose digits in other programs' JSON; no amount of money needs them.
LARGEST_INTEGER = 2**53 - 1


class Finding(Protocol):
    """One way in which a value does not meet its schema."""

    validator: Any
    validator_value: Any
    instance: Any
    schema: Any

    @property
    def absolute_path(self) -> Sequence[str | int]:
        """Where in the value."""
        ...


class Validator(Protocol):
    """What the package needs of a validator."""

    def is_valid(self, instance: JsonValue) -> bool:
        """Whether the value meets the schema."""
        ...

    def iter_errors(self, instance: JsonValue) -> Iterator[Finding]:
        """Every way in which it does not."""
        ...


def _pattern(
    _validator: Any, pattern: str, instance: JsonValue, _schema: JsonObject
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
        yield ValidationError("does not match")


def _is_integer(_checker: TypeChecker, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER


def _is_number(_checker: TypeChecker, value: object) -> bool:
    if isinstance(value, float):
        return abs(value) <= LARGEST_INTEGER  # false for NaN and infinity too
    return _is_integer(_checker, value)


def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, fits in formats.CHECKS.items():
        checker.checks(name)(fits)
    return checker


_extend: Any = validators.extend  # untyped
_Dialect: Any = _extend(
    Draft202012Validator,
    validators={"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer).redefine(
        "number", _is_number
    ),
)
_FORMATS = _format_checker()


def validator(schema: JsonObject) -> Validator:
    """A validator of our dialect; the schema holds no `$ref`, so nothing is ever fetched."""
    return cast(Validator, _Dialect(schema, format_checker=_FORMATS))


def plain_validator(schema: JsonObject) -> Validator:
    """A validator of the standard dialect, for the meta-schema."""
    return cast(Validator, Draft202012Validator(schema))


def compile_pattern(pattern: str) -> Any:
    """The pattern as RE2 runs it: in linear time, whatever the text.

    Raises: re2.error for what RE2 does not take (look-around, back references).
    """
    return re2.compile(pattern, _OPTIONS)


def pattern_problem(pattern: str) -> str | None:
    """Why RE2 refuses the pattern, in RE2's words; None when it takes it."""
    try:
        compile_pattern(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode() if isinstance(reason, bytes) else str(reason)
    return None


def _quiet_options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options


_OPTIONS = _quiet_options()
