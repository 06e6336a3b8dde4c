"""A registry of small widgets: each turns one question into the markup of its input."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from forms import showing
from forms.asking import Question
from kernel import i18n
from kernel.registry import Registry

Widget: TypeAlias = Callable[[Question], Markup]
widgets: Registry[Widget] = Registry("widgets")
# Several inputs under one legend; the others have one input under one label.
GROUPED = frozenset({"radio", "scale", "checkboxes", "yes-no", "table"})


@cache
def environment() -> Environment:
    """The package's own templates; everything is escaped unless it says `Markup`."""
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
    )
    env.globals["_"] = i18n.gettext
    env.filters["digits"] = lambda value: showing.digits(str(value))
    return env


@cache
def _template(name: str) -> Template:
    return environment().get_template(name)


def draw(template: str, **context: object) -> Markup:
    """Render one of the package's templates."""
    return Markup(_template(template).render(context))  # noqa: S704  # autoescaped


def _line(question: Question, **more: object) -> Markup:
    """One line of text, however it is to be typed."""
    usual = {"ltr": False, "direction": "", "mode": "", "limit": None, "example": ""}
    return draw("text.html", **{**usual, "autocomplete": "off", **more}, q=question)


@widgets.register("text")
def text(question: Question) -> Markup:
    """One line of free text; its direction follows what is typed."""
    limit = question.field.schema.get("maxLength")
    return _line(question, direction="auto", limit=limit)


@widgets.register("textarea")
def textarea(question: Question) -> Markup:
    """Several lines."""
    return draw("textarea.html", q=question, limit=question.field.schema.get("maxLength"))


@widgets.register("number")
def number(question: Question) -> Markup:
    """Digits of any script; the unit stands in the field."""
    whole = question.field.schema["type"] == "integer"
    return _line(question, mode="numeric" if whole else "decimal")


@widgets.register("money")
def money(question: Question) -> Markup:
    """An amount with separators; stored in Rial."""
    return _line(question, mode="numeric")


@widgets.register("date")
def date(question: Question) -> Markup:
    """A Jalali date, typed or picked; stored as Gregorian ISO."""
    return draw("date.html", q=question, picker="date", example=showing.digits("1405/09/07"))


@widgets.register("date-time")
def date_time(question: Question) -> Markup:
    """A Jalali date and a time of day; stored in UTC."""
    example = showing.digits("1405/09/07 14:30")
    return draw("date.html", q=question, picker="date-time", example=example)


@widgets.register("time")
def time(question: Question) -> Markup:
    """Hours and minutes."""
    return _line(question, mode="numeric", example=showing.digits("14:30"))


def _code(mode: str, autocomplete: str = "off") -> Widget:
    """Codes read left to right in every language, and stand where the page starts."""

    def widget(question: Question) -> Markup:
        return _line(question, ltr=True, mode=mode, autocomplete=autocomplete)

    return widget


widgets.add("phone", _code("tel"))
widgets.add("melli-code", _code("numeric"))
widgets.add("legal-id", _code("numeric"))
widgets.add("postal-code", _code("numeric"))
widgets.add("sheba", _code("text"))
widgets.add("email", _code("email"))


@widgets.register("radio")
def radio(question: Question) -> Markup:
    """Few options, all in sight."""
    short = all(len(c.label) <= 24 for c in question.choices)
    return draw("radio.html", q=question, choices=question.choices, short=short)


@widgets.register("select")
def select(question: Question) -> Markup:
    """Many options."""
    return draw("select.html", q=question)


@widgets.register("scale")
def scale(question: Question) -> Markup:
    """A score as a row of figures."""
    return draw("scale.html", q=question)


@widgets.register("checkboxes")
def checkboxes(question: Question) -> Markup:
    """Several of many."""
    return draw("checkboxes.html", q=question)


@widgets.register("checkbox")
def checkbox(question: Question) -> Markup:
    """Yes, or nothing."""
    return draw("checkbox.html", q=question)


@widgets.register("yes-no")
def yes_no(question: Question) -> Markup:
    """A question that must be answered either way."""
    return draw("yes_no.html", q=question)


@widgets.register("file")
def file(question: Question) -> Markup:
    """A label as the button, as the browser's own speaks the browser's language."""
    many = question.field.kind == "files"
    limit = showing.number(question.field.max_mb)
    return draw("file.html", q=question, many=many, limit=limit)
