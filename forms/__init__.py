"""What people are asked: forms read, asked, read back, judged, kept."""

from forms.asking import FileLink
from forms.checking import Values, check, file_values
from forms.computing import first_values
from forms.conditions import Effective, effective
from forms.drafts import Draft, drop_drafts, load_draft, save_draft
from forms.errors import FormDefinitionInvalid, FormInvalid, FormProblem, FormUnknown
from forms.model import Field, Form, Text
from forms.parsing import parse_form
from forms.reading import Entry, read
from forms.rendering import render, render_summary
from forms.storing import find, load, store
from forms.subset import meta_schema
from forms.translating import missing_english
from forms.widgets import widgets

__all__ = [
    "Draft",
    "Effective",
    "Entry",
    "Field",
    "FileLink",
    "Form",
    "FormDefinitionInvalid",
    "FormInvalid",
    "FormProblem",
    "FormUnknown",
    "Text",
    "Values",
    "check",
    "drop_drafts",
    "effective",
    "file_values",
    "find",
    "first_values",
    "load",
    "load_draft",
    "meta_schema",
    "missing_english",
    "parse_form",
    "read",
    "render",
    "render_summary",
    "save_draft",
    "store",
    "widgets",
]
