"""The one judge of answers, for the page, the API, messages and cases alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms import sentences
from forms.computing import choices, with_computed
from forms.conditions import Effective, blank, effective, present
from forms.errors import FormInvalid
from forms.model import Field, Form
from forms.normalising import normalise
from forms.validation import Finding
from kernel.types import JsonObject, JsonValue

Values = JsonObject


def check(
    form: Form,
    answers: JsonObject,
    *,
    variables: Mapping[str, Any] | None = None,
    known_file: Callable[[str], bool] | None = None,
) -> Values:
    """Accept answers, or say what is wrong with each field.

    Args:
        answers: JSON as the API sends it or `read` makes it; ISO dates, E.164 phones. Readonly
            and computed fields in it are dropped.
        variables: the instance's; readonly fields, computed fields and options look there.
        known_file: whether a file id may be used here; without it every id is taken.

    Returns:
        A value for every field that people answer or that is computed, None where nothing was
        answered or asked: merged into variables it also empties what was emptied.

    Raises: FormInvalid.
    """
    around = variables or {}
    taken = _Taken.from_answers(form, answers)
    shown = {f.key: around.get(f.key) for f in form.fields.values() if f.readonly}
    data = with_computed(form, present({**shown, **taken.values}), around)
    asked = effective(form, data)
    data = {key: value for key, value in data.items() if key in asked.fields}
    found = _Findings(form, asked, taken.rows)
    found.strangers(taken)
    for error in form.validator.iter_errors(data):
        found.add(error)
    found.options(data, around)
    if known_file is not None:
        found.files(data, known_file)
    if found.errors:
        raise FormInvalid(found.in_order())
    return {f.key: _filled(f, data.get(f.key)) for f in form.fields.values() if not f.readonly}


@dataclass
class _Taken:
    """The answers, normalised; `rows` maps a row that counts to its number on the page."""

    values: JsonObject = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @classmethod
    def from_answers(cls, form: Form, answers: JsonObject) -> "_Taken":
        taken = cls()
        for key, value in answers.items():
            known = form.fields.get(key)
            if known is None:
                taken.unknown.append(str(key)[:100])
            elif known.given and not blank(value):
                taken.values[key] = taken._value(known, value)
        return taken

    def _value(self, known: Field, value: JsonValue) -> JsonValue:
        if known.kind != "rows" or not isinstance(value, list):
            return normalise(known.kind, value)
        rows = [_row(known, row) for row in value]
        # A row in which nothing was written is no row; the others keep their place for errors.
        self.rows[known.key] = [i for i, row in enumerate(rows) if not _is_empty(row)]
        return [rows[i] for i in self.rows[known.key]]


def _row(known: Field, row: JsonValue) -> JsonValue:
    if not isinstance(row, dict):
        return row
    cells: JsonObject = {}
    for key, value in row.items():
        cell = known.column(key)
        if cell is None:
            cells[key] = value  # the validator refuses it by name
        elif cell.given and not blank(value):
            cells[key] = normalise(cell.kind, value)
    return cells


def _is_empty(row: JsonValue) -> bool:
    return isinstance(row, dict) and all(value is False for value in row.values())


def _filled(known: Field, value: JsonValue) -> JsonValue:
    if known.kind != "rows":
        return value
    names = [c.key for c in known.columns if not c.readonly]
    return [{name: row.get(name) for name in names} for row in value or ()]


class _Findings:
    """Errors by path, one sentence each; the first one wins."""

    def __init__(self, form: Form, asked: Effective, rows: Mapping[str, list[int]]) -> None:
        self.form = form
        self.asked = asked
        self.rows = rows
        self.errors: dict[str, str] = {}

    def strangers(self, taken: _Taken) -> None:
        """Refuse what this form does not ask."""
        for key in taken.unknown:
            self.errors[key] = sentences.unknown()
        for key in taken.values:
            if key not in self.asked.fields:
                self.errors[key] = sentences.not_asked()

    def add(self, error: Finding) -> None:
        """One finding of the validator, put where the person can mend it."""
        place = list(error.absolute_path)
        if error.validator in ("required", "dependentRequired"):
            for name in _wanted(error):
                if name not in error.instance:
                    self._note([*place, name], None)
        elif error.validator == "additionalProperties":
            for name in error.instance:
                if name not in error.schema["properties"]:
                    path = f"{self._path(place)}.{name[:100]}"
                    self.errors.setdefault(path, sentences.unknown())
        else:
            self._note(place, error)

    def _note(self, place: list[str | int], error: Finding | None) -> None:
        known = self.asked.fields.get(str(place[0])) if place else None
        if known is None or known.readonly:
            return  # nobody here can mend it
        path = known.key
        if known.kind == "rows" and len(place) > 1:
            path = self._path(place[:2])
            if len(place) > 2:
                known = known.column(str(place[2])) or known
                path += f".{place[2]}"
        if known.readonly:
            return
        text = sentences.missing(known) if error is None else sentences.wrong(known, error)
        self.errors.setdefault(path, text)

    def _path(self, place: list[str | int]) -> str:
        key, number = str(place[0]), int(place[1])
        return f"{key}[{self.rows.get(key, range(number + 1))[number]}]"

    def options(self, data: JsonObject, variables: Mapping[str, Any]) -> None:
        """Refuse what the expression did not offer."""
        for known in self.asked.fields.values():
            if known.choices is None or known.key not in data or known.readonly:
                continue
            offered = {value for value, _ in choices(known, variables)}
            value = data[known.key]
            if not offered.issuperset(value if isinstance(value, list) else [value]):
                self.errors.setdefault(known.key, sentences.shape(known))

    def files(self, data: JsonObject, known_file: Callable[[str], bool]) -> None:
        """Refuse files that are not the person's to use here."""
        for path, known, value in file_values(self.form, data):
            if not known.readonly and isinstance(value, str) and not known_file(value):
                self.errors.setdefault(path, sentences.shape(known))

    def in_order(self) -> dict[str, str]:
        """As the page shows the fields, so the summary reads downwards."""
        order = {key: i for i, key in enumerate(self.form.fields)}
        order |= {f.key: i for i, f in enumerate(self.form.in_order())}
        return dict(sorted(self.errors.items(), key=lambda item: self._rank(item[0], order)))

    def _rank(self, path: str, order: Mapping[str, int]) -> tuple[int, int, int]:
        key, _, rest = path.partition("[")
        number, _, cell = rest.partition("].")
        known = self.form.fields.get(key)
        cells = [c.key for c in known.columns] if known else []
        row = int(number.rstrip("]")) if number else -1
        return order.get(key, len(order)), row, cells.index(cell) if cell in cells else -1


def _wanted(error: Finding) -> list[str]:
    if error.validator == "required":
        return list(error.validator_value)
    lists = error.validator_value.items()
    return [name for trigger, names in lists if trigger in error.instance for name in names]


def file_values(form: Form, values: JsonObject) -> list[tuple[str, Field, JsonValue]]:
    """Every file id among the values, with its path and field."""
    found: list[tuple[str, Field, JsonValue]] = []
    for known in form.fields.values():
        value = values.get(known.key)
        if known.kind == "file" and value is not None:
            found.append((known.key, known, value))
        elif known.kind == "files" and isinstance(value, list):
            found += [(known.key, known, v) for v in value]
        elif known.kind == "rows" and isinstance(value, list):
            for i, row in enumerate(value):
                for cell in known.columns:
                    if cell.kind == "file" and isinstance(row, dict) and row.get(cell.key):
                        found.append((f"{known.key}[{i}].{cell.key}", cell, row[cell.key]))
    return found
