"""Which answers tell of a person, and what drafts hold of them."""

from __future__ import annotations

from typing import Final

from forms.model import Field
from forms.tables import FormDraft, StoredForm
from kernel.personal import declare
from kernel.personal.columns import FREE_VALUES

_USUALLY: Final = frozenset(
    ("text", "phone", "melli-code", "legal-id", "sheba", "postal-code", "email", "file", "files")
)


def is_personal(field: Field) -> bool:
    """What the form's author says; else whatever people type freely, and what is sensitive."""
    if field.personal is not None:
        return field.personal
    return field.sensitive or field.kind in _USUALLY


declare(StoredForm, free="key version data")
declare(
    FormDraft,
    "draft",
    personal={"data": FREE_VALUES},
    case="item_id",
    leaves=True,
)
