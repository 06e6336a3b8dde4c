"""The shipped diagrams can be read by eye: complete, aligned, nothing over anything."""

from itertools import combinations, pairwise

import pytest

from tests.bpmn_models.shipped import KEYS, Drawing, overlap, touches

every_model = pytest.mark.parametrize("key", KEYS)


@every_model
def test_every_step_and_flow_is_drawn(key: str) -> None:
    drawing = Drawing(key)
    nodes = {
        name
        for name, kind in drawing.kinds.items()
        if kind.endswith(("Event", "Task", "Gateway")) or kind in ("callActivity", "subProcess")
    }
    assert nodes <= drawing.shapes.keys()
    assert drawing.ends.keys() == drawing.edges.keys()


@every_model
def test_no_shape_or_label_lies_over_another(key: str) -> None:
    drawing = Drawing(key)
    boxes = [(name, "shape", box) for name, box in drawing.leaves.items()]
    boxes += [(name, "label", box) for name, box in drawing.labels.items()]
    wrong = [
        (one, other)
        for (one, _, a), (other, _, b) in combinations(boxes, 2)
        if overlap(a, b) and drawing.hosts.get(one) != other and drawing.hosts.get(other) != one
    ]
    assert not wrong


@every_model
def test_boundary_events_sit_on_the_border_of_their_step(key: str) -> None:
    drawing = Drawing(key)
    for event, host in drawing.hosts.items():
        x, y, width, height = drawing.shapes[event]
        assert touches(drawing.shapes[host], (x + width / 2, y + height / 2)), event


@every_model
def test_flows_run_straight_from_border_to_border(key: str) -> None:
    drawing = Drawing(key)
    for flow, points in drawing.edges.items():
        source, target = drawing.ends[flow]
        assert touches(drawing.shapes[source], points[0]), flow
        assert touches(drawing.shapes[target], points[-1]), flow
        for here, there in pairwise(points):
            assert abs(here[0] - there[0]) < 1 or abs(here[1] - there[1]) < 1, flow
