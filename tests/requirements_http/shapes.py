"""Small processes drawn for one question each: a few words around `tests.engine.drawing`."""

import json
from typing import Any

from tests.engine.drawing import chain, end, process, start, user

Fields = dict[str, dict[str, Any]]


def form(title: str, fields: Fields, *, required: tuple[str, ...] = (), **ui: Any) -> str:
    """A form file: `fields` are schema properties, `ui` the words of single fields."""
    schema = {"type": "object", "required": list(required), "properties": fields}
    english = {key: {"en": key, **ui.get(key, {})} for key in fields}
    data = {"title": {"fa": title, "en": title}, "schema": schema, "ui": {"fields": english}}
    return json.dumps(data, ensure_ascii=False)


def text(title: str, **more: Any) -> dict[str, Any]:
    """A line of text."""
    return {"type": "string", "title": title, **more}


def number(title: str, **more: Any) -> dict[str, Any]:
    """A whole number."""
    return {"type": "integer", "title": title, **more}


def performer(**words: str) -> str:
    """`ravand:performer` with these attributes."""
    given = "".join(f' {name}="{_escaped(value)}"' for name, value in words.items())
    return f"<ravand:performer{given}/>"


def limit(duration: str, reminders: str = "none", **more: str) -> str:
    """`ravand:deadline`."""
    words = {"duration": duration, "reminders": reminders, **more}
    given = "".join(f' {name}="{_escaped(value)}"' for name, value in words.items())
    return f"<ravand:deadline{given}/>"


def asks(key: str) -> str:
    """`ravand:form`."""
    return f'<ravand:form key="{key}"/>'


def notify(channel: str, to: str, template: str, on: str = "") -> str:
    """`ravand:notify`."""
    moment = f' on="{on}"' if on else ""
    return f'<ravand:notify channel="{channel}" to="{_escaped(to)}" template="{template}"{moment}/>'


def texts(template: str, channel: str, persian: str, english: str = "") -> dict[str, str]:
    """The template's files for `deploy`."""
    both = {"fa": persian, "en": english or persian}
    return {f"templates__{template}.{channel}.{lang}.txt": said for lang, said in both.items()}


def one_step(ext: str = "", *, by: str = "", key: str = "p") -> str:
    """Start, one task `work`, end."""
    task = user("work", ext, performer=by or performer(position="reception.clerk"))
    return process(start(), task, end(), chain("start", "work", "end"), key=key)


def steps(*tasks: str, key: str = "p") -> str:
    """Start, the given tasks one after the other, end. Each is a drawn element with an id."""
    ids = [task.split(' id="', 1)[1].split('"', 1)[0] for task in tasks]
    return process(start(), *tasks, end(), chain("start", *ids, "end"), key=key)


def _escaped(value: str) -> str:
    table = {"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}
    return "".join(table.get(letter, letter) for letter in value)
