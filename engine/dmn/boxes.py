"""Boxed expressions of the XML: tables, contexts, lists, relations, invocations, functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast, get_args

from engine.dmn.model import (
    Aggregation,
    Boxed,
    Context,
    Function,
    HitPolicy,
    Input,
    Invocation,
    Items,
    Literal_,
    Output,
    Relation,
    Rule,
    Table,
    Text,
)
from engine.dmn.namespaces import CAMUNDA
from engine.dmn.source import (
    DmnSource,
    Element,
    attribute,
    child,
    children,
    line_of,
    local,
    text_of,
)

MAX_RULES: Final = 2_000
MAX_CELLS: Final = 20_000
MAX_DEPTH: Final = 12
_NOTHING: Final = Text("")


class BoxReader:
    """Reads the logic of one part; `name` stands in for outputs without one."""

    def __init__(self, source: DmnSource, name: str) -> None:
        self.source = source
        self.name = name
        self.depth = 0

    def inside(self, element: Element) -> Boxed | None:
        """The boxed expression that stands in an element."""
        for one in element:
            if local(one) in _READERS:
                return self.read(one)
            if local(one) in ("conditional", "filter", "for", "some", "every"):
                self.source.report("dmn.unsupported", one, what=local(one))
        return None

    def read(self, element: Element) -> Boxed:
        """One boxed expression."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.source.report("dmn.too-large", element, what=local(element), limit=MAX_DEPTH)
            self.depth -= 1
            return Literal_(_NOTHING)
        made = _READERS[local(element)](self, element)
        self.depth -= 1
        return made

    def inner(self, element: Element) -> Boxed:
        """The boxed expression in an element; without one, nothing."""
        return self.inside(element) or Literal_(_NOTHING)

    def literal(self, element: Element) -> Boxed:
        if child(element, "importedValues") is not None:
            self.source.report("dmn.unsupported", element, what="importedValues")
        return Literal_(self.source.text(element))

    def function(self, element: Element) -> Function:
        if attribute(element, "kind", "FEEL") not in ("FEEL", ""):
            self.source.report("dmn.unsupported", element, what=attribute(element, "kind"))
        parameters = tuple(
            (" ".join(attribute(one, "name").split()), attribute(one, "typeRef") or None)
            for one in children(element, "formalParameter")
        )
        return Function(parameters, self.inner(element))

    def context(self, element: Element) -> Boxed:
        entries: list[tuple[str | None, Boxed]] = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = None if variable is None else " ".join(attribute(variable, "name").split())
            entries.append((name or None, self.inner(entry)))
        return Context(tuple(entries))

    def invocation(self, element: Element) -> Boxed:
        called = child(element, "literalExpression")
        if called is None:
            self.source.report("dmn.no-logic", element)
        bindings: list[tuple[str, Boxed]] = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else " ".join(attribute(parameter, "name").split())
            bindings.append((name, self.inner(binding)))
        function = _NOTHING if called is None else self.source.text(called)
        return Invocation(function, tuple(bindings))

    def items(self, element: Element) -> Boxed:
        return Items(tuple(self.read(one) for one in element if local(one) in _READERS))

    def relation(self, element: Element) -> Boxed:
        columns = tuple(" ".join(attribute(c, "name").split()) for c in children(element, "column"))
        rows: list[tuple[Boxed, ...]] = []
        for row in children(element, "row"):
            cells = tuple(self.read(one) for one in row if local(one) in _READERS)
            if len(cells) != len(columns):
                self.source.report("dmn.columns", row, rule=len(rows) + 1)
                continue
            rows.append(cells)
        return Relation(columns, tuple(rows))

    # Tables

    def table(self, element: Element) -> Boxed:
        hit = attribute(element, "hitPolicy", "UNIQUE") or "UNIQUE"
        aggregation = attribute(element, "aggregation") or None
        inputs = tuple(self._input(one) for one in children(element, "input"))
        outputs = tuple(self._output(one) for one in children(element, "output"))
        if hit not in get_args(HitPolicy):
            self.source.report("dmn.hit-policy", element, policy=hit)
            hit = "UNIQUE"
        self._check_aggregation(element, hit, aggregation, outputs)
        self._check_outputs(element, hit, outputs)
        return Table(
            hit=cast(HitPolicy, hit),
            aggregation=cast(Aggregation | None, aggregation),
            inputs=inputs,
            outputs=outputs,
            rules=self._rules(element, len(inputs), len(outputs)),
            line=line_of(element),
        )

    def _check_aggregation(
        self, element: Element, hit: str, aggregation: str | None, outputs: tuple[Output, ...]
    ) -> None:
        if aggregation is None:
            return
        fits = hit == "COLLECT" and aggregation in get_args(Aggregation) and len(outputs) == 1
        if not fits:
            self.source.report("dmn.aggregation", element, aggregation=aggregation)

    def _check_outputs(self, element: Element, hit: str, outputs: tuple[Output, ...]) -> None:
        if not outputs:
            self.source.report("dmn.no-logic", element)
        if len({output.name for output in outputs}) != len(outputs):
            self.source.report("dmn.output-names", element)
        if hit in ("PRIORITY", "OUTPUT ORDER") and not any(one.values for one in outputs):
            self.source.report("dmn.priority", element, policy=hit)

    def _rules(self, element: Element, inputs: int, outputs: int) -> tuple[Rule, ...]:
        found = list(children(element, "rule"))
        if len(found) > MAX_RULES or len(found) * (inputs + outputs) > MAX_CELLS:
            limit = MAX_RULES if len(found) > MAX_RULES else MAX_CELLS
            self.source.report("dmn.too-large", element, what="decisionTable", limit=limit)
            return ()
        rules = []
        for number, one in enumerate(found, start=1):
            tests = tuple(self.source.text(cell) for cell in children(one, "inputEntry"))
            answers = tuple(self.source.text(cell) for cell in children(one, "outputEntry"))
            if (len(tests), len(answers)) != (inputs, outputs):
                self.source.report("dmn.columns", one, rule=number)
                continue
            remark = child(one, "annotationEntry")
            told = text_of(remark if remark is not None else child(one, "description"))
            rules.append(Rule(number, tests, answers, told, line_of(one)))
        return tuple(rules)

    def _input(self, element: Element) -> Input:
        asked = child(element, "inputExpression")
        values = child(element, "inputValues")
        text = _NOTHING if asked is None else self.source.text(asked)
        if not text.text:
            self.source.report("dmn.no-logic", element)
        label = attribute(element, "label") or text.text
        return Input(
            label=" ".join(label.split()),
            expression=text,
            type=None if asked is None else attribute(asked, "typeRef") or None,
            values=self._values(values),
            variable=attribute(element, f"{{{CAMUNDA}}}inputVariable") or None,
        )

    def _output(self, element: Element) -> Output:
        name = " ".join(attribute(element, "name").split())
        default = child(element, "defaultOutputEntry")
        return Output(
            name=name or self.name,
            label=attribute(element, "label") or name or self.name,
            type=attribute(element, "typeRef") or None,
            values=self._values(child(element, "outputValues")),
            default=None if default is None else self.source.text(default),
        )

    def _values(self, element: Element | None) -> Text | None:
        text = None if element is None else self.source.text(element)
        return text if text and text.text else None


_READERS: Final[dict[str, Callable[[BoxReader, Element], Boxed]]] = {
    "literalExpression": BoxReader.literal,
    "decisionTable": BoxReader.table,
    "context": BoxReader.context,
    "invocation": BoxReader.invocation,
    "list": BoxReader.items,
    "relation": BoxReader.relation,
    "functionDefinition": BoxReader.function,
}
