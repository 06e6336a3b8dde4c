"""What one submission costs, as a browser sends it: session, token, form, answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from kernel.db import database
from tests.requirements import requirement
from tests.requirements_http.office import Office

LEAVE = {"kind": "annual", "from_date": "2026-12-05", "days": 3}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent inside, and `COMMIT` for each commit of something written."""
    seen: list[str] = []
    engine = database().engine

    def statement(_c: object, _cursor: object, text: str, *_: object) -> None:
        seen.append(" ".join(text.split())[:100])

    def commit(_connection: object) -> None:
        seen.append("COMMIT")

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


@requirement("A18")
def test_a_submission_is_fourteen_statements_at_most_and_one_commit(office: Office) -> None:
    desk = office.desk("subscribers.expert")
    for _warm in range(2):
        office.begin("subscribers.expert", "leave_request")
        sheet = office.open("request_leave", "subscribers.expert")
        sheet.fill(LEAVE)
        data = {**sheet.data(), "csrf_token": desk.token}

        with counted() as seen:
            answer = desk.client.post(sheet.action, data=data)

        assert answer.status_code == 302
        assert office.open_tasks() == ["approve_leave"]

    assert seen.count("COMMIT") == 1, seen
    statements = [one for one in seen if one != "COMMIT" and not one.startswith("BEGIN")]
    assert len(statements) <= 14, "\n".join(statements)
    assert sum(one.startswith("BEGIN") for one in seen) == 1, seen


@pytest.mark.parametrize(
    ("page", "statements", "kilobytes"),
    [("inbox", 3, 60), ("item", 8, 60), ("case", 13, 40), ("start", 5, 55)],
)
def test_a_page_is_few_statements_and_few_bytes(
    office: Office, page: str, statements: int, kilobytes: int
) -> None:
    desk = office.desk("subscribers.head")
    case = office.begin("subscribers.expert", "leave_request")
    office.do("request_leave", "subscribers.expert", LEAVE)
    action = office.open("approve_leave", "subscribers.head").action
    address = {
        "inbox": "/inbox",
        "item": action,
        "case": f"/instances/{case}",
        "start": "/start",
    }[page]
    desk.get(address)  # definitions, forms, templates and the navigation's counts are warm now

    with counted() as seen:
        text = desk.get(address)

    asked = [one for one in seen if not one.startswith("BEGIN")]
    assert len(asked) <= statements, "\n".join(asked)
    assert len(text.encode()) <= kilobytes * 1024
