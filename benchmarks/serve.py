"""`python -m benchmarks.serve bare|ravand|quiet`: one of the servers that are compared.

All three are `ravand serve`'s own server with its own settings: around a Flask application with
one text route, around the product, and around the product whose jobs nobody does.
"""

import sys
from typing import Any

from flask import Flask

from config import from_env
from web.cli.serving import Server
from web.first_run import prepare

ROUTE = "/readyz"


class _Bare(Server):
    """The same server with nothing in it but one route."""

    def load(self) -> Any:
        app = Flask("bare")
        app.add_url_rule(ROUTE, view_func=_text)
        return app


def _text() -> str:
    return "ready"


def main(kind: str) -> None:
    """Serve until a signal ends it."""
    if kind == "bare":
        _Bare(from_env(), jobs=False).run()
        return
    with prepare(from_env(), _hush) as ready:
        Server(ready.config, jobs=kind == "ravand").run()


def _hush(_line: str) -> None:
    """Nobody reads what a benchmarked server announces."""


if __name__ == "__main__":
    main(sys.argv[1])
