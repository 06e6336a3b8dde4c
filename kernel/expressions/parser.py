"""Tokens to the syntax tree: operator precedence, both surfaces, bounded while reading."""

from decimal import Decimal
from typing import Final

from kernel.expressions import limits, nodes
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import BUILTINS
from kernel.expressions.lexer import Token, text_of
from kernel.expressions.nodes import Node
from kernel.expressions.ranges import COMPARE
from kernel.expressions.temporal import temporal_literal
from kernel.expressions.words import Phrases, WordParser, phrases_of

TERNARY, OR, AND, ADD, MULTIPLY, POWER, UNARY, KIND = 1, 2, 3, 6, 7, 8, 9, 10
INFIX: Final = {
    "?": (TERNARY, "?"),
    "or": (OR, "or"),
    "||": (OR, "or"),
    "and": (AND, "and"),
    "&&": (AND, "and"),
    **dict.fromkeys(("=", "==", "eq"), (COMPARE, "=")),
    **dict.fromkeys(("!=", "ne"), (COMPARE, "!=")),
    **dict.fromkeys(("<", "lt"), (COMPARE, "<")),
    **dict.fromkeys(("<=", "le"), (COMPARE, "<=")),
    **dict.fromkeys((">", "gt"), (COMPARE, ">")),
    **dict.fromkeys((">=", "ge"), (COMPARE, ">=")),
    "in": (COMPARE, "in"),
    "between": (COMPARE, "between"),
    "+": (ADD, "+"),
    "-": (ADD, "-"),
    "*": (MULTIPLY, "*"),
    "/": (MULTIPLY, "/"),
    "div": (MULTIPLY, "/"),
    "%": (MULTIPLY, "%"),
    "mod": (MULTIPLY, "%"),
    "**": (POWER, "**"),
    "instance": (KIND, "instance"),
}
CONSTANTS: Final = {"true": True, "false": False, "null": None}
BOOLEAN: Final = (nodes.Compare, nodes.Logic, nodes.Not, nodes.In, nodes.Empty, nodes.InstanceOf)
MEMBERS: Final = phrases_of(["time offset", "start included", "end included"])


class Parser(WordParser):
    """Reads one expression from `source[start:end]`."""

    def __init__(
        self,
        source: str,
        start: int,
        end: int,
        *,
        juel: bool,
        phrases: Phrases,
        known: Phrases | None = None,
        cell: bool = False,
    ) -> None:
        super().__init__(source, start, end)
        self.juel = juel
        self.phrases = phrases
        self.known = known or {}
        self.cell = cell  # a cell of a decision table: `?` is its subject

    def whole(self) -> Node:
        """The expression; nothing may follow it."""
        node = self.expression(0)
        token = self.peek()
        if token.kind != "end":
            self.fail(token)
        return node

    # Grammar

    def expression(self, power: int) -> Node:
        """An operand and every operator after it that binds tighter than `power`."""
        self.nesting += 1
        if self.nesting > limits.DEPTH:
            raise ExpressionError(self.peek().at, "expression.too-deep", limit=limits.DEPTH)
        left = self.operand()
        while True:
            token = self.peek()
            binding = INFIX.get(token.value) if token.kind in ("mark", "name") else None
            if binding is None or binding[0] <= power:
                break
            if token.value == "instance" and self.peek(1).value != "of":
                break
            self.index += 1
            left = self.infix(left, token, *binding)
        self.nesting -= 1
        return left

    def infix(self, left: Node, token: Token, power: int, operator: str) -> Node:
        if operator == "?":
            return self.ternary(left, token)
        if operator == "in":
            return self.membership(left, token)
        if operator == "between":
            return self.between(left, token)
        if operator == "instance":
            self.index += 1
            return self.made(nodes.InstanceOf(left, self.kind_name(), at=token.at), left)
        right = self.expression(power)
        if power in (OR, AND):
            return self.logic(left, right, token, operator)
        if power == COMPARE:
            return self.made(nodes.Compare(operator, left, right, at=token.at), left, right)
        return self.arithmetic(left, right, token, operator, power)

    def logic(self, left: Node, right: Node, token: Token, operator: str) -> Node:
        if isinstance(left, nodes.Logic) and left.operator == operator:
            left.operands.append(right)
            return self.joined(left, right)
        return self.made(nodes.Logic(operator, [left, right], at=token.at), left, right)

    def arithmetic(self, left: Node, right: Node, token: Token, operator: str, power: int) -> Node:
        if isinstance(left, nodes.Arithmetic) and INFIX[left.rest[0][0]][0] == power:
            left.rest.append((operator, right, token.at))
            return self.joined(left, right)
        chain = nodes.Arithmetic(left, [(operator, right, token.at)], at=token.at)
        return self.made(chain, left, right)

    def ternary(self, condition: Node, token: Token) -> Node:
        then = self.expression(0)
        self.expect(":")
        otherwise = self.expression(0)
        node = nodes.Conditional(condition, then, otherwise, at=token.at)
        return self.made(node, condition, then, otherwise)

    def between(self, value: Node, token: Token) -> Node:
        low = self.expression(COMPARE)
        self.expect("and")
        high = self.expression(COMPARE)
        span = self.made(nodes.Range(low, high, True, True, at=token.at), low, high)
        return self.made(nodes.In(value, [span], at=token.at), value, span)

    # Operands

    def operand(self) -> Node:
        if self.is_range() and not self.juel:
            return self.postfix(self.span(self.take()))
        token = self.take()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "text":
            node: Node = self.made(nodes.Literal(text_of(token.value), at=token.at))
            return self.postfix(node)
        if token.kind == "name":
            return self.word(token)
        if token.value == "(":
            inner = self.expression(0)
            self.expect(")")
            return self.postfix(inner)
        if token.value == "[":
            return self.postfix(self.list_of(token))
        if token.value == "{":
            return self.postfix(self.context_of(token))
        if token.value == "-":
            inner = self.expression(UNARY)
            return self.made(nodes.Negate(inner, at=token.at), inner)
        if token.value == "!":
            inner = self.expression(UNARY)
            return self.made(nodes.Not(inner, at=token.at), inner)
        if token.value == "?" and self.cell:
            return self.postfix(self.made(nodes.Name("?", at=token.at)))
        if token.value == "@":
            return self.postfix(self.at_literal(token))
        return self.fail(token)

    def number(self, token: Token) -> Node:
        if len(token.value) > 40:
            raise ExpressionError(token.at, "expression.number-too-large")
        value: int | Decimal = Decimal(token.value) if "." in token.value else int(token.value)
        if not -limits.NUMBER < value < limits.NUMBER:
            raise ExpressionError(token.at, "expression.number-too-large")
        return self.made(nodes.Literal(value, at=token.at))

    def at_literal(self, token: Token) -> Node:
        text = self.take()
        if text.kind != "text":
            return self.fail(text)
        value = temporal_literal(text_of(text.value), text.at)
        return self.made(nodes.Literal(value, at=token.at))

    def word(self, token: Token) -> Node:
        value = token.value
        if value == "if":
            return self.conditional(token)
        if value in ("for", "some", "every") and self.peek().kind == "name":
            return self.loop(token)
        if value == "not":
            return self.negation(token)
        if value == "empty" and self.starts_operand():
            inner = self.expression(UNARY)
            return self.made(nodes.Empty(inner, at=token.at), inner)
        if value in CONSTANTS:
            return self.made(nodes.Literal(CONSTANTS[value], at=token.at))
        return self.postfix(self.call_or_name(token))

    def starts_operand(self) -> bool:
        token = self.peek()
        if token.kind == "name":
            return token.value not in INFIX and token.value not in ("then", "else", "return")
        return token.kind in ("number", "text") or token.value in ("(", "[", "{", "@", "!")

    def negation(self, token: Token) -> Node:
        """`not(x)` and JUEL's `not x` bind tightly; FEEL-like `not x = 1` negates the whole."""
        tight = self.juel or self.peek().value == "("
        inner = self.expression(UNARY if tight else AND)
        return self.made(nodes.Not(inner, at=token.at), inner)

    # What follows an operand

    def postfix(self, node: Node) -> Node:
        while True:
            token = self.peek()
            if token.kind != "mark":
                return node
            if token.value == ".":
                self.index += 1
                node = self.member(node)
            elif token.value == "[":
                self.index += 1
                node = self.bracket(node, token)
            else:
                return node

    def member(self, of: Node) -> Node:
        name = self.name()
        extra = self.words(self.known, name) or self.words(MEMBERS, name)
        words = [name.value, *(self.take().value for _ in range(extra))]
        after = self.peek()
        if after.value == "(" and after.kind == "mark":
            raise ExpressionError(name.at, "expression.no-methods", name=name.value[:40])
        return self.made(nodes.Member(of, " ".join(words), at=name.at), of)

    def bracket(self, of: Node, token: Token) -> Node:
        inner = self.expression(0)
        self.expect("]")
        if _is_condition(inner):
            return self.made(nodes.Filter(of, inner, at=token.at), of, inner)
        return self.made(nodes.Index(of, inner, 0 if self.juel else 1, at=token.at), of, inner)


def _is_condition(node: Node) -> bool:
    """`list[x > 1]`, `list[item.active]` filter; `list[n]` picks one."""
    if isinstance(node, BOOLEAN) or (isinstance(node, nodes.Loop) and node.kind != "for"):
        return True
    if isinstance(node, nodes.Literal):
        return isinstance(node.value, bool)
    if isinstance(node, nodes.Call):
        return node.name in BUILTINS and BUILTINS[node.name].result == "boolean"
    while isinstance(node, nodes.Member):
        node = node.of
    return isinstance(node, nodes.Name) and node.name == "item"
