"""A request that the database undid in passing is done once more before anybody sees an error.

Only when nothing of it was stored: what a commit that never answered may have stored is for the
person to look at, and the form's request id makes sending it again harmless.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, g, has_request_context, request

from kernel import uow
from kernel.again import again
from web.database import db

T = TypeVar("T")


def init_app(app: Flask) -> None:
    """Watch what requests store; before anything else that watches commits."""
    uow.on_commit(_note)


def repeat(step: Callable[[], T]) -> T:
    """Do a step of the current request, again where that is right."""
    g.stored = False
    return again(step, may=_may)


def _note() -> None:
    if has_request_context():
        g.stored = True


def _may() -> bool:
    db.session.close()  # its connection is gone, or what it read is not to be relied upon
    if g.stored:
        return False
    for _name, upload in request.files.items(multi=True):
        upload.stream.seek(0)
    return True
