"""One token per session on every unsafe method; only provider callbacks are exempt."""

from collections.abc import Callable
from typing import TypeVar

from flask_wtf.csrf import CSRFProtect

View = TypeVar("View", bound=Callable[..., object])

csrf = CSRFProtect()


def exempt(view: View) -> View:
    """Let a view take calls from other programs; it must know its callers in another way."""
    csrf.exempt(view)
    return view
