"""SpiffArena's Python as our expressions, where both mean the same. Nothing here is ever run.

The text is parsed and written anew, part by part, from a short list of what may occur;
anything else is `Untranslatable`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Final

from kernel.expressions import ExpressionError, compile, compile_script

MAX_TEXT: Final = 4_000
MAX_DEPTH: Final = 40
_NAME: Final = re.compile(r"(?!_)[^\W\d]\w*")
_COMPARE: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "=",
    ast.IsNot: "!=",
}
_ARITHMETIC: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_FUNCTIONS: Final = {
    "str": "string",
    "int": "number",
    "float": "number",
    "len": "count",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "abs": "abs",
}
_METHODS: Final = {"lower": "lower case", "upper": "upper case"}
_TWO: Final = {"startswith": "starts with", "endswith": "ends with"}
_LENGTHS: Final = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


class Untranslatable(Exception):
    """The text says something that our language does not. `args[0]` is the part."""


def expression(text: str) -> str:
    """A Python expression as ours, with its `=`.

    Raises: Untranslatable
    """
    tree = _parsed(text, "eval")
    if not isinstance(tree, ast.Expression):
        raise Untranslatable(text)
    found = f"= {_write(tree.body, 0)}"
    try:
        compile(found)
    except ExpressionError:
        raise Untranslatable(text) from None
    return found


def literal_or_expression(text: str) -> str:
    """The same; a text in quotation marks becomes the bare text, as timers are written."""
    tree = _parsed(text, "eval")
    if isinstance(tree, ast.Expression) and isinstance(tree.body, ast.Constant):
        value = tree.body.value
        if isinstance(value, str) and not value.startswith(("=", "$", "#")):
            return value
    return expression(text)


def assignments(text: str) -> list[tuple[str, str]]:
    """A Python script of nothing but assignments, as names and our expressions (without `=`).

    Raises: Untranslatable
    """
    tree = _parsed(text, "exec")
    if not isinstance(tree, ast.Module):
        raise Untranslatable(text)
    found = [pair for statement in tree.body for pair in _statement(statement)]
    try:
        compile_script("\n".join(f"{name} = {value}" for name, value in found))
    except ExpressionError:
        raise Untranslatable(text) from None
    return found


def entries(text: str) -> list[tuple[str, str]]:
    """A Python dictionary with literal keys, as names and our expressions with their `=`.

    Raises: Untranslatable
    """
    tree = _parsed(text, "eval")
    if not isinstance(tree, ast.Expression) or not isinstance(tree.body, ast.Dict):
        raise Untranslatable(text)
    names = [_key(key) for key in tree.body.keys]
    values = [f"= {_write(value, 1)}" for value in tree.body.values]
    return list(zip(names, values, strict=True))


def _parsed(text: str, mode: str) -> ast.AST:
    if len(text) > MAX_TEXT:
        raise Untranslatable(text)
    try:
        return ast.parse(text.strip(), mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Untranslatable(text) from None


def _statement(node: ast.stmt) -> list[tuple[str, str]]:
    if isinstance(node, ast.Pass):
        return []
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return [(_target(node.targets[0]), _write(node.value, 0))]
    if isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        name, sign = _target(node.target), _ARITHMETIC[type(node.op)]
        return [(name, f"{name} {sign} {_grouped(node.value, 1)}")]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []  # a remark
    raise Untranslatable(ast.unparse(node))


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return _word(node.id)
    raise Untranslatable(ast.unparse(node))


def _word(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Untranslatable(name)
    return name


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _word(node.value)
    raise Untranslatable("" if node is None else ast.unparse(node))


def _write(node: ast.expr, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Untranslatable("…")
    writer = _WRITERS.get(type(node))
    if writer is None:
        raise Untranslatable(ast.unparse(node))
    return writer(node, depth + 1)


def _grouped(node: ast.expr, depth: int) -> str:
    """In brackets unless it cannot be torn apart."""
    simple = isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.Subscript | ast.List)
    text = _write(node, depth)
    return text if simple or isinstance(node, ast.Call) else f"({text})"


def _constant(node: ast.Constant, depth: int) -> str:
    value = node.value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) or (isinstance(value, float) and "e" not in repr(value)):
        return repr(value)
    raise Untranslatable(ast.unparse(node))


def _name(node: ast.Name, depth: int) -> str:
    return _word(node.id)


def _attribute(node: ast.Attribute, depth: int) -> str:
    return f"{_grouped(node.value, depth)}.{_word(node.attr)}"


def _subscript(node: ast.Subscript, depth: int) -> str:
    """`d["key"]` reads a member; `l[0]` the first item, which is number 1 here."""
    of, index = _grouped(node.value, depth), node.slice
    back = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
    number = index.operand if isinstance(index, ast.UnaryOp) and back else index
    if isinstance(number, ast.Constant) and type(number.value) is int:
        return f"{of}[-{number.value}]" if back else f"{of}[{number.value + 1}]"
    return f"{of}.{_key(index)}"


def _logic(node: ast.BoolOp, depth: int) -> str:
    word = " and " if isinstance(node.op, ast.And) else " or "
    return word.join(_grouped(one, depth) for one in node.values)


def _unary(node: ast.UnaryOp, depth: int) -> str:
    if isinstance(node.op, ast.Not):
        return f"not({_write(node.operand, depth)})"
    if isinstance(node.op, ast.USub):
        return f"-{_grouped(node.operand, depth)}"
    raise Untranslatable(ast.unparse(node))


def _arithmetic(node: ast.BinOp, depth: int) -> str:
    sign = _ARITHMETIC.get(type(node.op))
    if sign is None:
        raise Untranslatable(ast.unparse(node))
    return f"{_grouped(node.left, depth)} {sign} {_grouped(node.right, depth)}"


def _compare(node: ast.Compare, depth: int) -> str:
    sides = [node.left, *node.comparators]
    parts = [
        _comparison(left, operator, right, depth)
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False)
    ]
    return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)


def _comparison(left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> str:
    if isinstance(operator, ast.In | ast.NotIn):
        found = f"list contains({_write(right, depth)}, {_write(left, depth)})"
        if isinstance(right, ast.Constant):  # a part of a text
            found = f"contains({_write(right, depth)}, {_write(left, depth)})"
        return found if isinstance(operator, ast.In) else f"not({found})"
    if isinstance(operator, ast.Is | ast.IsNot) and not (
        isinstance(right, ast.Constant) and right.value in (None, True, False)
    ):
        raise Untranslatable(ast.unparse(right))
    return f"{_grouped(left, depth)} {_COMPARE[type(operator)]} {_grouped(right, depth)}"


def _list(node: ast.List | ast.Tuple, depth: int) -> str:
    return "[" + ", ".join(_write(one, depth) for one in node.elts) + "]"


def _dict(node: ast.Dict, depth: int) -> str:
    pairs = zip(node.keys, node.values, strict=True)
    return "{" + ", ".join(f"{_key(key)}: {_write(value, depth)}" for key, value in pairs) + "}"


def _conditional(node: ast.IfExp, depth: int) -> str:
    test, then = _write(node.test, depth), _grouped(node.body, depth)
    return f"if {test} then {then} else {_grouped(node.orelse, depth)}"


def _call(node: ast.Call, depth: int) -> str:
    length = _length(node)
    if length:
        return length
    if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        raise Untranslatable(ast.unparse(node))
    given = [_write(one, depth) for one in node.args]
    if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS and given:
        return f"{_FUNCTIONS[node.func.id]}({', '.join(given)})"
    if isinstance(node.func, ast.Attribute):
        of, method = _grouped(node.func.value, depth), node.func.attr
        if method in _METHODS and not given:
            return f"{_METHODS[method]}({of})"
        if method in _TWO and len(given) == 1:
            return f"{_TWO[method]}({of}, {given[0]})"
        if method == "get" and len(given) == 1:
            return f"{of}.{_key(node.args[0])}"
    raise Untranslatable(ast.unparse(node))


def _length(node: ast.Call) -> str | None:
    """`timedelta(hours=1)`, with or without its module, as a duration."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    if name != "timedelta" or node.args:
        return None
    seconds = 0
    for word in node.keywords:
        value = word.value.value if isinstance(word.value, ast.Constant) else None
        if word.arg not in _LENGTHS or type(value) is not int:
            raise Untranslatable(ast.unparse(node))
        seconds += value * _LENGTHS[word.arg]
    return f'duration("PT{seconds}S")'


_WRITERS: Final[dict[type[ast.expr], Callable[..., str]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BoolOp: _logic,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Compare: _compare,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Dict: _dict,
    ast.IfExp: _conditional,
    ast.Call: _call,
}
