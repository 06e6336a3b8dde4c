"""Work is bounded: what is too much is counted, said once, and not looked into further."""

import json

from engine.problems import MOST
from tests.engine.bpmn.drawing import document, line, reading, task


def test_a_process_beyond_the_limit_is_counted_and_not_read():
    inside = "".join(f'<subProcess id="s{number}"/>' for number in range(5000))

    read = reading(document(inside))

    assert [(p.code, p.facts["count"]) for p in read.problems] == [("flow.too-many-nodes", 5000)]
    assert read.models == ()


def test_a_tangle_of_flows_is_not_read(preflight):
    inside = line(task()) + "".join(
        f'<sequenceFlow id="f{n}" sourceRef="work" targetRef="end"/>' for n in range(10_000)
    )

    report = preflight(inside)

    assert [problem.code for problem in report.errors] == ["flow.too-many-nodes"]


def test_a_list_of_problems_has_an_end(preflight):
    words = "\n".join("<ravand:preformer/>" for _ in range(3000))

    report = preflight(line(task(ravand=words)))

    assert len(report.problems) == MOST + 1
    assert report.problems[-1].code == "bundle.more-problems"
    assert not report.ok


def test_too_many_cases_are_refused_without_playing_them(preflight):
    cases = json.dumps([{} for _ in range(5000)]).encode()

    report = preflight(line(task()), **{"cases.json": cases})

    assert {problem.code for problem in report.errors} == {"cases.invalid"}


def test_a_cases_file_of_megabytes_is_not_parsed(preflight):
    report = preflight(line(task()), **{"cases.json": b"[" * 1_000_001})

    assert [problem.code for problem in report.errors] == ["bundle.file-too-large"]
