"""A process as Flowable's (and Activiti's) modeler writes it runs to its end here."""

from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, answer, begin, model
from tests.requirements import bpmn

EXPERTS = ["reception.clerk", "finance.head", "finance.accountant"]


@bpmn("dialect.flowable")
def test_a_flowable_process_runs_to_its_end(play: Play, worker: Worker) -> None:
    play.deploy(model("claim.flowable"))
    names = [position.replace(".", "-") for position in EXPERTS]
    filed = {"claim.filed": {"sum": 400, "when": "2026-11-20"}}
    root = begin("claim", filed, "C-1", experts=names, days=3, applicant_name=names[0])

    assert play.open(root) == ["opinions"] * 3
    [job] = worker.jobs("registry")
    assert {"value": 400, "text": "claim of 400", "sum": 400}.items() <= job.inputs.items()
    for position in EXPERTS[:2]:
        person = play.actor(position).person_id
        [item] = [one for one in play.items(root) if one.principals == [f"person:{person}"]]
        assert item.priority == "urgent"
        answer(play, item, position, {"claim.opinions": {"opinion": "yes"}})
    worker.finish(job, number="R-9", ignored=0)
    play.move(days=3)
    assert play.message("Documents", "C-1") == 1
    [item] = play.items(root, "settle")
    first = play.actor(EXPERTS[0]).person_id
    assert sorted(item.principals) == [f"person:{first}", "position:finance.head"]
    assert item.due_at.isoformat() == "2026-12-30T08:30:00+00:00"
    play.complete(root, "settle", by="finance.head")

    assert play.trace(root) == [
        "filed", "fork", "opinions", "opinions", "-opinions", "opinions", "register", "join",
        "fee", "wait", "way", "ask", "settle", "closed",
    ]  # fmt: skip
    case = play.instance(root)
    assert case.status == "completed"
    assert {"claim_no": "R-9", "fee": 40, "opinion": "yes"}.items() <= case.variables.items()
