"""Every bound of an upload is reached once: below it is accepted, beyond it refused."""

import time

import pytest

from engine.bpmn.reader import MAX_DEPTH, MAX_NODES
from engine.bundle import MAX_FILES, read_files
from engine.preflight.calls import MAX_DEPTH as MAX_CALLS
from engine.preflight.loops import MAX_REPEATS
from engine.problems import Refused
from tests.engine.bpmn.drawing import END, START, document, flow, line, reading, task

PLAIN = '<task id="{}"/>'


def nested(depth: int) -> str:
    inside = '<task id="inmost"/>'
    for level in range(depth):
        inside = f'<subProcess id="s{level}">{inside}</subProcess>'
    return inside


def codes(report) -> set[str]:
    return {problem.code for problem in report.errors}


def test_as_many_elements_as_allowed_are_checked_quickly(preflight):
    inside = line(*(PLAIN.format(f"t{number}") for number in range(MAX_NODES - 2)))

    began = time.process_time()
    report = preflight(inside)
    assert time.process_time() - began < 3

    assert report.ok
    assert len(report.models[0].nodes) == MAX_NODES
    assert codes(preflight(inside + PLAIN.format("more"))) == {"flow.too-many-nodes"}


def test_subprocesses_nest_so_deep_and_no_deeper():
    deepest = reading(document(nested(MAX_DEPTH)))
    deeper = reading(document(nested(MAX_DEPTH + 1)))

    assert deepest.models
    assert [problem.code for problem in deeper.problems] == ["flow.too-deep"]
    assert deeper.models == ()


def test_calls_nest_so_deep_and_no_deeper(preflight):
    def chain(count: int) -> str:
        return (
            "".join(
                f'<process id="c{i}"><callActivity id="a{i}" calledElement="c{i + 1}"/></process>'
                for i in range(count)
            )
            + f'<process id="c{count}"><task id="last"/></process>'
        )

    call = line('<callActivity id="call" calledElement="c0"/>')
    assert preflight(call, shared=chain(MAX_CALLS - 2)).ok
    assert codes(preflight(call, shared=chain(MAX_CALLS - 1))) == {"call.too-deep"}


@pytest.mark.parametrize(("count", "found"), [(MAX_REPEATS, False), (MAX_REPEATS + 1, True)])
def test_a_literal_number_of_repetitions_has_an_end(preflight, count, found):
    loop = "multiInstanceLoopCharacteristics"
    inside = f"<{loop}><loopCardinality>{count}</loopCardinality></{loop}>"

    assert ("repeat.too-many" in codes(preflight(line(task(inside=inside))))) is found


def test_a_long_circle_of_machines_is_found_and_one_with_a_person_in_it_is_not(preflight):
    count = 1_500
    nodes = "".join(PLAIN.format(f"t{number}") for number in range(count))
    ways = "".join(flow(f"t{number}", f"t{(number + 1) % count}") for number in range(count))
    inside = START + END + nodes + ways + flow("start", "t0") + flow("t9", "end")

    assert codes(preflight(inside)) == {"flow.automatic-cycle"}
    assert preflight(inside.replace(PLAIN.format("t700"), task("t700"))).ok


def test_an_expression_of_megabytes_is_refused_without_being_read(preflight):
    inside = (
        START
        + '<exclusiveGateway id="g" default="g-end"/><endEvent id="other"/>'
        + END
        + flow("start", "g")
        + flow("g", "end")
        + flow("g", "other", "= " + "a + " * 50_000 + "1")
    )

    assert codes(preflight(inside)) == {"expression.bad"}


def test_a_bundle_has_so_many_files_and_no_more():
    files = [(f"files/{number}.pdf", b"x") for number in range(MAX_FILES)]

    assert len(read_files(files).files) == MAX_FILES
    with pytest.raises(Refused) as refusal:
        read_files([*files, ("files/more.pdf", b"x")])
    assert refusal.value.problem.code == "bundle.too-many-files"
