"""Flask-SQLAlchemy on the kernel's own engine: pages read through `db.session`."""

from typing import TYPE_CHECKING, Any, cast

from flask import Flask, has_app_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session

from kernel import uow
from kernel.db import Base, database
from kernel.db_session import QuickSession


class _KernelSQLAlchemy(SQLAlchemy):
    """Makes no engine of its own: the kernel has one, with the recipe of each database."""

    if TYPE_CHECKING:
        # A proxy to this request's session, used as one.
        session: Session  # type: ignore[assignment]

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return database().reader

    def has_read(self) -> bool:
        """Whether this request has a read transaction."""
        asked = cast(scoped_session[Session], self.session)
        return asked.registry.has() and asked().in_transaction()


class _Session(QuickSession, FlaskSession):
    """Flask-SQLAlchemy's, with the kernel's short way to the connection."""


db = _KernelSQLAlchemy(
    model_class=Base, session_options={"class_": _Session, "expire_on_commit": False}
)


def init_app(app: Flask) -> None:
    """Join the application to the kernel's database, which must be configured already."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database().url
    db.init_app(app)
    uow.on_commit(_read_anew)


def _read_anew() -> None:
    """End the request's read transaction: what it reads from now on was committed just before.

    What it has read already stays in hand, detached.
    """
    if has_app_context() and db.has_read():
        db.session.close()
