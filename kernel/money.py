"""Money: whole Rials in storage, Rial or Toman on screen, always with the unit, also in words."""

from typing import Final

from kernel.text import persian_digits


def _table(words: str) -> tuple[str, ...]:
    return tuple(words.split(" "))


_UNITS: Final = {
    ("rial", "fa"): "ریال",
    ("rial", "en"): "rials",
    ("toman", "fa"): "تومان",
    ("toman", "en"): "tomans",
}
_SCALES: Final = {
    "fa": ("", "هزار", "میلیون", "میلیارد", "هزار میلیارد", "میلیون میلیارد", "میلیارد میلیارد"),
    "en": ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"),
}
_FA_ONES: Final = _table(
    " یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده"
)
_FA_TENS: Final = _table("  بیست سی چهل پنجاه شصت هفتاد هشتاد نود")
_FA_HUNDREDS: Final = _table(" صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد")
_EN_ONES: Final = _table(
    " one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_EN_TENS: Final = _table("  twenty thirty forty fifty sixty seventy eighty ninety")

TOMAN: Final = 10  # rials


def grouped(number: int, locale: str) -> str:
    """Thousands apart, in the locale's digits and separator."""
    text = f"{number:,}"
    return persian_digits(text.replace(",", "٬")) if locale == "fa" else text


def show(rials: int, *, unit: str = "rial", locale: str = "fa") -> str:
    """«۱۲٬۵۰۰ ریال», «۱٬۲۵۰ تومان». Rials that make no whole Toman follow a decimal mark."""
    if unit not in ("rial", "toman"):
        raise ValueError(unit)
    word = _UNITS[unit, locale]
    if unit == "rial":
        return f"{grouped(rials, locale)} {word}"
    whole, rest = divmod(abs(rials), TOMAN)
    sign = "-" if rials < 0 else ""
    text = sign + grouped(whole, locale)
    if rest:
        text += f"٫{persian_digits(str(rest))}" if locale == "fa" else f".{rest}"
    return f"{text} {word}"


def in_words(rials: int, *, unit: str = "rial", locale: str = "fa") -> str:
    """The amount as invoices write it: «دوازده هزار و پانصد ریال»."""
    count = rials if unit == "rial" else _whole_tomans(rials)
    return f"{words(count, locale)} {_UNITS[unit, locale]}"


def _whole_tomans(rials: int) -> int:
    if rials % TOMAN:
        raise ValueError("not a whole number of tomans")
    return rials // TOMAN


def words(number: int, locale: str = "fa") -> str:
    """A whole number in words. Raises: ValueError from 10^21 on."""
    if number == 0:
        return "صفر" if locale == "fa" else "zero"
    if abs(number) >= 10**21:
        raise ValueError("too large for words")
    text = _positive(abs(number), locale)
    return text if number > 0 else ("منفی " if locale == "fa" else "minus ") + text


def _positive(number: int, locale: str) -> str:
    three = _fa_three if locale == "fa" else _en_three
    groups: list[str] = []
    for scale in _SCALES[locale]:
        number, part = divmod(number, 1000)
        if part:
            groups.append(f"{three(part)} {scale}".strip())
    return (" و " if locale == "fa" else " ").join(reversed(groups))


def _fa_three(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if rest < 20:
        parts = [_FA_HUNDREDS[hundreds], _FA_ONES[rest]]
    else:
        parts = [_FA_HUNDREDS[hundreds], _FA_TENS[rest // 10], _FA_ONES[rest % 10]]
    return " و ".join(part for part in parts if part)


def _en_three(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    small = _EN_ONES[rest] if rest < 20 else _EN_TENS[rest // 10]
    if rest > 20 and rest % 10:
        small += f"-{_EN_ONES[rest % 10]}"
    head = f"{_EN_ONES[hundreds]} hundred" if hundreds else ""
    return " ".join(part for part in (head, small) if part)
