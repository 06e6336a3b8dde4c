"""A case runs over HTTP while workers of their own do what leaves the building."""

import re
import signal
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.requirements import requirement
from tests.running import RemoteVisitor
from tests.scaled.site import ScaledSite, scaled_site
from tests.servers import Postgres
from tests.web.test_staff_pages import LEAVE, address, at, hidden

CLERK, HEAD = "subscribers.expert", "subscribers.head"


@pytest.fixture(scope="module")
def site(
    postgres: Postgres, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ScaledSite]:
    """One installation for the tests of this file."""
    with scaled_site(tmp_path_factory.mktemp("scaled"), postgres, redis_url) as one:
        yield one


def approve_a_leave(site: ScaledSite, kind: str) -> tuple[RemoteVisitor, str]:
    """One leave request from its start to the manager's consent; the head's browser, the case."""
    clerk, head = site.visitor(CLERK), site.visitor(HEAD)
    page = clerk.get("/start?process=leave_request")
    clerk.post("/start/leave_request", {"request_id": str(uuid4()), "start_event": at(page)})
    case = re.search(r"/instances/[0-9a-f-]{36}", clerk.page)
    assert case
    clerk.post(address(clerk.page), {**LEAVE, "leave.kind": kind, **hidden(clerk.page)})
    head.get("/inbox/next")
    head.post(address(head.page), {"outcome": "approve", **hidden(head.page)})
    return head, case[0]


@requirement("B09")
def test_a_case_completes_over_http_and_a_worker_sends_its_text(site: ScaledSite):
    with site.worker():
        head, case = approve_a_leave(site, "annual")
        site.wait(lambda: len(site.sms.messages) == 1, "a text was sent")
        site.wait(site.idle, "nothing is left to do")
    assert "is-done" in head.get(case)
    assert "{" not in site.sms.messages[0].message
    assert site.sms.messages[0].message in head.get(f"{case}?tab=messages")


@requirement("A17")
def test_a_worker_that_dies_after_sending_loses_nothing_and_repeats_nothing(site: ScaledSite):
    before = len(site.sms.messages)
    with site.worker(RAVAND_KILL_AT="after-act:1") as victim:
        approve_a_leave(site, "annual")
        assert victim.process.wait(60) == -signal.SIGKILL
    approve_a_leave(site, "sick")  # while no worker runs
    assert not site.idle()

    site.let_leases_end()
    with site.worker():
        site.wait(lambda: len(site.sms.messages) == before + 2, "both texts were sent")
        site.wait(site.idle, "nothing is left to do")
    assert len(site.sms.messages) == before + 2
