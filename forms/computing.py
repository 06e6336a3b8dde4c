"""Values that expressions give: computed fields, first values, and options."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from forms.conditions import blank
from forms.model import Field, Form
from kernel.expressions import Expression, ExpressionError
from kernel.expressions.values import to_json
from kernel.types import JsonObject, JsonValue


def with_computed(form: Form, values: JsonObject, variables: Mapping[str, Any]) -> JsonObject:
    """The values with every computed field worked out: cells first, then fields in order.

    What cannot be worked out yet (a part is missing) is left out.
    """
    data = dict(values)
    scope = {**variables, **dict.fromkeys(form.fields), **values}
    for field in form.in_order():
        if field.kind == "rows" and any(c.computed for c in field.columns):
            data[field.key] = scope[field.key] = _rows(field, data.get(field.key), scope)
    for field in form.in_order():
        if field.computed is not None:
            data[field.key] = scope[field.key] = _value(field, field.computed, scope)
    return {key: value for key, value in data.items() if value is not None}


def first_values(form: Form, variables: Mapping[str, Any]) -> JsonObject:
    """What the form starts with: the variable of the field's name, `initial`, or `default`."""
    values: JsonObject = {}
    for field in form.in_order():
        value = variables.get(field.key)
        if value is None and field.initial is not None:
            value = _value(field, field.initial, variables)
        if value is None:
            value = field.schema.get("default")
        if value is not None:
            values[field.key] = value
    return with_computed(form, values, variables)


def choices(field: Field, variables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The options that the field's expression gives: (value, label); none when it fails."""
    found = _evaluate(field.choices, variables) if field.choices is not None else None
    options = []
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            value = item.get("value")
            options.append((str(value), str(item.get("label", value))))
        elif item is not None:
            options.append((str(item), str(item)))
    return options


def _rows(field: Field, rows: JsonValue, scope: Mapping[str, Any]) -> JsonValue:
    if not isinstance(rows, list):
        return rows
    return [_row(field, row, scope) if isinstance(row, dict) else row for row in rows]


def _row(field: Field, row: JsonObject, scope: Mapping[str, Any]) -> JsonObject:
    row = dict(row)
    inner = {**scope, **{c.key: None for c in field.columns}, **row}
    for cell in field.columns:
        if cell.computed is not None:
            value = inner[cell.key] = _value(cell, cell.computed, inner)
            if value is not None:
                row[cell.key] = value
    return row


def _value(field: Field, expression: Expression, scope: Mapping[str, Any]) -> JsonValue:
    return fitted(field, _evaluate(expression, scope))


def _evaluate(expression: Expression, scope: Mapping[str, Any]) -> JsonValue:
    try:
        return to_json(expression.evaluate(scope))
    except ExpressionError:
        return None  # a part is missing or of another kind: no value yet


def fitted(field: Field, value: JsonValue) -> JsonValue:
    """The value as the field's kind stores it: whole Rials, whole numbers, texts."""
    if blank(value):
        return None
    if field.kind in ("money", "integer"):
        return _whole(value)
    if field.kind == "number":
        return _number(value)
    if field.kind in ("text", "date", "time", "date-time"):
        return value if isinstance(value, str) else str(value)
    return value


def _whole(value: JsonValue) -> JsonValue:
    try:
        return int(Decimal(str(value)).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return value


def _number(value: JsonValue) -> JsonValue:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    return int(number) if number == number.to_integral_value() else float(number)
