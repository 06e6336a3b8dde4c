"""Work for people: addresses, time limits, reminders, and what pages read of it."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

import engine
import engine.queries
from engine.errors import InstanceUnknown, WorkItemUnknown
from engine.tables import Incident
from kernel.i18n import use_locale
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, Actor
from tests.engine.conftest import Play
from tests.engine.drawing import CLERK, chain, element, end, process, start, user

TEHRAN = "+03:30"


def limit(duration: str, **more: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in more.items())
    return f'<ravand:deadline duration="{duration}"{given}/>'


def one_step(ext: str = "", performer: str = CLERK) -> str:
    work = user("work", ext, performer=performer)
    return process(start(), work, end(), chain("start", "work", "end"))


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        (limit("PT4H"), "2026-11-22T13:00"),
        (limit("PT8H"), "2026-11-23T09:00"),
        (limit("P1D"), "2026-11-23T09:00"),
        (limit("PT48H", clock="wall"), "2026-11-24T09:00"),
        (limit("= visit"), "2026-12-05T16:00"),
        (limit("= date and time(&quot;2026-12-01T10:30:00+03:30&quot;)"), "2026-12-01T10:30"),
    ],
)
def test_a_limit_runs_on_the_clock_it_names(play: Play, deadline: str, due: str) -> None:
    play.deploy(one_step(deadline))
    root = play.start(visit="2026-12-05")

    [item] = play.items(root)

    assert item.due_at == datetime.fromisoformat(due + ":00" + TEHRAN)


def test_reminders_follow_the_policy_and_then_stop(play: Play) -> None:
    play.deploy(one_step(limit("PT8H", clock="working", reminders="default")))
    root = play.start()

    for _ in range(14):
        play.move(hours=12)

    told = [(one.facts["template"], one.facts["to"]) for one in play.happened(root, "reminded")]
    assert told == [
        ("task_reminder", ["position:reception.clerk"]),
        ("task_overdue", ["position:reception.head"]),
        ("task_escalated", ["position:management.ceo"]),
        ("task_escalated", ["position:management.ceo"]),
        ("task_escalated", ["position:management.ceo"]),
    ]
    assert play.open(root) == ["work"]


def test_no_reminder_goes_out_for_work_that_is_done_or_wants_none(play: Play) -> None:
    play.deploy(one_step(limit("PT4H", reminders="default")))
    done = play.start()
    play.complete(done, "work")
    play.deploy(one_step(limit("PT4H", reminders="none")))
    silent = play.start()

    for _ in range(6):
        play.move(hours=24)

    assert play.happened(done, "reminded") == play.happened(silent, "reminded") == []
    assert play.open(silent) == ["work"]


def test_a_reminder_reaches_whoever_claimed_the_work(play: Play) -> None:
    play.deploy(one_step(limit("PT4H", reminders="50%>assignee@inbox,sms")))
    root = play.start()
    [item], clerk = play.items(root), play.actor("reception.clerk")
    with unit_of_work() as uow:
        engine.claim(uow, item.id, by=clerk)

    play.move(hours=3)

    [told] = play.happened(root, "reminded")
    assert told.facts["to"] == [f"person:{clerk.person_id}"]
    assert told.facts["channels"] == ["inbox", "sms"]


@pytest.mark.parametrize(
    ("performer", "principal"),
    [
        ('position="finance.head"', "position:finance.head"),
        ('unit="finance"', "unit:finance"),
        ('role="manager"', "role:manager"),
        ('managerOf="initiator"', "position:reception.head"),
        ('managerOf="finance.accountant"', "position:finance.head"),
        ('managerOf="= initiator.position"', "position:reception.head"),
        ('expression="= head_of(&quot;finance&quot;)"', "position:finance.head"),
        ('expression="= chosen"', "position:finance.accountant"),
    ],
)
def test_work_is_addressed_as_the_diagram_says(play: Play, performer: str, principal: str) -> None:
    play.deploy(one_step(performer=f"<ravand:performer {performer}/>"))
    root = play.start(chosen="position:finance.accountant")

    [item] = play.items(root)

    assert item.principals == [principal]


def test_an_unknown_address_is_an_incident_that_says_so(play: Play) -> None:
    play.deploy(one_step(performer='<ravand:performer expression="= chosen"/>'))
    root = play.start(chosen="position:nobody")

    with read_only() as session, use_locale("en"):
        [row] = engine.queries.incidents(session, play.actor("management.ceo"))
        assert "position:nobody" in row.sentence()
        assert row.can_retry
    assert play.open(root) == []


def test_the_inbox_is_ordered_by_urgency_and_paged_by_key(play_both: Play) -> None:
    play = play_both
    play.deploy(one_step(limit("= limit")))
    for hours in (5, 1, 3, 2, 4):
        play.start(limit=f"PT{hours}H")
    clerk = play.actor("reception.clerk")

    with read_only() as session:
        first = engine.queries.inbox(session, clerk, limit=2)
        after = (first[-1].sort_at, first[-1].id)
        rest = engine.queries.inbox(session, clerk, after=after)
        counts = engine.queries.inbox_counts(session, clerk)
        head = engine.queries.inbox(session, play.actor("finance.head"))

    dues = [row.due_at for row in first + rest]
    assert dues == sorted(dues)
    assert len(dues) == 5
    assert (counts.open, counts.overdue, counts.today) == (5, 0, 5)
    assert head == []


def test_the_inbox_is_narrowed_by_process_words_and_case(play: Play) -> None:
    flows = chain("start", "other", "end")
    play.deploy(one_step(), process(start(), user("other"), end(), flows, key="q"))
    mine, other = play.start(subject="خانم رضایی"), play.start("q")
    clerk = play.actor("reception.clerk")

    with read_only() as session:
        by_process = engine.queries.inbox(session, clerk, definition_key="q")
        by_words = engine.queries.inbox(session, clerk, search="رضایی")
        by_case = engine.queries.inbox(session, clerk, root_id=other)
        processes = engine.queries.inbox_processes(session, clerk)

    assert [row.root_id for row in by_process] == [row.root_id for row in by_case] == [other]
    assert [row.root_id for row in by_words] == [mine]
    assert [one.key for one in processes] == ["p", "q"]


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("مراقب شبانه‌روزی", True),
        ("شبانه روزي", True),
        ("٢ ساله", True),
        ("2 ساله", True),
        ("100%", True),
        ("1_0%", False),
        ("٪", False),
        (" ", True),
    ],
)
def test_a_search_does_not_ask_how_the_keyboard_writes(play: Play, typed: str, finds: bool) -> None:
    play.deploy(one_step())
    play.start(subject="مراقب شبانه‌روزی، کودک ۲ ساله، 100%")
    with read_only() as session:
        clerk, boss = play.actor("reception.clerk"), play.actor("management.ceo")
        found = engine.queries.inbox(session, clerk, search=typed)
        cases = engine.queries.instances(session, boss, search=typed)
    assert (bool(found), bool(cases)) == (finds, finds)


def test_what_is_done_is_listed_for_whoever_did_it(play: Play) -> None:
    play.deploy(one_step())
    root = play.start()
    play.complete(root, "work")

    with read_only() as session:
        done = engine.queries.inbox(session, play.actor("reception.clerk"), status="completed")
        others = engine.queries.inbox(session, play.actor("reception.head"), status="completed")

    assert [row.element_id for row in done] == ["work"]
    assert others == []


def outsider(play: Play, position: str) -> Actor:
    """The same person without the permission to see every case."""
    return replace(play.actor(position), permissions=frozenset({"inbox.use"}))


def test_a_case_is_hidden_from_those_who_take_no_part_in_it(play_both: Play) -> None:
    play = play_both
    play.deploy(one_step())
    root = play.start(by="reception.head")
    play.start(by="finance.accountant")
    [item] = play.items(root)

    with read_only() as session:
        for position, sees in (
            ("reception.head", True),  # started it
            ("reception.clerk", True),  # has work in it
            ("finance.head", False),
        ):
            actor = outsider(play, position)
            assert (root in [one.id for one in engine.queries.instances(session, actor)]) is sees
            if not sees:
                with pytest.raises(InstanceUnknown):
                    engine.queries.instance(session, actor, root)
                with pytest.raises(WorkItemUnknown):
                    engine.queries.item(session, actor, item.id)


def test_an_instance_shows_what_is_done_current_and_late(play: Play) -> None:
    call = element("callActivity", "call", called="child")
    child = process(
        start(), user("inner", limit("PT1H")), end(), chain("start", "inner", "end"), key="child"
    )
    parent = process(start(), user("first"), call, end(), chain("start", "first", "call", "end"))
    play.deploy(child, parent)
    root = play.start()
    play.complete(root, "first")
    play.clock.move(hours=3)
    boss = play.actor("management.ceo")

    with read_only() as session:
        view = engine.queries.instance(session, boss, root)
        inside = engine.queries.instance(session, boss, view.children[0].id)
        lines = engine.queries.history(session, root)
        [row] = engine.queries.instances(session, boss, overdue=True)

    assert {one.element_id: one.state for one in view.elements} == {
        "start": "done",
        "first": "done",
        "call": "current",
    }
    assert {one.element_id: one.state for one in inside.elements}["inner"] == "overdue"
    assert [(one.element_id, one.definition_key) for one in view.children] == [("call", "child")]
    assert {line.kind for line in lines} >= {"started", "completed", "passed"}
    assert row.is_overdue
    assert [one.element_id for one in row.steps] == ["inner"]


def test_processes_are_listed_with_what_runs_and_who_may_start_them(play: Play) -> None:
    play.deploy(one_step())
    play.start()
    play.deploy(one_step(limit("PT4H")), release=False)
    clerk = play.actor("reception.clerk")

    with read_only() as session:
        [row] = engine.queries.definitions(session)
        [able] = engine.queries.startable(session, clerk)
        events = engine.queries.definition_events(
            session, engine.queries.definition(session, "p", 1).id
        )

    assert (row.released_version, row.draft_version, row.running) == (1, 2, 1)
    assert (able.version, [node.id for node in able.starts]) == (1, ["start"])
    assert {one.kind for one in events} == {"released", "deployed"}


def test_several_starts_are_offered_and_the_chosen_one_is_taken(play: Play) -> None:
    play.deploy(
        process(
            start("by_phone"),
            start("by_site"),
            user("a"),
            user("b"),
            end(),
            chain("by_phone", "a", "end"),
            chain("by_site", "b", "end"),
        )
    )
    with unit_of_work() as uow:
        clerk = play.actor("reception.clerk")
        root = engine.start(uow, "p", start_event="by_site", by=clerk).id

    assert play.open(root) == ["b"]
    with read_only() as session:
        assert len(engine.queries.startable_process(session, clerk, "p").starts) == 2


def test_case_numbers_count_within_the_jalali_year(play_both: Play) -> None:
    play = play_both
    play.deploy(one_step())

    numbers = [play.instance(play.start()).number for _ in range(2)]
    play.clock.set(datetime.fromisoformat("2027-03-25T10:00:00+03:30"))
    numbers.append(play.instance(play.start()).number)

    assert numbers == ["1405/0001", "1405/0002", "1406/0001"]


def test_a_failure_beside_a_case_is_shown_once_and_the_case_goes_on(play: Play) -> None:
    play.deploy(one_step())
    root = play.start()

    for _ in range(2):
        with unit_of_work() as uow:
            engine.report_incident(
                uow,
                root,
                "work",
                code="delivery.failed",
                facts={"channel": "sms", "reason": "411"},
                reference="d1",
            )

    with read_only() as session:
        assert len(session.scalars(select(Incident)).all()) == 1
    play.complete(root, "work")
    assert play.instance(root).status == "completed"
    assert SYSTEM.is_system
