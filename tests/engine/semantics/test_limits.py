"""Every limit of a run: what passes it stops as an incident that says so, and nothing else does."""

from uuid import UUID

import pytest

from engine.connectors import ConnectorCall, connectors
from engine.errors import StateLimit
from kernel.i18n import translate_code
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, flow, machine, process, script, start, user

SENTENCES = {
    "engine.step-limit": "حلقه‌ای بی‌پایان",
    "engine.token-limit": "بیش از 50 جا",
    "engine.item-limit": "10001",
    "engine.nesting-limit": "یکدیگر را فراخوانده‌اند",
    "engine.state-limit": "از اندازهٔ مجاز گذشته",
}


def times(count: str) -> str:
    return (
        "<bpmn:multiInstanceLoopCharacteristics>"
        f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def stopped(play: Play, root: UUID, code: str) -> str:
    """The element of the one incident, whose sentence says what happened."""
    [incident] = play.incidents(root)
    assert incident.code == code
    sentence = translate_code(code, {"message": incident.message, **incident.facts})
    assert SENTENCES[code] in sentence
    return incident.element_id


def test_steps_of_one_run(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again"),
            user("each", inside=times("= 0 * n")),
            element("exclusiveGateway", "way", default="way__end"),
            end(),
            chain("start", "again", "each", "way", "end"),
            flow("way", "again", "= n &gt; 0"),
        )
    )
    root = play.start(n=1)

    assert stopped(play, root, "engine.step-limit") in ("again", "each", "way")
    assert play.instance(root).status == "running"


def test_places_at_once(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.spiff.case.MAX_TOKENS", 50)
    work = element("subProcess", "sub", user("each", inside=times("= n")))
    play.deploy(process(start(), work, end(), chain("start", "sub", "end")))

    few, many = play.start(n=40), play.start(n=60)

    assert play.incidents(few) == []
    assert {one.code for one in play.incidents(many)} == {"engine.token-limit"}
    sentence = translate_code("engine.token-limit", play.incidents(many)[0].facts)
    assert SENTENCES["engine.token-limit"] in sentence


def test_runs_of_one_activity(play: Play) -> None:
    play.deploy(
        process(start(), user("each", inside=times("= n")), end(), chain("start", "each", "end"))
    )
    root = play.start(n=10_001)

    assert stopped(play, root, "engine.item-limit") == "each"
    assert play.trace(root) == ["start", "!each"]


def test_ten_thousand_automatic_runs_are_within_the_limits(play: Play) -> None:
    count = element(
        "scriptTask", "each", "<bpmn:script>x = loopCounter</bpmn:script>" + times("= n"),
        scriptFormat="ravand",
    )  # fmt: skip
    play.deploy(process(start(), count, end(), chain("start", "each", "end")))

    root = play.start(n=10_000)

    assert play.incidents(root) == []
    assert play.instance(root).status == "completed"
    assert play.instance(root).variables["x"] == 10_000


def test_processes_that_call_each_other(play: Play) -> None:
    maps = '<ravand:in source="*"/>'
    call = element("callActivity", "call", "", maps, called="= again")
    play.deploy(process(start(), call, end(), chain("start", "call", "end")))

    root = play.start(again="p")

    assert stopped(play, root, "engine.nesting-limit") == "call"
    assert play.trace(root) == ["start"] * 21 + ["!call"]


class Huge:
    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        return {"text": "x" * 2_100_000}


def test_bytes_that_a_step_gives(play: Play) -> None:
    connectors.add("test.huge", Huge())
    out = '<ravand:out source="text" target="text"/>'
    play.deploy(
        process(start(), machine("ask", "test.huge", out), end(), chain("start", "ask", "end"))
    )
    root = play.start()
    play.run()

    assert stopped(play, root, "engine.state-limit") == "ask"
    assert play.instance(root).variables == {}


def test_bytes_of_a_whole_case_are_refused_to_whoever_brings_them(play: Play) -> None:
    play.deploy(process(start(), script("calc", "x = 1"), end(), chain("start", "calc", "end")))

    with pytest.raises(StateLimit):
        play.start(text="x" * 2_100_000)
