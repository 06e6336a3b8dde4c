"""A process as the Camunda 8 modeler writes it runs to its end here."""

from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, begin, model
from tests.requirements import bpmn


@bpmn("dialect.zeebe")
def test_a_zeebe_process_runs_to_its_end(play: Play, worker: Worker) -> None:
    play.deploy(model("order.zeebe"))
    root = begin("order", order_no="B-7", hours=5, lines=[{"amount": 3}, {"amount": 4}])

    for double in (6, 8):
        [job] = worker.jobs("pricing")
        assert job.inputs["double"] == double
        assert (job.inputs["currency"], job.inputs["order_no"]) == ("EUR", "B-7")
        worker.finish(job, price=double * 10, secret=1)
    [item] = play.items(root, "look")
    assert sorted(item.principals) == ["position:finance.head", "position:reception.clerk"]
    assert (item.priority, (item.due_at - item.opened_at).days) == ("urgent", 2)
    play.move(hours=5)
    answers = {"ok": True, "speed": "fast", "parts": ["a"]}
    play.complete(root, "look", answers={"order.userTaskForm_1": answers})
    assert play.message("Shipped", "B-7") == 1
    [job] = worker.jobs("mailer")
    worker.finish(job)

    assert play.trace(root) == [
        "came", "price", "price", "price", "sum", "late", "noted", "look", "way",
        "shipped", "tell", "done",
    ]  # fmt: skip
    case = play.instance(root)
    assert case.status == "completed"
    wanted = {"prices": [60, 80], "total": 140, "agreed": 141, "speed": "fast"}
    assert wanted.items() <= case.variables.items()
    assert case.variables.keys().isdisjoint({"secret", "shown", "price", "double"})
