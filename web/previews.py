"""The texts that will go out when a step is done, shown on the step before they are sent (E11).

Counted in: what the step itself sends when it is completed, and what follows it without anybody
acting in between (send tasks and events behind gateways). Which way a gateway goes may still
depend on the outcome, so each text says after which branch it goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.bpmn.model import GATEWAYS, EventKind, Node, NodeKind, ProcessModel
from kernel import expressions
from kernel.errors import AppError
from kernel.expressions import ExpressionError
from kernel.i18n import gettext as _
from kernel.i18n import locale
from notifiers import templates
from web.filters import isolated, phone_groups

OUTSIDE = frozenset({"sms", "email"})
_SENDERS = frozenset({NodeKind.SERVICE_TASK, NodeKind.SEND_TASK})
_QUIET = GATEWAYS | {NodeKind.SCRIPT_TASK, NodeKind.TASK}
_FURTHEST = 6


@dataclass(frozen=True)
class Wish:
    """One text the diagram asks for. `after`: names of the branches that lead to it."""

    channel: str
    to: str
    template: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """One text as the page shows it."""

    title: str
    text: str
    note: str


def previews(
    session: Session,
    model: ProcessModel,
    node: Node,
    variables: Mapping[str, Any],
    deployment_id: UUID,
) -> list[Shown]:
    """The outside texts of a step, filled in as far as is known now."""
    shown = []
    for wish in wishes(model, node):
        found = _fill(session, wish, variables, deployment_id)
        if found is not None:
            shown.append(found)
    return shown


def wishes(model: ProcessModel, node: Node) -> list[Wish]:
    """Every text to somebody outside that may follow this step at once."""
    found = [Wish(one.channel, one.to, one.template) for one in node.notifies_on("completed")]
    found += list(_behind(model, node, (), {node.id}))
    return [wish for wish in dict.fromkeys(found) if wish.channel in OUTSIDE]


def _behind(
    model: ProcessModel, node: Node, after: tuple[str, ...], seen: set[str]
) -> Iterator[Wish]:
    for flow in model.outgoing(node.id):
        target = model.nodes.get(flow.target)
        if target is None or target.id in seen or len(seen) > _FURTHEST * 4:
            continue
        seen.add(target.id)
        name = (flow.name_en if locale() == "en" else "") or flow.name
        branch = (*after, name) if name else after
        yield from _told_by(target, branch)
        if _passes(target):
            yield from _behind(model, target, branch, seen)


def _told_by(node: Node, after: tuple[str, ...]) -> Iterator[Wish]:
    if node.connector and node.connector.type == "notify.send":
        given = {one.target: one.expression or f"= {one.source}" for one in node.inputs}
        yield Wish(
            _literal(given.get("channel", "")),
            given.get("to", ""),
            _literal(given.get("template", "")),
            after,
        )
    for one in node.notifies_on(None):
        yield Wish(one.channel, one.to, one.template, after)


def _passes(node: Node) -> bool:
    """Whether a token goes through without waiting for anybody."""
    if node.kind in _QUIET or node.kind in _SENDERS:
        return True
    return node.kind is NodeKind.THROW and node.event.kind in (EventKind.NONE, EventKind.SIGNAL)


def _literal(text: str) -> str:
    """`= "sms"` is sms; anything that depends on the case is left out."""
    if not expressions.is_expression(text):
        return text
    try:
        value = expressions.compile(text).evaluate({})
    except ExpressionError:
        return ""
    return value if isinstance(value, str) else ""


def _fill(
    session: Session, wish: Wish, variables: Mapping[str, Any], deployment_id: UUID
) -> Shown | None:
    try:
        made = templates.preview(
            session, wish.channel, wish.template, variables, locale(), deployment_id
        )
    except (AppError, ExpressionError):
        return None  # not enough is known yet; the text is checked when it is sent
    name = _("The SMS that will go") if wish.channel == "sms" else _("The e-mail that will go")
    if wish.after:
        name = _("%(text)s after “%(branch)s”", text=name, branch="، ".join(wish.after))
    parts = _("%(count)s parts", count=made.parts) if made.parts else ""
    to = _receiver(wish.to, variables)
    return Shown(name, made.text, "، ".join(filter(None, (parts, to))))


def _receiver(text: str, variables: Mapping[str, Any]) -> str:
    value: Any = text
    if expressions.is_expression(text):
        try:
            value = expressions.compile(text).evaluate(variables)
        except ExpressionError:
            return _("the receiver is known when it is sent")
    if isinstance(value, str) and value.startswith("+"):
        return _("to %(name)s", name=isolated(phone_groups(value)))
    return _("to %(name)s", name=value) if isinstance(value, str) and value else ""
