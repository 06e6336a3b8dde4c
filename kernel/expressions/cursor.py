"""Where the parser stands in the tokens, and the bounds of the tree it makes."""

import re
from abc import abstractmethod
from typing import Final, TypeVar

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.lexer import Token, tokens
from kernel.expressions.nodes import Node

N = TypeVar("N", bound=Node)
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")
# Words after which an operand begins, so that `]` or `[` there opens a range or a list.
OPERATOR_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "in and or not between then else return satisfies if div mod eq ne lt le gt ge empty",
    )
)


class Cursor:
    """Reads tokens of `source[start:end]` one after the other and counts the nodes made."""

    def __init__(self, source: str, start: int, end: int) -> None:
        self.tokens = tokens(source, start, end)
        self.index = 0
        self.nesting = 0
        self.nodes = 0
        self.ranges = ranges_of(self.tokens)

    @abstractmethod
    def expression(self, power: int) -> Node:
        """An operand and every operator after it that binds tighter than `power`."""

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

    def words(self, known: dict[str, list[tuple[str, ...]]], first: Token) -> int:
        """How many words after `first` belong to the longest known name that begins here."""
        for words in known.get(first.value, ()):
            if all(self.peek(i).value == word for i, word in enumerate(words[1:])):
                return len(words) - 1
        return 0

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


def ranges_of(found: list[Token]) -> frozenset[int]:
    """The places of the brackets that hold `..` at their own level; one pass over the tokens."""
    ranges: set[int] = set()
    stack: list[int] = []
    for place, token in enumerate(found):
        if token.kind != "mark":
            continue
        after_operand = place > 0 and ends_operand(found[place - 1])
        closes_range = bool(stack) and stack[-1] in ranges and place > 0
        if token.value == "[" and closes_range and found[place - 1].kind in ("number", "text"):
            stack.pop()
        elif token.value in _OPEN or (
            token.value == "]"
            and not after_operand
            and not (place > 0 and found[place - 1].value == "[")
        ):
            stack.append(place)
        elif token.value in _CLOSE and stack:
            stack.pop()
        elif token.value == ".." and stack:
            ranges.add(stack[-1])
    return frozenset(ranges)


def ends_operand(token: Token) -> bool:
    if token.kind == "name":
        return token.value not in OPERATOR_WORDS
    return token.kind in ("number", "text") or token.value in _CLOSE or token.value == "?"
