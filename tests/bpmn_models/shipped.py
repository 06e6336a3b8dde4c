"""The shipped bundles, read once."""

from pathlib import Path

from lxml import etree

from engine.bpmn.model import ProcessModel
from engine.bpmn.reader import read
from engine.bpmn.vocabulary import BPMN, BPMNDI, DC
from engine.bundle import Bundle, read_bundle
from engine.xml import parse

MODELS = Path(__file__).parents[2] / "bpmn_models"
KEYS = sorted(path.stem for path in MODELS.glob("*/*.bpmn") if path.parent.name == path.stem)
BUNDLES: dict[str, Bundle] = {
    folder.name: read_bundle(folder)
    for folder in sorted(MODELS.iterdir())
    if folder.name in {*KEYS, "common"}
}
DI = "http://www.omg.org/spec/DD/20100524/DI"

Box = tuple[float, float, float, float]


def source(key: str) -> bytes:
    """The diagram of a bundle."""
    return BUNDLES[key].files[f"{key}.bpmn"]


def model(key: str) -> ProcessModel:
    """The one process of a bundle."""
    [found] = read(parse(source(key), f"{key}.bpmn"), f"{key}.bpmn").models
    return found


def box_of(shape: etree._Element) -> Box:
    """x, y, width, height of a shape or label."""
    bounds = shape.find(f"{{{DC}}}Bounds")
    assert bounds is not None
    x, y, width, height = (float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
    return x, y, width, height


class Drawing:
    """The diagram part of one file."""

    def __init__(self, key: str) -> None:
        root = etree.fromstring(source(key))
        self.kinds = {
            element.get("id", ""): etree.QName(element).localname
            for element in root.iter(f"{{{BPMN}}}*")
            if element.get("id")
        }
        self.hosts = {
            element.get("id", ""): element.get("attachedToRef", "")
            for element in root.iter(f"{{{BPMN}}}boundaryEvent")
        }
        self.shapes: dict[str, Box] = {}
        self.labels: dict[str, Box] = {}
        self.edges: dict[str, list[tuple[float, float]]] = {}
        self.ends = {
            flow.get("id", ""): (flow.get("sourceRef", ""), flow.get("targetRef", ""))
            for flow in root.iter(f"{{{BPMN}}}sequenceFlow")
        }
        for shape in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"):
            self._take(shape)

    def _take(self, shape: etree._Element) -> None:
        name = shape.get("bpmnElement", "")
        if etree.QName(shape).localname == "BPMNEdge":
            self.edges[name] = [
                (float(point.get("x", "0")), float(point.get("y", "0")))
                for point in shape.iter(f"{{{DI}}}waypoint")
            ]
        else:
            self.shapes[name] = box_of(shape)
        label = shape.find(f"{{{BPMNDI}}}BPMNLabel")
        if label is not None:
            self.labels[name] = box_of(label)

    @property
    def leaves(self) -> dict[str, Box]:
        """Shapes that hold no others."""
        holders = ("participant", "lane", "subProcess")
        return {k: box for k, box in self.shapes.items() if self.kinds[k] not in holders}


def overlap(one: Box, other: Box, slack: float = 1) -> bool:
    """Whether two boxes share more than their border."""
    return (
        one[0] < other[0] + other[2] - slack
        and other[0] < one[0] + one[2] - slack
        and one[1] < other[1] + other[3] - slack
        and other[1] < one[1] + one[3] - slack
    )


def touches(box: Box, point: tuple[float, float], slack: float = 2) -> bool:
    """Whether a point lies on the border of a box."""
    x, y, width, height = box
    across, down = point[0] - x, point[1] - y
    inside = -slack <= across <= width + slack and -slack <= down <= height + slack
    deep = slack < across < width - slack and slack < down < height - slack
    return inside and not deep
