"""Tokens to the syntax tree: operator precedence, both surfaces, bounded while reading."""

from decimal import Decimal
from typing import Final

from kernel.expressions import limits, nodes
from kernel.expressions.cursor import Cursor
from kernel.expressions.errors import ExpressionError
from kernel.expressions.lexer import Token, text_of
from kernel.expressions.nodes import Node
from kernel.expressions.temporal import temporal_literal

TERNARY, OR, AND, COMPARE, ADD, MULTIPLY, UNARY = 1, 2, 3, 5, 6, 7, 8
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
}
CONSTANTS: Final = {"true": True, "false": False, "null": None}
INJECTED: Final = frozenset({"today", "now"})  # FEEL writes them as calls; here they are names
BOOLEAN: Final = (nodes.Compare, nodes.Logic, nodes.Not, nodes.In, nodes.Empty)


class Parser(Cursor):
    """Reads one expression from `source[start:end]`."""

    def __init__(
        self,
        source: str,
        start: int,
        end: int,
        *,
        juel: bool,
        phrases: dict[str, list[tuple[str, ...]]],
    ) -> None:
        super().__init__(source, start, end)
        self.juel = juel
        self.phrases = phrases  # first word -> function names of several words, longest first

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

    # `in`

    def membership(self, value: Node, token: Token) -> Node:
        if self.peek().value == "(" and not self.is_range():
            self.index += 1
            tests = [self.test()]
            while self.accept(","):
                tests.append(self.test())
            self.expect(")")
        else:
            tests = [self.test()]
        return self.made(nodes.In(value, tests, at=token.at), value, *tests)

    def test(self) -> Node:
        token = self.peek()
        if token.value in ("<", "<=", ">", ">=") and token.kind == "mark":
            return self.half_line(self.take())
        if token.value in ("[", "(", "]") and token.kind == "mark" and self.is_range():
            return self.span(self.take())
        return self.expression(COMPARE)

    def half_line(self, token: Token) -> Node:
        bound = self.expression(COMPARE)
        closed = token.value.endswith("=")
        if token.value.startswith("<"):
            node = nodes.Range(None, bound, False, closed, at=token.at)
        else:
            node = nodes.Range(bound, None, closed, False, at=token.at)
        return self.made(node, bound)

    def span(self, token: Token) -> Node:
        low = self.expression(COMPARE)
        self.expect("..")
        high = self.expression(COMPARE)
        close = self.take()
        if close.value not in ("]", ")", "["):
            self.fail(close)
        node = nodes.Range(low, high, token.value == "[", close.value == "]", at=token.at)
        return self.made(node, low, high)

    def is_range(self) -> bool:
        """True when the bracket under the cursor holds `..` at its own level."""
        if self.peek().value == "]":
            return True
        level = 0
        for token in self.tokens[self.index :]:
            if token.kind != "mark":
                continue
            if token.value in "([{":
                level += 1
            elif token.value in ")]}":
                level -= 1
                if level <= 0:
                    return False
            elif token.value == ".." and level == 1:
                return True
        return False

    # Operands

    def operand(self) -> Node:
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
        key = token.value if token.kind == "name" else text_of(token.value)
        self.expect(":")
        return key, self.expression(0)

    # Names, calls and what follows an operand

    def call_or_name(self, token: Token) -> Node:
        words = self.phrase(token)
        self.index += len(words) - 1
        if not (self.peek().value == "(" and self.peek().kind == "mark"):
            return self.made(nodes.Name(token.value, at=token.at))
        self.index += 1
        arguments: list[Node] = []
        if not self.accept(")"):
            arguments.append(self.expression(0))
            while self.accept(","):
                arguments.append(self.expression(0))
            self.expect(")")
        name = " ".join(words)
        if name in INJECTED and not arguments:
            return self.made(nodes.Name(name, at=token.at))
        return self.made(nodes.Call(name, arguments, at=token.at), *arguments)

    def phrase(self, token: Token) -> tuple[str, ...]:
        """The words of a function name of several words, if one stands here before `(`."""
        for words in self.phrases.get(token.value, ()):
            rest = [self.peek(ahead) for ahead in range(len(words))]
            if [t.value for t in rest[:-1]] == list(words[1:]) and rest[-1].value == "(":
                return words
        return (token.value,)

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
        after = self.peek()
        if after.value == "(" and after.kind == "mark":
            raise ExpressionError(name.at, "expression.no-methods", name=name.value[:40])
        return self.made(nodes.Member(of, name.value, at=name.at), of)

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
    while isinstance(node, nodes.Member):
        node = node.of
    return isinstance(node, nodes.Name) and node.name == "item"
