"""People, units and positions from the command line, and the database they stand in."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from engine.tables import WorkItem
from kernel import db
from kernel.uow import read_only
from people import directory
from people.tables import Person
from tests.cli.conftest import Terminal
from web.auth.passwords import verify

LEAVE = Path(__file__).parents[2] / "bpmn_models" / "leave_request"
EXPERT = ("position", "add", "sales.expert", "--unit", "sales", "--name", "کارشناس فروش")


def test_an_organisation_can_be_built_from_nothing(empty_terminal: Terminal):
    run = empty_terminal
    assert run("db", "upgrade").status == 0
    for command in (
        ("unit", "add", "sales", "--name", "فروش", "--name-en", "Sales"),
        ("unit", "add", "shop", "--name", "فروشگاه", "--parent", "sales"),
        ("position", "add", "sales.head", "--unit", "sales", "--name", "سرپرست فروش"),
        ("user", "add", "reza", "--name", "رضا نوری", "--position", "sales.head"),
        ("user", "add", "mina", "--name", "مینا احمدی", "--password", "long-enough-1"),
        (*EXPERT, "--manager", "sales.head", "--holder", "mina", "--role", "staff"),
    ):
        said = run(*command)
        assert said.status == 0, said.err

    with read_only() as session:
        chart = directory.of(session)
        mina = session.scalars(select(Person).where(Person.username == "mina")).one()
        assert list(chart.holders("sales.expert")) == [mina.id]
        assert chart.manager_position("sales.expert") == "sales.head"
        assert verify("long-enough-1", mina.password_hash)

    assert run("deploy", LEAVE, "--release").status == 0
    assert run("start", "leave_request", "--by", "mina").status == 0
    with read_only() as session:
        assert session.scalars(select(WorkItem.principals)).one() == [f"person:{mina.id}"]


def test_a_password_that_was_not_given_is_made_and_shown_once(terminal: Terminal):
    said = terminal("user", "add", "new.one", "--name", "نفر تازه", "--role", "staff")
    assert "Password: " in said.out
    password = said.out.split("Password: ")[1].strip()
    with read_only() as session:
        person = session.scalars(select(Person).where(Person.username == "new.one")).one()
        assert verify(password, person.password_hash)


@pytest.mark.parametrize(
    "command",
    [
        ("user", "add", "m.rastegar", "--name", "دیگری"),
        ("user", "add", "x.y", "--name", "کسی", "--role", "no-such-role"),
        ("user", "add", "x.y", "--name", "کسی", "--position", "no.such"),
        ("unit", "add", "reception", "--name", "پذیرش"),
        ("unit", "add", "new", "--name", "تازه", "--parent", "no-such-unit"),
        ("position", "add", "reception.clerk", "--unit", "reception", "--name", "کارشناس"),
        ("position", "add", "new.one", "--unit", "no-such-unit", "--name", "تازه"),
        (*EXPERT, "--holder", "nobody.here"),
    ],
)
def test_what_cannot_be_is_refused_with_one_line(terminal: Terminal, command: tuple[str, ...]):
    said = terminal(*command)
    assert (said.status, len(said.err.splitlines())) == (2, 1), said


def test_the_schema_comes_and_goes(empty_terminal: Terminal, tmp_path: Path):
    assert empty_terminal("db", "upgrade").status == 0
    assert inspect(db.database().engine).has_table("process_instance")
    assert empty_terminal("db", "downgrade", "--lose-rows", "base").status == 0
    assert not inspect(db.database().engine).has_table("process_instance")
    assert empty_terminal("db", "upgrade").status == 0


def test_before_the_schema_every_command_says_how_to_make_it(empty_terminal: Terminal):
    said = empty_terminal("user", "add", "a", "--name", "a")
    assert said.status == 2
    assert "ravand db upgrade" in said.err


def test_a_database_that_is_away_and_a_wrong_setting_are_named(
    empty_terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RAVAND_PORT", "eight")
    assert "RAVAND_PORT" in empty_terminal("serve").err
    monkeypatch.setenv("RAVAND_PORT", "8000")
    monkeypatch.setenv("RAVAND_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    said = empty_terminal("db", "upgrade")
    assert said.status == 2
    assert "RAVAND_DATABASE_URL" in said.err


def test_a_worker_without_redis_says_what_is_missing(terminal: Terminal):
    said = terminal("worker")
    assert said.status == 2
    assert "REDIS_URL" in said.err


def test_the_demo_is_not_loaded_over_people(terminal: Terminal):
    said = terminal("demo", "load")
    assert (said.status, len(said.err.splitlines())) == (2, 1)
