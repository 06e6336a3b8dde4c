"""Completing work: forms, outcomes, revisions, the same click twice, two people at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import func, select

import engine
import engine.definitions
import engine.queries
from engine.errors import (
    FourEyes,
    NotYourWork,
    OutcomeMissing,
    ReasonMissing,
    WorkItemChanged,
    WorkItemClosed,
    WorkItemTaken,
)
from engine.tables import HistoryEvent, Submission
from forms.errors import FormInvalid
from kernel.errors import AppError
from kernel.uow import read_only, unit_of_work
from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, flow, outcomes, process, start, user

AGREEMENT = orjson.dumps(
    {
        "title": {"fa": "توافق", "en": "Agreement"},
        "schema": {
            "type": "object",
            "properties": {"months": {"type": "integer", "title": "ماه", "minimum": 1}},
            "required": ["months"],
            "additionalProperties": False,
        },
        "ui": {},
    }
)
FORM = '<ravand:form key="agreement" binding="deployment"/>'
REASON = '<ravand:outcome key="no" fa="نه" en="No" requires="reason"/>'


def two_steps(first: str = "") -> str:
    return process(
        start(),
        user("first", first),
        user("second"),
        end(),
        chain("start", "first", "second", "end"),
    )


def test_a_form_is_checked_and_its_answers_are_merged_and_kept(play_both: Play) -> None:
    play = play_both
    play.deploy(two_steps(FORM), **{"forms__agreement.json": AGREEMENT})
    root = play.start()

    play.complete(root, "first", answers={"agreement": {"months": 12}})

    assert play.instance(root).variables["months"] == 12
    with read_only() as session:
        sent = session.scalars(select(Submission)).one()
    assert sent.answers == {"agreement": {"months": 12}}
    assert (sent.element_id, sent.visit) == ("first", 1)


def test_a_refused_form_leaves_everything_as_it_was(play_both: Play) -> None:
    play = play_both
    play.deploy(two_steps(FORM), **{"forms__agreement.json": AGREEMENT})
    root = play.start()
    before = play.instance(root)

    with pytest.raises(FormInvalid) as refused:
        play.complete(root, "first", answers={"agreement": {"months": 0}})

    assert list(refused.value.fields) == ["months"]
    after = play.instance(root)
    assert (after.revision, after.state) == (before.revision, before.state)
    assert play.open(root) == ["first"]
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_every_visit_of_a_loop_keeps_its_own_answers(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again"),
            user("work", FORM + outcomes("back", "done")),
            element("exclusiveGateway", "way", default="way__end"),
            end(),
            chain("start", "again", "work", "way", "end"),
            flow("way", "again", '= outcomes.work = "back"'),
        ),
        **{"forms__agreement.json": AGREEMENT},
    )
    root = play.start()

    for months, outcome in ((1, "back"), (2, "back"), (3, "done")):
        play.complete(root, "work", outcome=outcome, answers={"agreement": {"months": months}})

    with read_only() as session:
        kept = engine.queries.submissions(session, root, "work")
    assert [(one.visit, one.answers["agreement"]["months"]) for one in kept] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


def test_an_outcome_must_be_chosen_and_may_ask_for_a_reason(play: Play) -> None:
    play.deploy(two_steps(outcomes("yes") + REASON))
    root = play.start()

    with pytest.raises(OutcomeMissing):
        play.complete(root, "first")
    with pytest.raises(ReasonMissing):
        play.complete(root, "first", outcome="no", reason="  ")
    play.complete(root, "first", outcome="no", reason="گران است")

    assert play.instance(root).variables["outcomes"] == {"first": "no"}
    assert play.instance(root).variables["reason"] == "گران است"


def test_the_same_click_twice_has_one_effect(play_both: Play) -> None:
    play = play_both
    play.deploy(two_steps())
    root = play.start()
    item, click = play.items(root)[0], uuid4()
    clerk = play.actor("reception.clerk")

    for _ in range(2):
        with unit_of_work() as uow:
            answer = engine.complete(
                uow, item.id, {}, by=clerk, revision=item.revision, request_id=click
            )
        assert answer.id == root

    assert play.open(root) == ["second"]
    assert len(play.happened(root, "completed")) == 1


def test_the_same_start_twice_starts_one_case(play: Play) -> None:
    play.deploy(two_steps())
    clerk, click = play.actor("reception.clerk"), uuid4()

    started = []
    for _ in range(2):
        with unit_of_work() as uow:
            started.append(engine.start(uow, "p", by=clerk, request_id=click).id)

    assert started[0] == started[1]


def test_whoever_comes_second_reads_who_closed_it(play: Play) -> None:
    play.deploy(two_steps())
    root = play.start()
    item = play.items(root)[0]
    clerk = play.actor("reception.clerk")
    play.complete(root, "first")

    with pytest.raises(WorkItemClosed) as refusal, unit_of_work() as uow:
        engine.complete(uow, item.id, {}, by=clerk, revision=item.revision, request_id=uuid4())

    assert refusal.value.facts["closed_by"] == clerk.name


def test_of_two_people_at_once_one_wins_and_the_case_is_healthy(play_both: Play) -> None:
    play = play_both
    play.deploy(two_steps())
    root = play.start()
    item, clerk = play.items(root)[0], play.actor("reception.clerk")
    gate, answers = threading.Barrier(2), []

    def click() -> None:
        gate.wait()
        try:
            with unit_of_work() as uow:
                engine.complete(uow, item.id, {}, by=clerk, revision=1, request_id=uuid4())
            answers.append("done")
        except AppError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["done", "work-item.closed"]
    assert play.open(root) == ["second"]


def test_the_same_click_at_the_same_instant_has_one_effect_and_two_answers(
    play_both: Play,
) -> None:
    play = play_both
    play.deploy(two_steps())
    root, click = play.start(), uuid4()
    item, clerk = play.items(root)[0], play.actor("reception.clerk")
    begun = uuid4()

    def complete() -> object:
        with unit_of_work() as uow:
            return engine.complete(uow, item.id, {}, by=clerk, revision=1, request_id=click).id

    def start() -> object:
        with unit_of_work() as uow:
            return engine.start(uow, "p", by=clerk, request_id=begun).id

    with ThreadPoolExecutor(4) as pool:
        for act in (complete, start):
            answers = [one.result() for one in [pool.submit(act) for _ in range(4)]]
            assert len(set(answers)) == 1

    assert play.open(root) == ["second"]
    with read_only() as session:
        assert len(engine.queries.instances(session, play.actor("management.ceo"))) == 2


def test_work_is_refused_to_those_it_is_not_addressed_to(play: Play) -> None:
    play.deploy(two_steps())
    root = play.start()

    with pytest.raises(NotYourWork):
        play.complete(root, "first", by="finance.accountant")


def test_a_claimed_item_is_its_holders_until_it_is_given_back(play: Play) -> None:
    play.deploy(two_steps())
    root = play.start()
    item, clerk = play.items(root)[0], play.actor("reception.clerk")
    with unit_of_work() as uow:
        engine.claim(uow, item.id, by=clerk, revision=item.revision)

    with pytest.raises(WorkItemChanged), unit_of_work() as uow:
        engine.complete(uow, item.id, {}, by=clerk, revision=item.revision, request_id=uuid4())
    with pytest.raises(WorkItemTaken):
        play.complete(root, "first", by="management.ceo")
    with unit_of_work() as uow:
        engine.unclaim(uow, item.id, by=play.actor("management.ceo"))

    play.complete(root, "first")
    with read_only() as session:
        kinds = session.scalars(select(HistoryEvent.kind).order_by(HistoryEvent.id)).all()
    assert [one for one in kinds if "claimed" in one] == ["claimed", "unclaimed"]


def test_four_eyes_whoever_did_a_step_may_not_check_it(play: Play) -> None:
    anybody = '<ravand:performer unit="reception" exclude="first"/>'
    play.deploy(
        process(
            start(),
            user("first", performer='<ravand:performer unit="reception"/>'),
            user("check", performer=anybody),
            end(),
            chain("start", "first", "check", "end"),
        )
    )
    root = play.start()
    play.complete(root, "first", by="reception.clerk")

    with pytest.raises(FourEyes):
        play.complete(root, "check", by="reception.clerk")
    with read_only() as session:
        assert engine.queries.inbox(session, play.actor("reception.clerk")) == []
        assert len(engine.queries.inbox(session, play.actor("reception.head"))) == 1

    play.complete(root, "check", by="reception.head")
    assert play.instance(root).status == "completed"


def test_everyone_of_a_group_does_it_when_the_step_says_so(play: Play) -> None:
    everyone = '<ravand:performer unit="finance" mode="every"/>'
    play.deploy(
        process(
            start(),
            user("read", performer=everyone),
            user("after"),
            end(),
            chain("start", "read", "after", "end"),
        )
    )
    root = play.start()
    assert play.open(root) == ["read", "read"]

    for item in play.items(root):
        holder = item.principals[0]
        by = next(
            key
            for key in ("finance.head", "finance.accountant")
            if holder in play.actor(key).principals
        )
        with unit_of_work() as uow:
            engine.complete(uow, item.id, {}, by=play.actor(by), revision=1, request_id=uuid4())

    assert play.open(root) == ["after"]
