"""Small diagrams written by hand: one function for each kind of element."""

from itertools import pairwise

from engine.bundle import Bundle

SPACES = 'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:ravand="urn:ravand:bpmn:1"'
CLERK = '<ravand:performer position="reception.clerk"/>'


def process(*parts: str, key: str = "p", head: str = "") -> str:
    """A document with one process."""
    body = "".join(parts)
    return (
        f'<bpmn:definitions {SPACES} id="d" targetNamespace="t">{head}'
        f'<bpmn:process id="{key}" name="{key}" isExecutable="true">{body}</bpmn:process>'
        "</bpmn:definitions>"
    )


def element(tag: str, id: str, inside: str = "", ext: str = "", **attributes: str) -> str:
    """Any element; `ext` is what stands among its extensions."""
    names = {"attached": "attachedToRef", "cancel": "cancelActivity", "called": "calledElement"}
    given = "".join(f' {names.get(k, k)}="{v}"' for k, v in attributes.items())
    extensions = f"<bpmn:extensionElements>{ext}</bpmn:extensionElements>" if ext else ""
    return f'<bpmn:{tag} id="{id}" name="{id}"{given}>{extensions}{inside}</bpmn:{tag}>'


def start(id: str = "start", inside: str = "", ext: str = "") -> str:
    return element("startEvent", id, inside, ext)


def end(id: str = "end", inside: str = "", ext: str = "") -> str:
    return element("endEvent", id, inside, ext)


def user(id: str, ext: str = "", inside: str = "", performer: str = CLERK) -> str:
    return element("userTask", id, inside, performer + ext)


def script(id: str, text: str) -> str:
    return element("scriptTask", id, f"<bpmn:script>{text}</bpmn:script>", scriptFormat="ravand")


def flow(source: str, target: str, condition: str = "") -> str:
    inside = (
        f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    )
    name = f"{source}__{target}"
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</bpmn:sequenceFlow>"
    )


def chain(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def timer(kind: str, text: str) -> str:
    """`duration`, `date` or `cycle`."""
    tag = {"duration": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}[kind]
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{text}</bpmn:{tag}></bpmn:timerEventDefinition>"


def boundary(id: str, host: str, inside: str, ext: str = "", cancel: bool = True) -> str:
    stops = "true" if cancel else "false"
    return element("boundaryEvent", id, inside, ext, attached=host, cancel=stops)


def sub(id: str, *parts: str, tag: str = "subProcess", **attributes: str) -> str:
    """A subprocess (or `transaction`) of these parts."""
    return element(tag, id, "".join(parts), **attributes)


def woken(id: str, *parts: str) -> str:
    """An event subprocess of these parts."""
    return sub(id, *parts, triggeredByEvent="true")


def compensate(activity: str = "", wait: bool = True) -> str:
    """The definition of a compensation event that throws."""
    named = f' activityRef="{activity}"' if activity else ""
    return f'<bpmn:compensateEventDefinition{named} waitForCompletion="{str(wait).lower()}"/>'


def undoing(host: str, handler: str) -> str:
    """A compensation boundary event `on_<handler>` of a host, joined to its handler."""
    event = boundary(f"on_{handler}", host, "<bpmn:compensateEventDefinition/>")
    line = f'<bpmn:association id="{handler}_a" sourceRef="on_{handler}" targetRef="{handler}"/>'
    return event + line


def undone_by(id: str) -> str:
    """A compensation handler of plain work."""
    return element("task", id, isForCompensation="true")


def user_undone_by(id: str) -> str:
    """A compensation handler that a person does."""
    return element("userTask", id, "", CLERK, isForCompensation="true")


def machine(id: str, type: str, ext: str = "") -> str:
    return element(
        "serviceTask", id, "", f'<ravand:connector type="{type}">{ext}</ravand:connector>'
    )


def outcomes(*keys: str) -> str:
    return "".join(f'<ravand:outcome key="{key}" fa="{key}" en="{key}"/>' for key in keys)


def bundle(*documents: str, **files: bytes) -> Bundle:
    """A bundle of documents; other files by path, with `__` for the slash."""
    named = {f"d{number}.bpmn": text.encode() for number, text in enumerate(documents)}
    return Bundle({**named, **{path.replace("__", "/"): data for path, data in files.items()}})
