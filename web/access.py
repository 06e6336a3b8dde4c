"""Who may open a view. Every view says so itself; one that says nothing is open to nobody."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from people.errors import PermissionMissing
from web.errors import BadRequest, SignInNeeded, ViewUndeclared

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC, SIGNED_IN = "public", "signed-in"


def permission(name: str) -> Callable[[View], View]:
    """Open the view to people whose position carries the permission `name`."""

    def declare(view: View) -> View:
        view.access = name  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Open the view to everybody, without log-in."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Open the view to everybody who is logged in."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> str | None:
    """What the view behind an endpoint declares: a permission, PUBLIC, SIGNED_IN or nothing."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    declared: str | None = getattr(app.view_functions[endpoint], "access", None)
    return declared


def refuse_nul() -> None:
    """No browser sends U+0000, and PostgreSQL keeps no text with it.

    Raises: BadRequest
    """
    sent = (request.path, *_texts(request.args), *_texts(request.form))
    if any("\0" in text for text in sent):
        raise BadRequest()


def _texts(values: MultiDict[str, str]) -> Iterator[str]:
    for name, texts in values.lists():
        yield name
        yield from texts


def guard() -> ResponseReturnValue | None:
    """Before each request: let it in, send it to the log-in page, or refuse it."""
    if request.endpoint is None:
        return None  # no such page: the error handler answers
    access = access_of(current_app, request.endpoint)
    if access == PUBLIC:
        return None
    if access is None:
        raise ViewUndeclared(endpoint=request.endpoint)
    if not current_user.is_authenticated:
        if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
            return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
        raise SignInNeeded()
    if access != SIGNED_IN and not current_user.actor.can(access):
        raise PermissionMissing(permission=access, name=current_user.actor.name)
    return None
