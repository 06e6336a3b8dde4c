"""PostgreSQL cuts connections, undoes transactions, or is away: what people see of it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import create_engine, delete, select, text
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from kernel import archive, clock, files
from kernel.clock import MovableClock
from kernel.db import Database, database
from kernel.job_table import Job
from kernel.uow import read_only, unit_of_work
from tests.conftest import START
from tests.product.fixtures import configuration
from tests.product.visitor import Visitor
from tests.servers import Postgres
from web import counts
from web.access import public
from web.app import create_app

NEVER = datetime(2090, 1, 1, tzinfo=UTC)
SERIALIZATION = "DO $$ BEGIN RAISE EXCEPTION 'crossed' USING ERRCODE = '40001'; END $$"
DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'crossed' USING ERRCODE = '40P01'; END $$"
CUT_ITSELF = "SELECT pg_terminate_backend(pg_backend_pid())"
CUT_AT_COMMIT = """
CREATE FUNCTION cut_at_commit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER cut_at_commit AFTER INSERT ON job DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cut_at_commit()
"""
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = :name AND pid <> pg_backend_pid()"
)


class Switch:
    """Over one database, from outside of it."""

    def __init__(self, server: Postgres, url: str) -> None:
        self.name = str(make_url(url).database)
        self._engine = create_engine(server.url, isolation_level="AUTOCOMMIT")

    def cut(self) -> None:
        """End every connection; new ones are welcome."""
        with self._engine.connect() as connection:
            connection.execute(CUT, {"name": self.name})

    def open(self, allowed: bool) -> None:
        """Let nobody in, or everybody again."""
        with self._engine.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS {allowed}'))
        self.cut()

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture(scope="module")
def postgres_copy(
    product_template: Path, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The demo organisation, moved to PostgreSQL."""
    folder = tmp_path_factory.mktemp("moved") / "data"
    shutil.copytree(product_template, folder)
    source = Database(f"sqlite:///{folder / 'ravand.db'}")
    target = Database(postgres.new_database("away"))
    store = files.configure(folder / "files")
    archive.write(source, store, folder / "all.zip")
    archive.restore(folder / "all.zip", target, store)
    source.dispose()
    target.dispose()
    return target.url


@dataclass
class Page:
    """A page that adds one job from an uploaded paper; its first tries meet `harm`."""

    app: Flask
    harm: str = ""
    harmed: int = 1
    tries: int = 0

    def send(self, paper: bytes = b"text") -> TestResponse:
        visitor = Visitor(self.app)
        visitor.get("/login")
        return visitor.send("/test/add", {"paper": (BytesIO(paper), "paper.txt")})

    def view(self) -> str:
        self.tries += 1
        read = request.files["paper"].read().decode()
        with unit_of_work() as uow:
            uow.jobs.add("test.kept", {"read": read}, run_at=NEVER)
            uow.flush()
            if self.harm and self.tries <= self.harmed:
                uow.session.execute(text(self.harm))
        return read


@pytest.fixture
def page(postgres_copy: str, tmp_path: Path) -> Iterator[Page]:
    """The application on it, with such a page."""
    before = clock.use(MovableClock(START))
    one = Page(create_app(configuration(tmp_path, database_url=postgres_copy)))
    counts.forget_everybody()
    one.app.add_url_rule("/test/add", view_func=public(lambda: one.view()), methods=["POST"])
    with unit_of_work() as uow:
        uow.session.execute(delete(Job).where(Job.kind == "test.kept"))
    yield one
    clock.use(before)
    database().dispose()


@pytest.fixture
def switch(postgres: Postgres, postgres_copy: str) -> Iterator[Switch]:
    one = Switch(postgres, postgres_copy)
    yield one
    one.open(True)
    one.close()


def kept() -> list[str]:
    with read_only() as session:
        found = select(Job.payload).where(Job.kind == "test.kept")
        return [payload["read"] for payload in session.scalars(found)]


@pytest.mark.parametrize(
    "harm", [SERIALIZATION, DEADLOCK, CUT_ITSELF], ids=["crossed", "deadlock", "cut"]
)
def test_what_the_database_undid_in_passing_is_done_again_unseen(page: Page, harm: str):
    page.harm = harm
    answer = page.send(b"a paper")
    assert (answer.status_code, answer.text) == (200, "a paper")
    assert page.tries == 2
    assert kept() == ["a paper"]


def test_after_three_tries_the_reader_is_told_to_come_back(page: Page):
    page.harm, page.harmed = CUT_ITSELF, 9
    answer = page.send()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert page.tries == 3
    assert kept() == []


def test_a_commit_that_never_answered_is_not_repeated(page: Page):
    with database().engine.begin() as connection:
        connection.execute(text(CUT_AT_COMMIT))
    try:
        answer = page.send()
    finally:
        with database().engine.begin() as connection:
            connection.execute(text("DROP FUNCTION cut_at_commit() CASCADE"))
    assert answer.status_code == 503
    assert "معلوم نیست کار شما ثبت شده" in answer.text
    assert page.tries == 1


def test_what_was_stored_before_the_error_is_not_stored_twice(page: Page):
    def twice() -> str:
        page.harm = ""
        page.view()
        page.harm, page.harmed = CUT_ITSELF, 9
        return page.view()

    page.app.add_url_rule("/test/twice", view_func=public(twice), methods=["POST"])
    visitor = Visitor(page.app)
    visitor.get("/login")
    paper = (BytesIO(b"text"), "paper.txt")
    assert visitor.send("/test/twice", {"paper": paper}).status_code == 503
    assert kept() == ["text"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fa", "پایگاه داده در این لحظه پاسخ نمی‌دهد"), ("en", "The database does not answer")],
)
def test_while_the_database_is_away_pages_say_so_and_recover_by_themselves(
    page: Page, switch: Switch, language: str, sentence: str
):
    visitor = Visitor(page.app).login_at("subscribers.expert")
    visitor.post("/language", {"locale": language})
    visitor.post("/prefs/theme", {"theme": "dark"})
    visitor.get("/inbox")
    switch.open(False)

    for path in ("/", "/inbox", "/login"):
        answer = visitor.client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert sentence in answer.text
        assert "Traceback" not in answer.text
        assert 'data-theme="dark"' in answer.text, "the reader's language and theme are kept"
        assert f'lang="{language}"' in answer.text
    assert visitor.client.get("/static/mark.svg").status_code == 200, "style sheets come, too"
    told = visitor.client.get("/inbox", headers={"Accept": "application/json"})
    assert (told.status_code, told.json["error"]["code"]) == (503, "web.database-silent")  # type: ignore[index]

    switch.open(True)
    assert visitor.client.get("/inbox").status_code == 200


def test_connections_that_were_cut_between_two_pages_are_not_noticed(page: Page, switch: Switch):
    visitor = Visitor(page.app).login_at("subscribers.expert")
    for _ in range(3):
        switch.cut()
        visitor.get("/inbox")
