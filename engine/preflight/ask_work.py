"""What to propose for steps that do not say who, with what, or how often."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import orjson

from engine.bpmn.model import Node, NodeKind, ProcessModel
from engine.mending.edits import AddFile, Edit, Extend, PutChild, Remove, Retag, SetAttribute
from engine.preflight.ask_flows import asker, undecided
from engine.preflight.judging import count, key
from engine.preflight.naming import free, slug
from engine.preflight.questions import About, Choice, makers
from engine.preflight.upload import Upload
from kernel.text import joined_key

_REPEAT = "multiInstanceLoopCharacteristics"


@makers.register("task.nobody")
def nobody_named(about: About) -> Iterator[Choice]:
    """The lane's name, when the chart knows it; else whoever started the case."""
    if about.model is not None and isinstance(about.element, Node):
        yield from _performers(about.upload, about.model, about.element)


def _performers(
    upload: Upload, model: ProcessModel, node: Node, before: tuple[Edit, ...] = ()
) -> Iterator[Choice]:
    """Who may do it; `before` stands before each answer's edits."""
    lane = next((one.name for one in model.lanes if one.id == node.lane), "")
    chart = upload.catalogue
    found = chart.named.get(joined_key(lane)) if lane else None

    def give(kind: str, value: str) -> tuple[Edit, ...]:
        return (*before, Extend(node.id, "performer", {kind: value}))

    if found is not None:
        yield Choice(
            f"lane-{found[0]}", lambda _: give(*found), facts={"lane": lane, "key": found[1]}
        )
    yield Choice("initiator", lambda _: give("initiator", "true"))
    positions, roles = (tuple(sorted(keys)) for keys in (chart.positions, chart.roles))
    if positions:
        yield Choice("position", lambda text: give("position", text), positions[0], positions)
    if roles:
        yield Choice("role", lambda text: give("role", text), roles[0], roles)


@makers.register("task.no-form")
def step_without_form(about: About) -> Iterator[Choice]:
    """A button is enough, or one field to write into; nothing where a gateway's answers will
    be its buttons."""
    node, model = about.element, about.model
    if not isinstance(node, Node) or model is None or _will_be_asked(model, node):
        return
    done = {"key": "done", "fa": "انجام شد", "en": "Done", "style": "primary"}
    yield Choice("done", lambda _: (Extend(node.id, "outcome", done),))
    known = about.upload.catalogue.forms | about.upload.bundle.forms.keys()
    own = free(f"{slug(model.key) or 'process'}_{slug(node.id) or 'step'}", known)
    file = AddFile(f"forms/{own}.json", _note_form(node))
    yield Choice("note-form", lambda _: (Extend(node.id, "form", {"key": own}), file),
                 facts={"form": own})  # fmt: skip
    yield Choice("leave", lambda _: ())


def _will_be_asked(model: ProcessModel, node: Node) -> bool:
    gateways = (NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE)
    for gateway in (one for one in model.nodes.values() if one.kind in gateways):
        flows = model.outgoing(gateway.id)
        if len(flows) > 1 and undecided(model, flows[0]) and asker(model, gateway) is node:
            return True
    return False


def _note_form(node: Node) -> bytes:
    title = node.name or node.id
    form = {
        "title": {"fa": title, "en": node.name_en or title},
        "schema": {
            "type": "object",
            "properties": {"note": {"type": "string", "title": "یادداشت", "maxLength": 2000}},
        },
        "ui": {"fields": {"note": {"en": "Note"}}},
    }
    return orjson.dumps(form, option=orjson.OPT_INDENT_2)


@makers.register("service.no-connector")
def machine_without_work(about: About) -> Iterator[Choice]:
    """A program outside does it, a person does it, or it is only drawn."""
    node, model = about.element, about.model
    if not isinstance(node, Node) or model is None:
        return
    installed = about.upload.catalogue.connectors
    yield Choice(
        "topic",
        lambda text: (Extend(node.id, "connector", {"type": "external", "topic": text.strip()}),),
        slug(node.id) or node.id,
        judge=key,
    )
    by_hand = (Retag(node.id, "userTask"),)
    for choice in _performers(about.upload, model, node, by_hand):
        if choice.key.startswith("lane-") or choice.key == "initiator":
            yield Choice("by-hand", choice.edits)
            break
    yield Choice("plain", lambda _: (Retag(node.id, "task"),))
    if installed:
        options = tuple(sorted(installed))
        yield Choice(
            "connector",
            lambda text: (Extend(node.id, "connector", {"type": text}),),
            options[0],
            options,
        )


@makers.register("call.missing")
def call_to_nothing(about: About) -> Iterator[Choice]:
    """A process of the bundle or a deployed one; the name often says which."""
    node, model = about.element, about.model
    if not isinstance(node, Node) or model is None:
        return
    known = {one.key: one.name for one in about.upload.models if one.key != model.key}
    known.update({one: "" for one in about.upload.catalogue.processes if one != model.key})
    options = tuple(sorted(known, key=lambda one: _unlike(node, one, known[one])))
    plain = Choice("plain", lambda _: (Retag(node.id, "task"),))
    near = bool(options) and not _unlike(node, options[0], known[options[0]])[0]
    if not near:
        yield plain
    if options:
        yield Choice(
            "process",
            lambda text: (SetAttribute(node.id, "calledElement", text),),
            options[0],
            options,
        )
    if near:
        yield plain


def _unlike(node: Node, own: str, title: str) -> tuple[int, str]:
    names = [joined_key(text) for text in (node.name, node.id) if text]
    near = any(get_close_matches(one, [joined_key(own), joined_key(title)], 1) for one in names)
    return (0 if near else 1), own


@makers.register("repeat.missing")
def how_often(about: About) -> Iterator[Choice]:
    """Over a list that a form fills, so many times, or once."""
    node = about.element
    if not isinstance(node, Node) or node.repeat is None:
        return
    if node.repeat.kind == "loop":
        loop = "standardLoopCharacteristics"
        yield Choice(
            "times",
            lambda text: (SetAttribute(node.id, "loopMaximum", text.strip(), loop),),
            "3",
            judge=count,
        )
        yield Choice("once", lambda _: (Remove(node.id, loop),))
        return
    lists = _lists(about.upload)
    if lists:
        yield Choice(
            "collection",
            lambda text: (SetAttribute(node.id, "ravand:collection", f"= {text}", _REPEAT),),
            lists[0],
            lists,
        )
    yield Choice(
        "times",
        lambda text: (
            PutChild(
                node.id,
                "loopCardinality",
                text.strip(),
                inside=_REPEAT,
                instead_of=("loopCardinality",),
            ),
        ),
        "3",
        judge=count,
    )
    yield Choice("once", lambda _: (Remove(node.id, _REPEAT),))


def _lists(upload: Upload) -> tuple[str, ...]:
    """The variables that the bundle's forms fill with lists."""
    found: set[str] = set()
    for data in upload.bundle.forms.values():
        try:
            properties = orjson.loads(data)["schema"]["properties"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue  # the rules about forms say what is wrong with it
        if isinstance(properties, dict):
            found |= {
                key
                for key, one in properties.items()
                if isinstance(one, dict) and one.get("type") == "array"
            }
    return tuple(sorted(one for one in found if one.isidentifier()))
