"""Somebody at a browser without scripts: keeps cookies, sends the page's CSRF token back."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.product.organisation import PASSWORD, holder_of

_TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


class Visitor:
    """One browser. `page` is the text of the last page read."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""
        self.token = ""

    def get(self, path: str, *, status: int = 200, **options: Any) -> str:
        """Read a page, following redirections; fails on another status."""
        return self._read(self.client.get(path, follow_redirects=True, **options), status)

    def post(self, path: str, data: Any = None, *, status: int = 200, **options: Any) -> str:
        """Send a form with the token of the last page, following redirections."""
        form = {"csrf_token": self.token, **(data or {})}
        answer = self.client.post(path, data=form, follow_redirects=True, **options)
        return self._read(answer, status)

    def send(self, path: str, data: Any = None, **options: Any) -> TestResponse:
        """Send a form and look at the bare answer."""
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **options)

    def login(self, username: str) -> "Visitor":
        """Log in as a person of the demo organisation."""
        self.get("/login")
        self.post("/login", {"username": username, "password": PASSWORD})
        return self

    def login_at(self, position: str) -> "Visitor":
        """Log in as the first holder of a position."""
        return self.login(holder_of(position))

    def _read(self, answer: TestResponse, status: int) -> str:
        self.page = answer.get_data(as_text=True)
        assert answer.status_code == status, f"{answer.status_code}: {self.page[:2000]}"
        if found := _TOKEN.search(self.page):
            self.token = found[1]
        return self.page
