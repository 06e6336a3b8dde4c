"""Call activities: which version is called, and which values go across."""

from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, process, script, start, user
from tests.requirements import bpmn


def caller(maps: str = "", called: str = "below", **attributes: str) -> str:
    """A process that calls another; `binding` and `version` are ours."""
    ours = {f"ravand:{name}": text for name, text in attributes.items()}
    return process(
        start(),
        element("callActivity", "call", "", maps, called=called, **ours),
        user("after"),
        end(),
        chain("start", "call", "after", "end"),
    )


def below(step: str, key: str = "below") -> str:
    """A called process whose way shows which version it is."""
    return process(
        start("in"), script(step, "y = x"), end("out"), chain("in", step, "out"), key=key
    )


@bpmn("call.latest")
def test_the_newest_released_version_is_called(play: Play) -> None:
    play.deploy(caller(), below("one"))
    first = play.start()
    play.deploy(below("two"))
    second = play.start()
    play.deploy(below("three"), release=False)
    third = play.start()

    assert play.trace(first) == ["start", "in", "one", "out", "call"]
    assert play.trace(second) == ["start", "in", "two", "out", "call"]
    assert play.trace(third) == ["start", "in", "two", "out", "call"]


@bpmn("call.version")
def test_a_pinned_version_is_called_whatever_came_later(play: Play) -> None:
    play.deploy(below("one"))
    play.deploy(below("two"))
    play.deploy(caller(binding="version", version="1"))
    play.deploy(below("three"))

    root = play.start()

    assert play.trace(root) == ["start", "in", "one", "out", "call"]


@bpmn("call.deployment")
def test_the_version_of_the_same_deployment_is_called(play: Play) -> None:
    play.deploy(caller(binding="deployment"), below("one"))
    play.deploy(below("two"))

    root = play.start()

    assert play.trace(root) == ["start", "in", "one", "out", "call"]


@bpmn("call.variables")
def test_only_named_values_go_in_and_out(play: Play) -> None:
    maps = '<ravand:in source="a" target="x"/><ravand:out expression="= y * 2" target="b"/>'
    play.deploy(caller(maps), below("one"))

    root = play.start(a=4, secret=1)

    assert play.trace(root) == ["start", "in", "one", "out", "call"]
    assert play.tree(root)["below"].variables == {"x": 4, "y": 4}
    assert play.instance(root).variables == {"a": 4, "secret": 1, "b": 8}


@bpmn("call.variables")
def test_a_star_passes_everything_and_no_mapping_passes_nothing(play: Play) -> None:
    play.deploy(caller('<ravand:in source="*"/><ravand:out source="*"/>'), below("one"))
    everything = play.start(x=3, z=1)
    play.deploy(caller())
    nothing = play.start(x=3)

    assert play.trace(everything) == ["start", "in", "one", "out", "call"]
    assert play.instance(everything).variables == {"x": 3, "y": 3, "z": 1}
    assert play.trace(nothing) == ["start", "in", "one", "out", "call"]
    assert play.tree(nothing)["below"].variables == {"y": None}
    assert play.instance(nothing).variables == {"x": 3}


def test_an_expression_chooses_the_process_and_a_missing_one_is_an_incident(play: Play) -> None:
    play.deploy(caller(called="= kind"), below("one"), below("two", key="other"))

    chosen, missing = play.start(kind="other"), play.start(kind="nowhere")
    [incident] = play.incidents(missing)
    play.retry(incident.id, kind="below")

    assert play.trace(chosen) == ["start", "in", "two", "out", "call"]
    assert incident.code == "engine.called-missing"
    assert incident.facts["process"] == "nowhere"
    assert play.trace(missing) == ["start", "!call", "in", "one", "out", "call"]
