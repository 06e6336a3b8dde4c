"""A process as the Camunda 7 modeler writes it runs to its end here."""

from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, begin, model
from tests.requirements import bpmn

TOLD = b'{"title": "t", "schema": {"properties": {"words": {"type": "string", "title": "w"}}}}'


@bpmn("dialect.camunda")
def test_a_camunda_process_runs_to_its_end(play: Play, worker: Worker) -> None:
    play.deploy(model("loan.camunda"), **{"forms/told.json": TOLD})
    root = begin("loan", {"loan.asked": {"amount": 900}}, business_key="K-1", hours=3)

    play.run()
    [job] = worker.jobs("scoring")
    assert {"sum": 900, "text": "loan of 900 euro", "amount": 900}.items() <= job.inputs.items()
    worker.finish(job, score=70, note="fine")

    [item] = play.items(root, "approve")
    assert item.principals == ["position:finance.head"]
    assert item.priority == "urgent"
    assert (item.due_at - item.opened_at).days == 2
    answers = {"loan.approve": {"approved": True, "way_of_pay": "bank"}}
    play.complete(root, "approve", by="finance.head", answers=answers)
    assert play.open(root) == []
    play.move(hours=3)
    assert play.message("Paid", "K-1", bill=7) == 1
    play.complete(root, "tell", answers={"told": {"words": "yes"}})

    assert play.trace(root) == [
        "asked", "check", "way", "approve", "fee", "pause", "paid", "tell", "done",
    ]  # fmt: skip
    case = play.instance(root)
    assert case.status == "completed"
    wanted = {"good": True, "score": 70, "note": "fine", "fee": 1801, "way_of_pay": "bank"}
    assert wanted.items() <= case.variables.items()
    assert "sum" not in case.variables
