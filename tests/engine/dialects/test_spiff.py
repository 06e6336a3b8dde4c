"""A process as SpiffArena's modeler writes it runs to its end here; its Python is never run."""

import json

from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, begin, model
from tests.requirements import bpmn

FILES = {
    "ask-schema.json": {
        "title": "What to buy",
        "type": "object",
        "required": ["item_name", "price"],
        "properties": {
            "item_name": {"type": "string", "title": "Thing", "enum": ["pen", "desk"]},
            "price": {"type": "integer", "title": "Price", "minimum": 1},
            "count": {"type": "integer", "title": "How many", "default": 1},
            "small": {"type": "boolean", "title": "Small", "default": False},
            "why": {"type": "string", "title": "Why"},
        },
    },
    "ask-uischema.json": {"why": {"ui:widget": "textarea", "ui:help": "In a few words"}},
    "review-schema.json": {
        "title": "Review",
        "properties": {"verdict": {"type": "string", "title": "Verdict"}},
    },
}


@bpmn("dialect.spiff")
def test_a_spiffarena_process_runs_to_its_end(play: Play, worker: Worker) -> None:
    play.deploy(model("purchase.spiff"), **{k: json.dumps(v).encode() for k, v in FILES.items()})
    root = begin("purchase", order_no="P-3")

    [item] = play.items(root, "ask")
    assert item.principals == [f"person:{play.actor('reception.clerk').person_id}"]
    asked = {"item_name": "desk", "price": 40, "count": 3, "small": False}
    play.complete(root, "ask", answers={"ask": asked})
    [item] = play.items(root, "review")
    assert item.principals == ["position:finance.head"]
    play.move(hours=2)
    play.complete(root, "review", by="finance.head", answers={"review": {"verdict": "ok"}})
    play.move(minutes=30)
    assert play.message("delivered", "P-3", weight=5) == 1
    [job] = worker.jobs("erp")
    assert job.inputs == {"sum": 120}
    worker.finish(job, id="B-1")
    play.complete(root, "file", by="finance.head")

    assert play.trace(root) == [
        "begin", "ask", "compute", "which", "slow", "warned", "review", "rest", "receive", "book",
        "file", "over",
    ]  # fmt: skip
    case = play.instance(root)
    assert case.status == "completed"
    wanted = {"total": 120, "tax": 13, "first": "desk", "verdict": "ok", "booking": "B-1"}
    wanted["delivery"] = {"weight": 5}
    assert wanted.items() <= case.variables.items()
    assert case.variables["delivery"] == {"weight": 5}
    assert "weight" not in case.variables
