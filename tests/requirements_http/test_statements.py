"""What one submission costs, as a browser sends it: session, token, form, answer."""

from collections.abc import Iterator
from contextlib import contextmanager

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
def test_a_submission_is_fifteen_statements_at_most_and_one_commit(office: Office) -> None:
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
    assert len(statements) <= 15, "\n".join(statements)
