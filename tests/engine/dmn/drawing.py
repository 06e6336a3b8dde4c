"""Small decision models written by hand."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from engine.dmn import checks, reader
from engine.dmn.evaluate import Answer
from engine.problems import Problem
from engine.xml import parse

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
ZONE = ZoneInfo("Asia/Tehran")


def definitions(*parts: str, space: str = DMN13, attributes: str = "") -> bytes:
    """A whole document."""
    inside = "".join(parts)
    return (
        f'<definitions xmlns="{space}" id="d" name="d" {attributes}>{inside}</definitions>'.encode()
    )


def text(tag: str, written: str, attributes: str = "") -> str:
    return f"<{tag} {attributes}><text>{escape(written)}</text></{tag}>"


def literal(written: str, attributes: str = "") -> str:
    return text("literalExpression", written, attributes)


def table(
    inputs: Sequence[str | tuple[str, str] | tuple[str, str, str]],
    outputs: Sequence[str | tuple[str, str] | tuple[str, str, str]],
    rules: Sequence[Sequence[str]],
    hit: str = "UNIQUE",
    aggregation: str = "",
    defaults: Sequence[str] = (),
) -> str:
    """Columns are an expression or name, its type, and its allowed values."""
    parts = []
    for column in inputs:
        asked, kind, values = (*_tuple(column), "", "")[:3]
        told = f'typeRef="{kind}"' if kind else ""
        allowed = text("inputValues", values) if values else ""
        parts.append(f"<input>{text('inputExpression', asked, told)}{allowed}</input>")
    for place, column in enumerate(outputs):
        name, kind, values = (*_tuple(column), "", "")[:3]
        told = f'typeRef="{kind}"' if kind else ""
        inside = text("outputValues", values) if values else ""
        if place < len(defaults):
            inside += text("defaultOutputEntry", defaults[place])
        parts.append(f'<output name="{name}" {told}>{inside}</output>')
    for rule in rules:
        cells = "".join(text("inputEntry", cell) for cell in rule[: len(inputs)])
        cells += "".join(text("outputEntry", cell) for cell in rule[len(inputs) :])
        parts.append(f"<rule>{cells}</rule>")
    kind = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{hit}"{kind}>{"".join(parts)}</decisionTable>'


def _tuple(column: str | tuple[str, ...]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


def decision(id: str, logic: str, *requires: str, name: str = "", kind: str = "") -> str:
    """`requires`: `#decision`, `input:id`, `knowledge:id`."""
    told = f'typeRef="{kind}"' if kind else ""
    variable = f'<variable name="{name or id}" {told}/>'
    return f'<decision id="{id}" name="{name or id}">{variable}{links(*requires)}{logic}</decision>'


def links(*requires: str) -> str:
    parts = []
    for one in requires:
        kind, _, id = one.rpartition(":")
        tag = {"": "Decision", "input": "Input", "knowledge": "Knowledge"}[kind]
        holder = "knowledgeRequirement" if kind == "knowledge" else "informationRequirement"
        parts.append(f'<{holder}><required{tag} href="#{id}"/></{holder}>')
    return "".join(parts)


def input_data(id: str, name: str = "", kind: str = "") -> str:
    told = f'typeRef="{kind}"' if kind else ""
    variable = f'<variable name="{name or id}" {told}/>'
    return f'<inputData id="{id}" name="{name or id}">{variable}</inputData>'


def knowledge(id: str, parameters: Sequence[str], body: str, *requires: str, name: str = "") -> str:
    named = "".join(f'<formalParameter name="{one}"/>' for one in parameters)
    return (
        f'<businessKnowledgeModel id="{id}" name="{name or id}"><variable name="{name or id}"/>'
        f"<encapsulatedLogic>{named}{body}</encapsulatedLogic>{links(*requires)}"
        "</businessKnowledgeModel>"
    )


def problems(data: bytes) -> list[Problem]:
    """Everything that is wrong with a document."""
    model, found = reader.read(parse(data, "d.dmn", "dmn"), "d.dmn")
    return found + checks.compiled(model)[1]


def decide(data: bytes, id: str, **variables: Any) -> Answer:
    """Ask a decision of a sound document."""
    model, found = reader.read(parse(data, "d.dmn", "dmn"), "d.dmn")
    compiled, more = checks.compiled(model)
    wrong = [one.sentence() for one in (*found, *more) if one.severity == "error"]
    assert not wrong, wrong
    return compiled.decide(id, variables, {}, ZONE)
