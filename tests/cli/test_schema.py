"""The schema from the terminal: forwards, back, and what is said when it does not fit."""

import runpy
from pathlib import Path

import pytest
from sqlalchemy import text

from kernel import db, safe_copy
from kernel.errors import Unavailable
from kernel.migrate import SchemaBehind
from tests.cli.conftest import Terminal
from tests.tables import ROOT
from web.cli.connect import NoTables

FORMER = "2026_11_23_decisions"


def test_steps_are_taken_back_and_forth_and_the_copies_are_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    refused = terminal("db", "downgrade", "base")
    assert (refused.status, "person (" in refused.err) == (2, True)
    back = terminal("db", "downgrade", "--lose-rows", FORMER)
    forth = terminal("db", "upgrade")

    assert (back.status, forth.status) == (0, 0), back.err + forth.err
    copies = safe_copy.copies(tmp_path / "data" / "ravand.db")
    assert [said.out.splitlines()[0] for said in (back, forth)] == [
        f"The database as it was: {copy}" for copy in copies
    ]
    assert terminal("db", "upgrade").out == "The database is up to date.\n"
    assert terminal("verify").status == 0


def test_a_schema_that_does_not_fit_is_refused_in_words(terminal: Terminal) -> None:
    assert terminal("db", "downgrade", "--lose-rows", FORMER).status == 0
    said = terminal("verify")
    assert (said.status, "ravand db upgrade" in said.err) == (2, True)

    with db.database().writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    for command in (("verify",), ("db", "upgrade"), ("worker",)):
        said = terminal(*command)
        assert (said.status, "does not know the schema" in said.err) == (2, True), command

    assert terminal("db", "downgrade", "nothing_like_this").status == 2


def test_a_server_that_imports_the_application_is_refused_the_same_way(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(as_what: type[Unavailable]) -> bool:
        with pytest.raises(as_what):
            runpy.run_path(str(ROOT / "wsgi.py"))
        return True

    served = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    assert served.test_client().get("/readyz").status_code == 200

    assert terminal("db", "downgrade", "--lose-rows", FORMER).status == 0
    assert refused(SchemaBehind)
    monkeypatch.setenv("RAVAND_DATA_DIR", str(tmp_path / "nothing"))
    assert refused(NoTables)
