"""BPMN's own correlation: properties that a message carries, and where a process keeps them."""

from __future__ import annotations

from engine.bpmn.details import Correlation
from engine.bpmn.kinds import NodeKind
from engine.bpmn.model import Node
from engine.bpmn.source import Element, Source, attribute, child, children, reference, text_of
from engine.bpmn.vocabulary import BPMN

_THROWS = (NodeKind.THROW, NodeKind.END, NodeKind.SEND_TASK)


class Correlations:
    """The correlation keys, properties and subscriptions of one document.

    A thrown message's key is read from its payload (`messagePath`), a waiting case's from its
    variables (`dataPath`; without one, the same names are looked for there).
    """

    def __init__(self, source: Source) -> None:
        self._ids: dict[str, list[str]] = {}
        for own, name in source.messages.items():
            self._ids.setdefault(name, []).append(own)
        self._paths = {
            attribute(one, "id"): _paths(one)
            for one in children(source.root, "correlationProperty")
        }
        keys = source.root.iter(f"{{{BPMN}}}correlationKey")
        self._keys = [[_bare(ref) for ref in children(k, "correlationPropertyRef")] for k in keys]
        self._kept = {
            attribute(process, "id"): _bindings(process)
            for process in children(source.root, "process")
        }

    def of(self, process: str, node: Node, message: str) -> Correlation | None:
        """How a message event of a process finds its partner; None when nothing says so."""
        for own in self._ids.get(message, ()):
            paths = {p: found[own] for p, found in self._paths.items() if own in found}
            if not paths:
                continue
            chosen = next((k for k in self._keys if k and set(k) <= paths.keys()), list(paths))
            if node.kind in _THROWS:
                return Correlation(_joined([paths[p] for p in chosen]), of_payload=True)
            kept = self._kept.get(process, {})
            return Correlation(_joined([kept.get(p) or paths[p] for p in chosen]))
        return None


def _paths(declared: Element) -> dict[str, str]:
    """Message id -> where the property stands in its payload."""
    found = children(declared, "correlationPropertyRetrievalExpression")
    return {reference(one, "messageRef"): text_of(child(one, "messagePath")) for one in found}


def _bindings(process: Element) -> dict[str, str]:
    """Property id -> where the process keeps it."""
    return {
        reference(one, "correlationPropertyRef"): text_of(child(one, "dataPath"))
        for subscription in children(process, "correlationSubscription")
        for one in children(subscription, "correlationPropertyBinding")
    }


def _bare(element: Element) -> str:
    return text_of(element).rpartition(":")[2]


def _joined(paths: list[str]) -> str:
    """One expression that gives the whole key."""
    plain = [path.removeprefix("=").strip() for path in paths]
    if len(plain) == 1:
        return f"= {plain[0]}"
    return "= " + ' + "|" + '.join(f"string({path})" for path in plain)
