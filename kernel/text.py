"""Persian text: as it is stored, as it is searched, as it is sorted.

Sources: Unicode UAX #15 (normal forms); the letter order of ISIRI 6219.
"""

import re
import unicodedata
from typing import Final

_LATIN: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_PERSIAN: Final = str.maketrans("0123456789٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶۷۸۹")
_INVISIBLE: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_ZWNJ: Final = "\u200c"
_STORED: Final = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        **dict(zip("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", strict=True)),
        **dict.fromkeys(_INVISIBLE),
    }
)
# After the marks are gone: what is left of ئ أ ؤ ۀ is ی ا و ه.
_KEY: Final = str.maketrans(
    {
        **dict.fromkeys("يىےې", "ی"),
        **dict.fromkeys("كڪ", "ک"),
        **dict.fromkeys("ةھہەۀ", "ه"),
        **dict.fromkeys("إأٱ", "ا"),
        "ؤ": "و",
        "ء": None,
        "ـ": None,
        "\u200d": None,
        _ZWNJ: " ",
        **dict.fromkeys(_INVISIBLE),
    }
)
_SPACES: Final = re.compile(r"\s+")
_ALPHABET: Final = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
# One private character per letter, in alphabetical order, all after Latin and digits.
_ORDER: Final = {ord(letter): chr(0xE000 + i) for i, letter in enumerate(_ALPHABET)}


def clean(text: str) -> str:
    """The text as it is stored: NFC, Persian ی and ک and digits, no direction marks, trimmed.

    The zero-width non-joiner stays: it is spelling.
    """
    return unicodedata.normalize("NFC", text).translate(_STORED).strip()


def search_key(text: str) -> str:
    """What is compared in searches, duplicates and unique checks; never shown.

    Folds Arabic and Persian forms, marks, digits, case and spacing; ZWNJ becomes a space.
    """
    # Marks go before letters are mapped: «رئیس» typed with an Arabic yeh decomposes to it.
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    bare = bare.translate(_KEY).translate(_LATIN).casefold()
    return _SPACES.sub(" ", bare).strip()


def joined_key(text: str) -> str:
    """The search key without spaces, so that «می‌خواهم» and «میخواهم» meet."""
    return search_key(text).replace(" ", "")


def sort_key(text: str) -> str:
    """A text whose code point order is the Persian alphabetical order, on every database."""
    folded = unicodedata.normalize("NFKC", text).translate(_STORED).translate(_LATIN)
    folded = folded.replace("آ", "\ue001")  # before marks go: آ stands before ا
    bare = unicodedata.normalize("NFD", folded.casefold())
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = bare.replace(_ZWNJ, " ").replace("ـ", "")
    return _SPACES.sub(" ", bare).strip().translate(_KEY_TO_ORDER)


_KEY_TO_ORDER: Final = {
    **{
        source: _ORDER[ord(target)] for source, target in _KEY.items() if target in tuple(_ALPHABET)
    },
    **_ORDER,
}


def latin_digits(text: str) -> str:
    """Persian and Arabic digits as Latin ones, everything else as it is."""
    return text.translate(_LATIN)


def persian_digits(text: str) -> str:
    """Latin and Arabic digits as Persian ones, everything else as it is."""
    return text.translate(_PERSIAN)
