"""Moving running cases to another version: by equal ids or a map, keeping work and timers."""

from typing import Any
from uuid import UUID

import pytest

import engine
from engine.errors import MigrationImpossible
from engine.migration import Plan
from engine.spiff.dormitory import LARGE
from engine.store import SUBSCRIPTION, TIMER
from engine.tables import ProcessDefinition
from forms.drafts import load_draft, save_draft
from kernel.uow import read_only, unit_of_work
from people.actors import actor_at
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user
from tests.requirements import requirement


def plan(root: UUID, **names: str) -> Plan:
    with unit_of_work(commit=False) as uow:
        return engine.plan_migration(uow, root, 2, names)


def move(root: UUID, **names: str) -> None:
    with unit_of_work() as uow:
        engine.migrate(uow, root, 2, names, by=actor_at(uow.session, "reception.head"))


def version(play: Play, root: UUID) -> int:
    with read_only() as session:
        found = session.get_one(ProcessDefinition, play.instance(root).definition_id)
        return found.version


def waits(table: Any, root: UUID) -> list[Any]:
    with read_only() as session:
        rows = session.execute(table.select().where(table.c.instance_id == root)).all()
    return sorted((row.element_id, getattr(row, "due_at", None)) for row in rows)


def one_step(name: str, *around: str) -> str:
    return process(start(), user(name), end(), chain("start", name, "end"), *around)


def late(id: str, host: str, hours: int) -> tuple[str, ...]:
    told = f"{id}_end"
    text = timer("duration", f"PT{hours}H")
    return boundary(id, host, text, cancel=False), end(told), chain(id, told)


@requirement("E17")
def test_work_keeps_its_id_and_timers_their_instants_when_the_case_goes_to_a_new_version(
    play_both: Play,
) -> None:
    play = play_both
    play.deploy(one_step("ask", *late("slow", "ask", 48)))
    root = play.start()
    before, due = play.items(root)[0], waits(TIMER, root)
    play.move(hours=10)
    play.deploy(
        process(
            start(),
            user("ask"),
            user("more"),
            end(),
            chain("start", "ask", "more", "end"),
            *late("slow", "ask", 1),
            *late("later", "ask", 72),
        )
    )

    assert plan(root).armed == ("later",)
    move(root)

    assert version(play, root) == 2
    assert [(one.id, one.revision) for one in play.items(root)] == [(before.id, before.revision)]
    assert [one for one in waits(TIMER, root) if one[0] == "slow"] == due
    play.complete(root, "ask")
    assert play.open(root) == ["more"]
    play.complete(root, "more")
    assert play.trace(root) == ["start", "ask", "more", "end"]


@requirement("E17")
def test_a_step_that_has_another_id_needs_a_map_and_nothing_changes_without(
    play_both: Play,
) -> None:
    play = play_both
    play.deploy(one_step("ask", *late("slow", "ask", 48)))
    root = play.start()
    item = play.items(root)[0].id
    play.deploy(one_step("question", *late("slow", "question", 48)))

    [step] = plan(root).steps
    with pytest.raises(MigrationImpossible) as refused:
        move(root)

    assert (step.element_id, step.problem) == ("ask", "missing")
    assert [one[0] for one in step.choices] == ["question"]
    assert refused.value.facts["step"] == "ask"
    assert (version(play, root), play.open(root)) == (1, ["ask"])
    move(root, ask="question")
    assert [(one.id, one.element_id, one.name) for one in play.items(root)] == [
        (item, "question", "question")
    ]
    assert [one[0] for one in waits(TIMER, root)] == ["slow"]
    play.complete(root, "question")
    assert play.instance(root).status == "completed"


def test_boundary_events_that_are_gone_stop_listening(play_both: Play) -> None:
    play = play_both
    play.deploy(one_step("ask", *late("slow", "ask", 48)))
    root = play.start()
    play.deploy(one_step("ask"))

    assert plan(root).dropped == ("slow",)
    move(root)

    assert waits(TIMER, root) == []
    play.move(hours=50)
    assert play.trace(root) == ["start"]


def test_a_step_cannot_become_another_kind_or_leave_its_subprocess(play: Play) -> None:
    inside = start("in") + user("ask") + end("out") + chain("in", "ask", "out")
    play.deploy(
        process(start(), element("subProcess", "sub", inside), end(), chain("start", "sub", "end"))
    )
    root = play.start()
    play.deploy(one_step("ask"))

    problems = {step.element_id: step.problem for step in plan(root).steps}

    assert problems == {"sub": "missing", "ask": "scope"}


def test_tokens_that_wait_at_a_join_wait_at_the_mapped_one(play_both: Play) -> None:
    def drawn(gate: str) -> str:
        return process(
            start(),
            element("parallelGateway", "fork"),
            user("left"),
            user("right"),
            element("parallelGateway", gate),
            end(),
            chain("start", "fork", "left", gate, "end"),
            chain("fork", "right", gate),
        )

    play = play_both
    play.deploy(drawn("join"))
    root = play.start()
    play.complete(root, "left")
    play.deploy(drawn("meet"))

    move(root, join="meet")
    play.complete(root, "right")

    assert play.trace(root) == ["start", "fork", "left", "right", "meet", "end"]


def test_messages_are_still_heard_after_the_move(play: Play) -> None:
    head = '<bpmn:message id="m" name="go"/>'

    def drawn(name: str) -> str:
        event = '<bpmn:messageEventDefinition messageRef="m"/>'
        return process(
            start(),
            element("intermediateCatchEvent", name, event, '<ravand:correlation key="= no"/>'),
            user("after"),
            end(),
            chain("start", name, "after", "end"),
            head=head,
        )

    play.deploy(drawn("hear"))
    root = play.start(no="7")
    play.deploy(drawn("listen"))

    move(root, hear="listen")

    assert [one[0] for one in waits(SUBSCRIPTION, root)] == ["listen"]
    play.message("go", "7")
    assert play.open(root) == ["after"]


def test_large_activities_move_with_their_sleeping_bodies(play: Play) -> None:
    many = (
        '<bpmn:multiInstanceLoopCharacteristics ravand:collection="= people" '
        'ravand:element="person"/>'
    )

    def drawn(name: str) -> str:
        task = user(name, inside=many)
        return process(start(), task, end(), chain("start", name, "end"))

    play.deploy(drawn("ask"))
    root = play.start(people=list(range(LARGE)))
    play.deploy(drawn("question"))

    move(root, ask="question")

    for item in play.items(root, "question"):
        play.complete_item(item)
    assert play.trace(root) == ["start", *["question"] * LARGE, "question", "end"]


@requirement("E17")
def test_all_cases_of_a_version_move_each_by_itself_and_one_that_cannot_stays(play: Play) -> None:
    play.deploy(process(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end")))
    moving, staying = play.start(), play.start()
    play.complete(staying, "a")
    play.deploy(one_step("a"))

    with unit_of_work() as uow:
        head = actor_at(uow.session, "reception.head")
        assert engine.migrate_all(uow, "p", 1, 2, by=head) == 2
    play.run()

    assert (version(play, moving), version(play, staying)) == (2, 1)
    [line] = play.happened(staying, "not-migrated")
    assert "«b»" in line.facts["reason"]
    play.complete(moving, "a")
    play.complete(staying, "b")
    assert {play.instance(one).status for one in (moving, staying)} == {"completed"}


def test_what_somebody_has_typed_and_not_sent_moves_along(play_both: Play) -> None:
    play = play_both
    play.deploy(one_step("ask"))
    root = play.start()
    item, typist = play.items(root)[0], play.actor("reception.clerk")
    assert typist.person_id
    with unit_of_work() as uow:
        save_draft(uow, item.id, typist.person_id, {"ask": {"note": "نیمه‌کاره"}})
    play.deploy(one_step("question"))

    move(root, ask="question")

    moved = play.items(root)[0]
    assert moved.element_id == "question"
    with read_only() as session:
        draft = load_draft(session, moved.id, typist.person_id)
    assert draft is not None
    assert draft.data == {"ask": {"note": "نیمه‌کاره"}}
