"""Where the parser stands in the tokens, and the bounds of the tree it makes."""

from typing import TypeVar

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.lexer import Token, tokens
from kernel.expressions.nodes import Node

N = TypeVar("N", bound=Node)


class Cursor:
    """Reads tokens of `source[start:end]` one after the other and counts the nodes made."""

    def __init__(self, source: str, start: int, end: int) -> None:
        self.tokens = tokens(source, start, end)
        self.index = 0
        self.nesting = 0
        self.nodes = 0

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.index += 1
        return token

    def accept(self, value: str) -> bool:
        token = self.peek()
        if token.value == value and token.kind in ("mark", "name"):
            self.index += 1
            return True
        return False

    def expect(self, value: str) -> None:
        if not self.accept(value):
            token = self.peek()
            found = token.value[:40] if token.kind != "end" else ""
            raise ExpressionError(token.at, "expression.expected", wanted=value, found=found)

    def fail(self, token: Token) -> Node:
        if token.kind == "end":
            raise ExpressionError(token.at, "expression.incomplete")
        raise ExpressionError(token.at, "expression.unexpected", found=token.value[:40])

    def name(self) -> Token:
        token = self.take()
        if token.kind != "name":
            raise ExpressionError(token.at, "expression.name-expected", found=token.value[:40])
        return token

    # Nodes

    def made(self, node: N, *children: Node) -> N:
        """Count the node, and bound the tree."""
        self.nodes += 1
        if self.nodes > limits.NODES:
            raise ExpressionError(node.at, "expression.too-many-nodes", limit=limits.NODES)
        node.size = 1 + sum(child.size for child in children)
        node.depth = 1 + max((child.depth for child in children), default=0)
        if node.depth > limits.DEPTH:
            raise ExpressionError(node.at, "expression.too-deep", limit=limits.DEPTH)
        return node

    def joined(self, node: N, child: Node) -> N:
        """Count one more operand of a flat chain."""
        node.size += child.size
        node.depth = max(node.depth, child.depth + 1)
        return node
