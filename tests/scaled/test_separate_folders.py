"""Web processes and workers with folders of their own, as on several machines, share one bucket."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

import engine
from kernel.files import StoredFile
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from people.actors import actor_at
from tests.bucket import bucket_service
from tests.crm.models import LETTER, connector, deploy, flow, model, service, user
from tests.running import RemoteVisitor
from tests.scaled.site import ScaledSite, scaled_site
from tests.servers import Postgres
from tests.web.test_staff_pages import LEAVE, address, at, hidden

CLERK = "subscribers.expert"
PAPER = b"a doctor\x27s certificate"
PRINT = {"document": '= "letter"', "name": '= "letter"', "who": '= "Mina"'}
LETTERS = model(
    "letters",
    service("print", "سند", connector("document.render", PRINT, {"file": "letter_file"}))
    + user("hand_over", "تحویل")
    + flow(("start", "print"), ("print", "hand_over"), ("hand_over", "end")),
)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [tmp_path / name for name in ("web", "other-web", "worker")]


@pytest.fixture
def site(
    postgres: Postgres, redis_url: str, folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScaledSite]:
    """A web process; what all machines have alike are the bucket and the key file."""
    shared = {"RAVAND_SECRET_KEY_FILE": str(folders[0] / "secret_key")}
    with (
        bucket_service(monkeypatch) as bucket,
        scaled_site(folders[0], postgres, redis_url, RAVAND_FILES_URL=bucket, **shared) as one,
    ):
        yield one


def upload(clerk: RemoteVisitor) -> str:
    """Hand a paper in with a leave request; where it can be fetched."""
    page = clerk.get("/start?process=leave_request")
    clerk.post("/start/leave_request", {"request_id": str(uuid4()), "start_event": at(page)})
    paper = {"leave.certificate": (BytesIO(PAPER), "paper.txt")}
    answers = {**LEAVE, "leave.kind": "sick", **paper, **hidden(clerk.page)}
    clerk.post(address(clerk.page), answers)
    return file_of("paper.txt")


def file_of(name: str) -> str:
    with read_only() as session:
        found = session.scalars(select(StoredFile.id).where(StoredFile.name == name)).one()
    return f"/files/{found}"


def begin_letter() -> UUID:
    with unit_of_work() as uow:
        deploy(uow, "letters", ("letters.bpmn", LETTERS), ("documents/letter.typ", LETTER))
    with unit_of_work() as uow:
        by = actor_at(uow.session, CLERK)
        return engine.start(uow, "letters", by=by, request_id=new_id()).id


def has_letter() -> bool:
    with read_only() as session:
        return (
            session.scalar(select(StoredFile.id).where(StoredFile.name == "letter.pdf")) is not None
        )


def test_what_one_process_keeps_every_other_one_reads(
    site: ScaledSite, folders: list[Path]
) -> None:
    _web, other_folder, worker_folder = folders
    with site.another_web(RAVAND_DATA_DIR=str(other_folder)) as other:
        paper = upload(site.visitor(CLERK))
        assert other.visitor(CLERK).get(paper) == PAPER.decode()

        begin_letter()
        with site.worker(RAVAND_DATA_DIR=str(worker_folder)):
            site.wait(has_letter, "the worker has kept its letter")
        for place in (site, other):
            assert place.visitor(CLERK).get(file_of("letter.pdf")).startswith("%PDF-")

    own = [one for folder in folders for one in (folder / "files").rglob("*") if one.is_file()]
    assert own == []
