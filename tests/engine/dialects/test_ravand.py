"""A process in Ravand's own words runs to its end, beside what another tool says in the file."""

from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, begin
from tests.engine.drawing import boundary, chain, element, end, flow, process, start, timer, user
from tests.requirements import bpmn

MACHINE = (
    '<ravand:connector type="external" topic="erp"><ravand:in target="sum" expression="= n * 2"/>'
    '<ravand:out target="number" source="id"/></ravand:connector>'
)
LIMIT = '<ravand:deadline priority="urgent"/><ravand:outcome key="yes" fa="بله" en="Yes"/>'


@bpmn("dialect.ravand")
def test_a_process_in_our_own_words_runs_to_its_end(play: Play, worker: Worker) -> None:
    play.deploy(
        process(
            start(),
            user("agree", LIMIT),
            boundary("late", "agree", timer("duration", "PT2H"), cancel=False),
            end("told"),
            element("serviceTask", "book", "", MACHINE),
            element("intermediateCatchEvent", "wait", timer("duration", "= length")),
            end(),
            chain("start", "agree", "book", "wait", "end"),
            flow("late", "told"),
        )
    )
    root = begin("p", n=4, length="P1D")

    assert [item.priority for item in play.items(root)] == ["urgent"]
    assert [item.due_at for item in play.items(root)] == [None]
    play.move(hours=2)
    play.complete(root, "agree", outcome="yes")
    [job] = worker.jobs("erp")
    assert job.inputs == {"sum": 8}
    worker.finish(job, id="B-1")
    play.move(days=1)

    assert play.trace(root) == ["start", "late", "told", "agree", "book", "wait", "end"]
    assert play.instance(root).variables["number"] == "B-1"
