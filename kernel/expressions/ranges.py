"""Reading ranges, `in`, and the unary tests of decision tables."""

from kernel.expressions import nodes
from kernel.expressions.cursor import Cursor, ends_operand
from kernel.expressions.lexer import Token
from kernel.expressions.nodes import Node

COMPARE = 5  # the power of comparison: a bound holds no comparison of its own
_HALVES = frozenset({"<", "<=", ">", ">="})


class RangeParser(Cursor):
    """The part of the grammar that speaks of ranges."""

    def membership(self, value: Node, token: Token) -> Node:
        """`value in …`."""
        if self.peek().value == "(" and not self.is_range():
            self.index += 1
            tests = [self.test()]
            while self.accept(","):
                tests.append(self.test())
            self.expect(")")
        else:
            tests = [self.test()]
        return self.made(nodes.In(value, tests, at=token.at), value, *tests)

    def test(self, power: int = COMPARE) -> Node:
        """One test: `< 5`, a range, or an expression that gives a list, a range or a value."""
        token = self.peek()
        if token.value in _HALVES and token.kind == "mark":
            return self.half_line(self.take())
        if self.is_range():
            return self.span(self.take())
        return self.expression(power)

    def half_line(self, token: Token) -> Node:
        bound = self.expression(COMPARE)
        closed = token.value.endswith("=")
        if token.value.startswith("<"):
            node = nodes.Range(None, bound, False, closed, at=token.at)
        else:
            node = nodes.Range(bound, None, closed, False, at=token.at)
        return self.made(node, bound)

    def span(self, token: Token) -> Node:
        """A range after its opening bracket."""
        low = self.expression(COMPARE)
        self.expect("..")
        high = self.expression(COMPARE)
        close = self.take()
        if close.value not in ("]", ")", "["):
            self.fail(close)
        node = nodes.Range(low, high, token.value == "[", close.value == "]", at=token.at)
        return self.made(node, low, high)

    def is_range(self) -> bool:
        """True when the bracket under the cursor opens a range."""
        token = self.peek()
        if token.kind != "mark" or token.value not in ("[", "(", "]"):
            return False
        return token.value == "]" or self.index in self.ranges

    # Cells

    def unary_tests(self) -> nodes.UnaryTests:
        """A whole cell; nothing may follow it."""
        at = self.peek().at
        if self.peek().value == "-" and self.peek(1).kind == "end":
            self.index += 1
            return self.made(nodes.UnaryTests([], False, at=at))
        negated = self._is_negated()
        if negated:
            self.index += 2
        tests = [self.cell_test()]
        while self.accept(","):
            tests.append(self.cell_test())
        if negated:
            self.expect(")")
        if self.peek().kind != "end":
            self.fail(self.peek())
        return self.made(nodes.UnaryTests(tests, negated, at=at), *tests)

    def cell_test(self) -> Node:
        """One test of a cell; an expression may be a whole condition over `?`."""
        token = self.peek()
        if token.kind == "mark" and token.value in ("=", "==", "!="):
            self.index += 1
            subject = self.made(nodes.Name("?", at=token.at))
            bound = self.expression(COMPARE)
            sign = "!=" if token.value == "!=" else "="
            return self.made(nodes.Compare(sign, subject, bound, at=token.at), subject, bound)
        return self.test(0)

    def _is_negated(self) -> bool:
        """True for `not( … )` around the whole cell."""
        if self.peek().value != "not" or self.peek(1).value != "(":
            return False
        level = 0
        for place in range(self.index + 1, len(self.tokens)):
            token = self.tokens[place]
            if token.kind == "mark" and token.value in "([{":
                level += 1
            elif token.kind == "mark" and token.value in ")]}":
                opens = token.value == "]" and not ends_operand(self.tokens[place - 1])
                level += 1 if opens else -1
            if level <= 0:
                return self.tokens[place + 1].kind == "end"
        return False
