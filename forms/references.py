"""Local references are written out before anything else looks at a schema."""

from forms.errors import FormProblem
from kernel.types import JsonObject, JsonValue

MAX_NODES = 20_000
MAX_DEPTH = 16
_LOCAL = "#/$defs/"


class _TooLarge(Exception):
    pass


class _Inliner:
    def __init__(self, definitions: JsonObject) -> None:
        self.definitions = definitions
        self.problems: list[FormProblem] = []
        self.nodes = 0

    def write_out(self, value: JsonValue, path: str, depth: int) -> JsonValue:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise _TooLarge
        if isinstance(value, list):
            return [self.write_out(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return self._target(value, path, depth)
        return {k: self.write_out(v, f"{path}.{k}", depth + 1) for k, v in value.items()}

    def _target(self, value: JsonObject, path: str, depth: int) -> JsonValue:
        reference = value["$ref"]
        name = reference.removeprefix(_LOCAL) if isinstance(reference, str) else ""
        if not isinstance(reference, str) or not reference.startswith(_LOCAL):
            self._refuse(path, _REMOTE, reference)
            return {}
        if not isinstance(self.definitions.get(name), dict):
            self._refuse(path, _MISSING, reference)
            return {}
        beside = {k: v for k, v in value.items() if k != "$ref"}
        return self.write_out({**self.definitions[name], **beside}, path, depth + 1)

    def _refuse(self, path: str, message: str, reference: JsonValue) -> None:
        facts = {"reference": str(reference)[:100]}
        self.problems.append(FormProblem(f"{path}.$ref", message, facts))


def inline(schema: JsonObject) -> tuple[JsonObject, list[FormProblem]]:
    """The schema without `$ref` and `$defs`, and what stood in the way.

    A definition that leads back to itself meets the limit of depth; one that doubles at each
    step meets the limit of nodes.
    """
    definitions = schema.get("$defs")
    inliner = _Inliner(definitions if isinstance(definitions, dict) else {})
    body = {k: v for k, v in schema.items() if k != "$defs"}
    try:
        written = inliner.write_out(body, "schema", 1)
    except _TooLarge:
        return {}, [FormProblem("schema", _TOO_LARGE, {"depth": MAX_DEPTH, "nodes": MAX_NODES})]
    return written, inliner.problems


_REMOTE = "“%(reference)s” leads outside this form; only #/$defs/… may be referred to."
_MISSING = "“%(reference)s” is not defined in $defs."
_TOO_LARGE = "The schema is nested deeper than %(depth)s or has more than %(nodes)s parts."
