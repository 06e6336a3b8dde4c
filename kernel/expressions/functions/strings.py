"""Functions over texts."""

import re
from decimal import Decimal
from typing import Any

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.patterns import pattern, replacement
from kernel.expressions.functions.table import function
from kernel.expressions.operators import bounded, equal
from kernel.expressions.run import Run, admit, unfit
from kernel.expressions.show import plain
from kernel.expressions.temporal import latin

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)


@function(
    "string(value: any) -> text",
    "The value as text: numbers without grouping, dates and durations in ISO 8601, true and "
    "false as words, null as null.",
    ("string(12.50)", '"12.5"'),
    ('string(date("2026-11-22"))', '"2026-11-22"'),
)
def string(run: Run, at: int, value: Any) -> str | None:
    return None if value is None else plain(run, value, at)


@function(
    "string length, length(text: text) -> number",
    "How many characters.",
    ('string length("روند")', "4"),
)
def string_length(run: Run, at: int, text: str) -> int:
    return len(text)


@function(
    "substring(text: text, start: whole, count?: whole) -> text",
    "From the character number `start`, counted from 1; negative counts from the end.",
    ('substring("foobar", 3)', '"obar"'),
    ('substring("foobar", -2, 1)', '"a"'),
)
def substring(run: Run, at: int, text: str, start: int, count: int | None = None) -> str:
    if start == 0:
        raise ExpressionError(at, "expression.counted-from-one")
    begin = start - 1 if start > 0 else max(0, len(text) + start)
    return text[begin:] if count is None else text[begin : begin + max(0, count)]


@function(
    "substring before(text: text, mark: text) -> text",
    "What stands before the first `mark`; empty when there is none.",
    ('substring before("1405/12", "/")', '"1405"'),
)
def substring_before(run: Run, at: int, text: str, mark: str) -> str:
    head, found, _ = text.partition(mark) if mark else ("", "", "")
    return head if found else ""


@function(
    "substring after(text: text, mark: text) -> text",
    "What stands after the first `mark`; empty when there is none.",
    ('substring after("1405/12", "/")', '"12"'),
)
def substring_after(run: Run, at: int, text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


@function("upper case, upper(text: text) -> text", "Capitals.", ('upper("ok")', '"OK"'))
def upper(run: Run, at: int, text: str) -> str:
    return text.upper()


@function("lower case, lower(text: text) -> text", "Small letters.", ('lower("OK")', '"ok"'))
def lower(run: Run, at: int, text: str) -> str:
    return text.lower()


@function("trim(text: text) -> text", "Without space at both ends.", ('trim("  علی ")', '"علی"'))
def trim(run: Run, at: int, text: str) -> str:
    return text.strip()


@function(
    "contains(whole: any, part: any) -> boolean",
    "True when the text holds the other text, or the list the value.",
    ('contains("foobar", "oba")', "true"),
    ("contains([1, 2], 3)", "false"),
)
def contains(run: Run, at: int, whole: Any, part: Any) -> bool:
    if whole is None:
        return False
    if type(whole) is list:
        run.charge(len(whole), at)
        return any(equal(run, admit(item, at), part, at, strict=False) for item in whole)
    if type(whole) is not str:
        unfit(at, "text", whole)
    return (part if type(part) is str else unfit(at, "text", part)) in whole


@function(
    "starts with, startsWith(text: text, start: text) -> boolean",
    "True when the text begins so.",
    ('starts with("+98912", "+98")', "true"),
)
def starts_with(run: Run, at: int, text: str, start: str) -> bool:
    return text.startswith(start)


@function(
    "ends with, endsWith(text: text, end: text) -> boolean",
    "True when the text ends so.",
    ('ends with("a.pdf", ".pdf")', "true"),
)
def ends_with(run: Run, at: int, text: str, end: str) -> bool:
    return text.endswith(end)


@function(
    "matches(text: text, pattern: text, flags?: text) -> boolean",
    "True when the pattern is found anywhere in the text. RE2 syntax, at most 200 characters; "
    "use ^ and $ to bind it to the ends. Flags: i, m, s.",
    ('matches("0912", "^09[0-9]+$")', "true"),
    ('matches("Ravand", "^rav", "i")', "true"),
)
def matches(run: Run, at: int, text: str, source: str, flags: str = "") -> bool:
    run.charge(10 + (len(text) >> 4), at)
    return pattern(source, at, flags).search(text) is not None


@function(
    "replace(text: text, pattern: text, with: text, flags?: text) -> text",
    "Every match of the RE2 pattern replaced by `with`, in which `$1` is what the first group "
    "matched and `$0` the whole match.",
    ('replace("a1b22", "[0-9]+", "-")', '"a-b-"'),
    ('replace("1405/09", "([0-9]+)/([0-9]+)", "$2-$1")', '"09-1405"'),
)
def replace(run: Run, at: int, text: str, source: str, by: str, flags: str = "") -> str:
    run.charge(10 + (len(text) >> 4), at)
    compiled = pattern(source, at, flags)
    pieces = replacement(by, compiled.groups)
    run.charge(len(pieces), at)
    parts: list[str] = []
    size = done = 0
    for match in compiled.finditer(text):
        run.charge(1 + len(pieces), at)
        new = "".join(p if type(p) is str else match.group(p) or "" for p in pieces)
        parts += (text[done : match.start()], new)
        size += match.start() - done + len(new)
        done = match.end()
        if size > limits.STRING:
            raise ExpressionError(at, "expression.text-too-long", limit=limits.STRING)
    return "".join([*parts, text[done:]])


@function(
    "split(text: text, mark: text) -> list",
    "The parts between the marks; a mark is plain text, not a pattern.",
    ('split("a,b,c", ",")', '["a", "b", "c"]'),
)
def split(run: Run, at: int, text: str, mark: str) -> list[str]:
    if not mark:
        raise ExpressionError(at, "expression.function-refused", name="split")
    if text.count(mark) >= limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    run.allocate(len(text), at)
    return text.split(mark)


@function(
    "string join, join(texts: list, between?: text, before?: text, after?: text) -> text",
    "The texts in one, null left out.",
    ('string join(["a", null, "b"], "-")', '"a-b"'),
    ('string join(["a", "b"], ", ", "[", "]")', '"[a, b]"'),
)
def string_join(
    run: Run, at: int, texts: list[Any], between: str = "", before: str = "", after: str = ""
) -> str:
    parts = [plain(run, text, at) for text in texts if text is not None]
    size = sum(map(len, parts)) + len(between) * len(parts) + len(before) + len(after)
    if size > limits.STRING:
        raise ExpressionError(at, "expression.text-too-long", limit=limits.STRING)
    return before + between.join(parts) + after


@function(
    "number(value: any, grouping?: any, point?: any) -> number",
    "The number that a text says; Persian digits and separators of thousands are understood. "
    "`grouping` and `point` say which marks the text uses.",
    ('number("۱۲٬۵۰۰")', "12500"),
    ('number("1.50")', "1.5"),
    ('number("1.234,5", ".", ",")', "1234.5"),
)
def number(run: Run, at: int, value: Any, grouping: Any = None, point: Any = None) -> Any:
    if type(value) in (int, Decimal):
        return value
    if type(value) is not str:
        unfit(at, "text", value)
    text = latin(value[:200])
    if grouping is None and point is None:
        text = text.replace("٬", "").replace(",", "").replace("٫", ".")
    else:
        text = _unmarked(text, grouping, point, at)
    if not _NUMBER.fullmatch(text):
        raise ExpressionError(at, "expression.not-a-number")
    return bounded(Decimal(text) if "." in text else int(text), at)


def _unmarked(text: str, grouping: Any, point: Any, at: int) -> str:
    if grouping not in (None, " ", ",", ".", "٬") or point not in (None, ".", ",", "٫"):
        raise ExpressionError(at, "expression.function-refused", name="number")
    if grouping is not None:
        if grouping == point:
            raise ExpressionError(at, "expression.function-refused", name="number")
        text = text.replace(grouping, "")
    return text if point in (None, ".") else text.replace(".", "x").replace(point, ".")


@function(
    "digits(text: text) -> text",
    "The text with Persian and Arabic digits turned into Latin ones.",
    ('digits("۰۹۱۲")', '"0912"'),
)
def digits(run: Run, at: int, text: str) -> str:
    return latin(text)
