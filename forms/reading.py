"""What a browser sent, put back into the shape of the form. Nothing that was typed is lost."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from forms.coercing import from_text
from forms.computing import with_computed
from forms.conditions import effective, present
from forms.kinds import ROW_LIMIT
from forms.model import Field, Form
from kernel.jalali import TEHRAN
from kernel.types import JsonObject, JsonValue

ADD, REMOVE, ENTER, ROW_MARK = "_add", "_remove", "_enter", "_"
_CELL = re.compile(r"([A-Za-z]\w{0,63})\[(\d{1,3})\]\.(\w{1,64})", re.ASCII)


class Sent(Protocol):
    """A multi-dict as web frameworks give it: several texts under one name."""

    def __iter__(self) -> Iterator[str]: ...

    def getlist(self, key: str, /) -> list[str]:
        """Every text sent under this name, in order."""
        ...


@dataclass
class Entry:
    """One person's writing in one form, right or wrong, ready to be judged, kept or shown again.

    `values` are the answers as `check` wants them; `raw` the texts as typed, by path. When
    `again` is true, nothing was sent off: a row was added or removed, or Enter was
    pressed in a field; show the form again.
    """

    values: JsonObject = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    again: bool = False

    def to_json(self) -> JsonObject:
        """For a draft."""
        return {"values": self.values, "raw": self.raw}

    @classmethod
    def from_json(cls, data: JsonObject) -> "Entry":
        """From a draft."""
        return cls(dict(data.get("values", {})), dict(data.get("raw", {})))


def read(
    form: Form,
    sent: Sent,
    files: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = "",
    variables: Mapping[str, Any] | None = None,
    zone: ZoneInfo = TEHRAN,
) -> Entry:
    """Read one form out of a request.

    Args:
        files: ids of files just stored, by the name of their input (prefix included).
        prefix: what `render` was given. With one, names under it that the form does not have
            are handed on, so that `check` refuses them; without one they are others' business.
        variables: the instance's, for conditions that look at readonly fields.
    """
    return _Reader(form, sent, files or {}, prefix, zone).read(variables or {})


class _Reader:
    def __init__(
        self,
        form: Form,
        sent: Sent,
        files: Mapping[str, Sequence[str]],
        prefix: str,
        zone: ZoneInfo,
    ) -> None:
        self.form, self.sent, self.files = form, sent, files
        self.prefix, self.zone = prefix, zone
        self.entry = Entry()
        names = {n.removeprefix(prefix) for n in (*sent, *files) if n.startswith(prefix)}
        self.names = names

    def read(self, variables: Mapping[str, Any]) -> Entry:
        values = self.entry.values
        self.entry.again = bool(self._button(ENTER))
        for known in self.form.fields.values():
            if known.kind == "rows":
                if (rows := self._rows(known)) is not None:
                    values[known.key] = rows
            elif known.given and known.key in self.names:
                self._one(known, known.key, known.key, values)
        self._strangers()
        self._drop_what_is_not_asked(variables)
        return self.entry

    def _one(self, known: Field, name: str, path: str, into: JsonObject) -> None:
        """Read the input `name`; `path` is where it stands on the page from now on."""
        texts = self.sent.getlist(self.prefix + name)
        if known.kind in ("file", "files"):
            self._files(known, [*texts, *self.files.get(self.prefix + name, ())], into)
        elif known.kind == "many":
            into[known.key] = list(dict.fromkeys(t for t in texts if t))
        elif texts:
            typed = texts[-1]
            self.entry.raw[path] = typed
            if typed.strip():
                into[known.key] = from_text(known, typed, self.zone)

    def _files(self, known: Field, ids: list[str], into: JsonObject) -> None:
        ids = list(dict.fromkeys(i for i in ids if _is_id(i)))
        if known.kind == "files":
            into[known.key] = ids
        elif ids:
            into[known.key] = ids[-1]  # one just chosen replaces the one kept

    def _rows(self, known: Field) -> list[JsonObject] | None:
        """The rows in order and without gaps, after the row buttons did their work."""
        numbers = sorted(self._row_numbers(known.key))
        removed = self._button(REMOVE)
        added = known.key in self._button(ADD)
        kept = [n for n in numbers if f"{known.key}[{n}]" not in removed]
        self.entry.again |= added or len(kept) < len(numbers)
        if not numbers and not added:
            return None
        rows: list[JsonObject] = []
        for number in kept[: known.schema.get("maxItems", ROW_LIMIT) + 1]:
            row: JsonObject = {}
            for cell in known.columns:
                name = f"{known.key}[{number}].{cell.key}"
                if cell.given and name in self.names:
                    self._one(cell, name, f"{known.key}[{len(rows)}].{cell.key}", row)
            self._strange_cells(known, number, row)
            rows.append(row)
        if added and len(rows) < known.schema.get("maxItems", ROW_LIMIT):
            rows.append({})
        return rows

    def _row_numbers(self, key: str) -> set[int]:
        matches = (_CELL.fullmatch(name) for name in self.names)
        return {int(m.group(2)) for m in matches if m and m.group(1) == key}

    def _button(self, name: str) -> list[str]:
        return self.sent.getlist(self.prefix + name)

    def _strange_cells(self, known: Field, number: int, row: JsonObject) -> None:
        start = f"{known.key}[{number}]."
        for name in self.names:
            cell = name.removeprefix(start)
            if cell != name and cell != ROW_MARK and known.column(cell) is None:
                row[cell] = self.sent.getlist(self.prefix + name)[-1:]

    def _strangers(self) -> None:
        if not self.prefix:
            return
        for name in self.names - {ADD, REMOVE, ENTER}:
            key = name.partition("[")[0]
            if key not in self.form.fields:
                self.entry.values[key or name] = self.sent.getlist(self.prefix + name)[-1:]

    def _drop_what_is_not_asked(self, variables: Mapping[str, Any]) -> None:
        """Without JavaScript a field can be sent whose condition no longer holds: no mistake.

        Its text stays in `raw`, so it is there again when the condition holds again.
        """
        values = self.entry.values
        shown = {f.key: variables.get(f.key) for f in self.form.fields.values() if f.readonly}
        data = with_computed(self.form, present({**shown, **values}), variables)
        asked = effective(self.form, data).fields
        for key in self.form.fields.keys() - asked.keys():
            values.pop(key, None)


def _is_id(value: JsonValue) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
