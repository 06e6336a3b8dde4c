"""A form as HTML: the same templates ask, show errors, and show history."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from forms.asking import FileLink, Page, Question, element_id, unit_of
from forms.computing import with_computed
from forms.conditions import Effective, effective
from forms.model import Field, Form
from forms.reading import Entry
from forms.widgets import GROUPED, draw, widgets
from kernel import i18n
from kernel.jalali import TEHRAN
from kernel.types import JsonObject, JsonValue


def render(
    form: Form,
    values: Entry | Mapping[str, JsonValue],
    *,
    errors: Mapping[str, str] | None = None,
    readonly: bool = False,
    locale: str | None = None,
    prefix: str = "",
    variables: Mapping[str, Any] | None = None,
    rerender_url: str = "",
    files: Callable[[str], FileLink | None] | None = None,
    reveal_sensitive: bool = False,
    summary: bool = True,
    zone: ZoneInfo = TEHRAN,
) -> Markup:
    """One `<div class="rv-form">` to stand in the caller's `<form novalidate>`.

    Args:
        values: an `Entry` from `read`, which shows exactly what was typed, or plain values.
        errors: `FormInvalid.fields`.
        locale: the context's own unless said.
        prefix: before every name and id, when several forms stand on one page.
        variables: the instance's; readonly and computed fields and options look there.
        rerender_url: where a change on a controlling field posts to; the answer is another
            `render` of what `read` read. Without it the form works by its buttons alone.
        files: name, size and address of a stored file by its id.
        summary: False when the caller shows one summary for several forms.
    """
    entry = values if isinstance(values, Entry) else Entry(dict(values))
    page = Page(
        form=form,
        entry=entry,
        prefix=prefix,
        errors=errors or {},
        variables=variables or {},
        readonly=readonly,
        reveal_sensitive=reveal_sensitive,
        rerender_url="" if readonly else rerender_url,
        files=files or _no_file,
        zone=zone,
    )
    with i18n.use_locale(locale or i18n.locale()):
        return _draw_page(page, summary)


def render_summary(forms: list[tuple[Form, Mapping[str, str], str]]) -> Markup:
    """One list of everything to be mended, over (form, errors, prefix) of one page."""
    lines = [line for form, errors, prefix in forms for line in _lines(form, errors, prefix)]
    return draw("summary.html", lines=lines) if lines else Markup()


def _draw_page(page: Page, summary: bool) -> Markup:
    values = _values(page)
    asked = effective(page.form, values)
    groups = []
    for group in page.form.groups:
        shown = [
            _draw_field(page, asked, asked.fields[key], values)
            for key in group.fields
            if key in asked.fields
        ]
        if shown:
            groups.append((group, shown))
    lines = _lines(page.form, page.errors, page.prefix) if summary and page.errors else []
    hidden = {} if page.readonly else _kept_aside(page, asked)
    return draw(
        "form.html",
        page=page,
        groups=groups,
        hidden=hidden,
        summary=draw("summary.html", lines=lines) if lines else "",
    )


def _values(page: Page) -> JsonObject:
    """What was written, readonly fields from the variables, computed fields worked out."""
    values = dict(page.entry.values)
    for field in page.form.fields.values():
        if field.readonly and field.key in page.variables:
            values[field.key] = page.variables[field.key]
    # History shows what was computed then, not what would be computed today.
    return values if page.readonly else with_computed(page.form, values, page.variables)


def _kept_aside(page: Page, asked: Effective) -> dict[str, str]:
    """Texts of fields that are not asked just now: they come back with their condition."""
    return {
        page.prefix + path: text
        for path, text in page.entry.raw.items()
        if text and path in page.form.fields and path not in asked.fields
    }


def _draw_field(page: Page, asked: Effective, field: Field, values: JsonObject) -> Markup:
    required = field.key in asked.required
    question = Question(page, field, field.key, values.get(field.key), required)
    control = _draw_table(question) if field.kind == "rows" else draw_control(question)
    return draw(
        "field.html",
        q=question,
        control=control,
        grouped=field.widget in GROUPED and (not question.readonly or field.kind == "rows"),
        plain=question.readonly or field.computed is not None,
    )


def draw_control(question: Question) -> Markup:
    """The input alone, or the value where nothing is asked."""
    if question.readonly or question.field.computed is not None:
        return draw("value.html", q=question)
    return widgets[question.field.widget](question)


def _draw_table(question: Question) -> Markup:
    rows = question.value if isinstance(question.value, list) else []
    if not rows and not question.readonly:
        # An empty table shows the first row to write in, without a click.
        rows = [{}] * max(1, min(question.field.schema.get("minItems", 1), 20))
    return draw(
        "table.html",
        q=question,
        rows=[_cells(question, i, row) for i, row in enumerate(rows) if isinstance(row, dict)],
        units=[unit_of(column) for column in question.field.columns],
        full=len(rows) >= question.field.schema["maxItems"],
    )


def _cells(question: Question, number: int, row: JsonObject) -> list[tuple[Question, Markup]]:
    cells = []
    for column in question.field.columns:
        cell = Question(
            page=question.page,
            field=column,
            path=f"{question.path}[{number}].{column.key}",
            value=row.get(column.key),
            required=column.key in question.field.required_columns,
            row=number,
            table=question.field.key,
        )
        cells.append((cell, draw_control(cell)))
    return cells


def _lines(form: Form, errors: Mapping[str, str], prefix: str) -> list[tuple[str, str, str]]:
    """(id, label, sentence) for the summary; errors arrive in field order."""
    lines = []
    for path, sentence in errors.items():
        field = form.field_at(path)
        label = str(field.label) if field else path
        table, bracket, rest = path.partition("[")
        if bracket and field is not None:
            row = int(rest.partition("]")[0]) + 1
            label = i18n.gettext("%(column)s, row %(row)s", column=label, row=row)
            if "]." not in rest:
                path = table
        lines.append((element_id(prefix, path), label, sentence))
    return lines


def _no_file(_file_id: str) -> FileLink | None:
    return None
