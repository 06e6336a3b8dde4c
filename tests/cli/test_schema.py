"""The schema from the terminal: forwards, back, and what is said when it does not fit."""

from pathlib import Path

from sqlalchemy import text

from kernel import db, safe_copy
from tests.cli.conftest import Terminal

FORMER = "2026_11_23_decisions"


def test_steps_are_taken_back_and_forth_and_the_copies_are_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    back = terminal("db", "downgrade", FORMER)
    forth = terminal("db", "upgrade")

    assert (back.status, forth.status) == (0, 0), back.err + forth.err
    copies = safe_copy.copies(tmp_path / "data" / "ravand.db")
    assert [said.out.splitlines()[0] for said in (back, forth)] == [
        f"The database as it was: {copy}" for copy in copies
    ]
    assert terminal("db", "upgrade").out == "The database is up to date.\n"
    assert terminal("verify").status == 0


def test_a_schema_that_does_not_fit_is_refused_in_words(terminal: Terminal) -> None:
    assert terminal("db", "downgrade", FORMER).status == 0
    said = terminal("verify")
    assert (said.status, "ravand db upgrade" in said.err) == (2, True)

    with db.database().writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    for command in (("verify",), ("db", "upgrade"), ("worker",)):
        said = terminal(*command)
        assert (said.status, "does not know the schema" in said.err) == (2, True), command

    assert terminal("db", "downgrade", "nothing_like_this").status == 2
