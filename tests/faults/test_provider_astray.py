"""A provider that dies, is silent and lies while workers are killed: each text once, and truly."""

import os
import random
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.uow import read_only
from notifiers.tables import Delivery
from tests.faults.oracle import ASK, SEND, looked_back, settle
from tests.faults.people import Tally, work
from tests.faults.test_under_load import strike
from tests.matrix.cells import Cell, cell
from web.fake_kavenegar import FakeState, Fault

ALL = bool(os.environ.get("RAVAND_TEST_FAULTS"))
CLERKS, EACH, KILLS, FAULTS = (4, 10, 10, 60) if ALL else (2, 2, 1, 8)
SHORT = [("sqlite", "thread")]
SET_UPS = [*SHORT, ("postgres", "rq")] if ALL else SHORT
REFUSING = ("code", "hidden_code")  # an answer that says: not taken, try later
ASTRAY = (
    *("cut", "page500", "page200", "empty", "no_entries"),
    *("accept_then_silence", "half", "stranger", "no_rows", "wrong_http"),
)


def lead_astray(sms: FakeState, chance: random.Random) -> int:
    """Spread faults over the calls to come; how many of them say "try later".

    Questions go wrong twice: after a third time, a person would be asked what became of a text.
    """
    kinds = [chance.choice((*ASTRAY, *REFUSING)) for _ in range(FAULTS)]
    with sms.lock:
        sms.faults += [Fault(kind, SEND, code=409) for kind in kinds]
        sms.faults += [Fault(chance.choice(ASTRAY), ASK) for _ in range(2)]
    return sum(kind in REFUSING for kind in kinds)


def unasked(sms: FakeState) -> int:
    """How many times a text was given to the provider again without asking what became of it."""
    last: dict[str, str] = {}
    found = 0
    for call in sms.requests:
        if call["method"] in (SEND, ASK):
            localid = call["params"]["localid"]
            found += call["method"] == SEND == last.get(localid)
            last[localid] = call["method"]
    return found


@pytest.mark.parametrize(("database", "runner"), SET_UPS)
def test_no_text_goes_twice_and_none_is_called_sent_that_was_not_taken(
    product_template: Path,
    tmp_path: Path,
    database: str,
    runner: str,
    request: pytest.FixtureRequest,
) -> None:
    postgres = request.getfixturevalue("postgres") if database == "postgres" else None
    redis_url = request.getfixturevalue("redis_url") if runner == "rq" else None
    with cell(product_template, tmp_path / "data", postgres, redis_url) as one:
        tally, chance, killed = Tally(), random.Random(407), 0
        later = lead_astray(one.sms, chance)
        people = work(one.url, tally, CLERKS, EACH)
        while killed < KILLS and tally.wait_for(8 * (killed + 1)):
            part = sorted(one.programs)[-killed % len(one.programs)]
            strike(one, part, whole=chance.random() < 0.5)
            killed += 1
            one.clock.move(minutes=3)
        people.join()
        settle(one)

        assert FAULTS - len(one.sms.faults) >= CLERKS * EACH
        assert_each_text_is_with_the_provider(one)
        assert unasked(one.sms) <= later
        told = looked_back(one.sms)
        told["wrong"] = [one for one in told["wrong"] if not one.startswith("sent ")]
        cases = CLERKS * EACH
        assert told == {
            "cases": {"completed": cases},
            "answers": 2 * cases,
            "texts": cases,
            "taken": cases,
            "wrong": [],
        }


def assert_each_text_is_with_the_provider(one: Cell) -> None:
    """What is called sent was taken there, in these words, for this phone."""
    with read_only() as session:
        sent = {
            str(text.localid): (text.address.replace("+98", "0"), text.text, text.state)
            for text in session.scalars(select(Delivery).where(Delivery.channel == "sms"))
        }
    there = {text.localid: (text.receptor, text.message) for text in one.sms.messages}
    assert {key: fact[:2] for key, fact in sent.items()} == there
    assert {fact[2] for fact in sent.values()} <= {"sent", "delivered"}
