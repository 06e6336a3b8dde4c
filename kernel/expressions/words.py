"""Reading what begins with a word: choices, loops, definitions, calls, names, kinds."""

from typing import Final

from kernel.expressions import limits, nodes
from kernel.expressions.errors import ExpressionError
from kernel.expressions.lexer import Token, text_of
from kernel.expressions.nodes import Node
from kernel.expressions.ranges import RangeParser

Phrases = dict[str, list[tuple[str, ...]]]

INJECTED: Final = frozenset({"today", "now"})  # FEEL writes them as calls; here they are names
# The kinds that `instance of` knows, by FEEL's names and by ours.
KIND_NAMES: Final[dict[str, str]] = {
    "Any": "any",
    "Null": "null",
    "number": "number",
    "string": "text",
    "text": "text",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "datetime",
    "duration": "duration",
    "days and time duration": "days",
    "years and months duration": "months",
    "list": "list",
    "context": "context",
    "range": "range",
}


def phrases_of(names: frozenset[str] | list[str]) -> Phrases:
    """First word -> the names that begin with it and have several words, longest first."""
    found: Phrases = {}
    for name in sorted(names, key=lambda name: -name.count(" ")):
        words = tuple(name.split())
        if len(words) > 1:
            found.setdefault(words[0], []).append(words)
    return found


KIND_PHRASES: Final = phrases_of(frozenset(KIND_NAMES))


class WordParser(RangeParser):
    """The part of the grammar that begins with a word, and the containers."""

    juel: bool
    phrases: Phrases  # function names of several words
    known: Phrases  # variables of several words, which decision models have

    def conditional(self, token: Token) -> Node:
        condition = self.expression(0)
        self.expect("then")
        then = self.expression(0)
        self.expect("else")
        otherwise = self.expression(0)
        node = nodes.Conditional(condition, then, otherwise, at=token.at)
        return self.made(node, condition, then, otherwise)

    def loop(self, token: Token) -> Node:
        variables: list[tuple[str, Node]] = []
        while True:
            name = self.name()
            self.expect("in")
            variables.append((name.value, self.loop_source()))
            if not self.accept(","):
                break
        self.expect("return" if token.value == "for" else "satisfies")
        body = self.expression(0)
        node = nodes.Loop(token.value, variables, body, at=token.at)
        return self.made(node, body, *(source for _, source in variables))

    def loop_source(self) -> Node:
        low = self.expression(0)
        at = self.peek().at
        if not self.accept(".."):
            return low
        high = self.expression(0)
        return self.made(nodes.Range(low, high, True, True, at=at), low, high)

    def definition(self, token: Token) -> Node:
        """`function(a, b: number) body`; kinds of parameters are read and not needed."""
        self.expect("(")
        parameters: list[str] = []
        while not self.accept(")"):
            if parameters:
                self.expect(",")
            parameters.append(self.name().value)
            if self.accept(":"):
                self.kind_name()
        if len(parameters) > limits.PARAMETERS:
            raise ExpressionError(token.at, "expression.too-many-nodes", limit=limits.PARAMETERS)
        if self.peek().value == "external":
            raise ExpressionError(self.peek().at, "expression.external-function")
        body = self.expression(0)
        return self.made(nodes.Definition(tuple(parameters), body, at=token.at), body)

    def kind_name(self) -> str:
        """One of the basic kinds."""
        token = self.name()
        extra = self.words(KIND_PHRASES, token)
        words = [token.value, *(self.take().value for _ in range(extra))]
        kind = KIND_NAMES.get(" ".join(words))
        if kind is None or self.peek().value == "<":
            raise ExpressionError(token.at, "expression.no-such-kind", name=token.value[:40])
        return kind

    # Containers

    def list_of(self, token: Token) -> Node:
        items: list[Node] = []
        if not self.accept("]"):
            items.append(self.expression(0))
            while self.accept(","):
                items.append(self.expression(0))
            self.expect("]")
        return self.made(nodes.ListOf(items, at=token.at), *items)

    def context_of(self, token: Token) -> Node:
        entries: list[tuple[str, Node]] = []
        if not self.accept("}"):
            entries.append(self.entry())
            while self.accept(","):
                entries.append(self.entry())
            self.expect("}")
        return self.made(nodes.ContextOf(entries, at=token.at), *(value for _, value in entries))

    def entry(self) -> tuple[str, Node]:
        token = self.take()
        if token.kind not in ("name", "text"):
            self.fail(token)
        key = text_of(token.value) if token.kind == "text" else self.spaced(token)
        self.expect(":")
        return key, self.expression(0)

    def spaced(self, token: Token) -> str:
        """A name of one or several words that ends at a colon."""
        words = [token.value]
        while self.peek().kind == "name":
            words.append(self.take().value)
        return " ".join(words)

    # Names and calls

    def call_or_name(self, token: Token) -> Node:
        extra = self.words(self.known, token)
        words = (token.value, *(self.peek(i).value for i in range(extra)))
        if not extra:
            words = self.phrase(token)
        self.index += len(words) - 1
        name = " ".join(words)
        if not (self.peek().value == "(" and self.peek().kind == "mark"):
            return self.made(nodes.Name(name, at=token.at))
        self.index += 1
        arguments, names = self.arguments()
        if name in INJECTED and not arguments:
            return self.made(nodes.Name(name, at=token.at))
        return self.made(nodes.Call(name, arguments, names, at=token.at), *arguments)

    def arguments(self) -> tuple[list[Node], tuple[str, ...]]:
        """What stands between the parentheses: values, or `name: value` each."""
        values: list[Node] = []
        names: list[str] = []
        while not self.accept(")"):
            if values:
                self.expect(",")
            if self._is_named():
                names.append(self.spaced(self.take()))
                self.index += 1
            at = self.peek().at
            values.append(self.argument())
            if names and len(names) != len(values):
                raise ExpressionError(at, "expression.mixed-arguments")
        return values, tuple(names)

    def argument(self) -> Node:
        """A value, or the function that `sort` or `list replace` asks; it stands nowhere else."""
        if self.peek().value == "function" and self.peek(1).value == "(":
            return self.definition(self.take())
        return self.expression(0)

    def _is_named(self) -> bool:
        ahead = 0
        while self.peek(ahead).kind == "name":
            ahead += 1
        return ahead > 0 and self.peek(ahead).value == ":" and self.peek(ahead).kind == "mark"

    def phrase(self, token: Token) -> tuple[str, ...]:
        """The words of a function name of several words, if one stands here before `(`."""
        for words in self.phrases.get(token.value, ()):
            rest = [self.peek(ahead) for ahead in range(len(words))]
            if [t.value for t in rest[:-1]] == list(words[1:]) and rest[-1].value == "(":
                return words
        return (token.value,)
