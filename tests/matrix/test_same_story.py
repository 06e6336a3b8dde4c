"""Two databases, two runners: one story over HTTP ends alike in all four set-ups."""

from pathlib import Path
from typing import Any

import pytest

from tests.matrix import story
from tests.matrix.cells import cell, furnished
from tests.requirements import requirement

Told = dict[str, Any]
OTHERS = [("sqlite", "rq"), ("postgres", "thread"), ("postgres", "rq")]


@pytest.fixture(scope="module")
def template(product_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(product_template, tmp_path_factory.mktemp("matrix") / "template")


def lived(template: Path, folder: Path, request: pytest.FixtureRequest, *parts: str) -> Told:
    """What came of the story in a set-up of these parts."""
    postgres = request.getfixturevalue("postgres") if "postgres" in parts else None
    redis_url = request.getfixturevalue("redis_url") if "rq" in parts else None
    with cell(template, folder, postgres, redis_url) as one:
        story.play(one)
        return story.told(one)


@pytest.fixture(scope="module")
def embedded(
    template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Told:
    """The story on SQLite with the thread."""
    return lived(template, tmp_path_factory.mktemp("cell") / "data", request)


def test_the_story_meets_every_kind_of_wait_and_ends_well(embedded: Told) -> None:
    kinds = {kind for _, kind, _, _ in embedded["history"]}
    ended = [
        (key, status, end, variables.get("n"))
        for _, key, status, end, variables in embedded["cases"]
    ]
    assert ended == [
        ("q", "completed", "end", 0),
        ("p", "completed", "end", 2),
        ("part", "completed", "end", None),
    ]
    assert embedded["deliveries"] == [["sms", "delivered", "+989121234567", "done"]]
    assert embedded["texts"] == [[story.MOBILE, "done"]]
    assert embedded["calls"] == 1
    assert embedded["wrong"] == []
    assert kinds >= {"started", "completed", "ended"}


@requirement("A08")
@pytest.mark.parametrize(("database", "runner"), OTHERS)
def test_the_story_is_the_same_on_the_other_databases_and_runners(
    template: Path,
    tmp_path: Path,
    embedded: Told,
    database: str,
    runner: str,
    request: pytest.FixtureRequest,
) -> None:
    there = lived(template, tmp_path / "data", request, database, runner)
    assert there.pop("database") == database
    assert there == {name: fact for name, fact in embedded.items() if name != "database"}
