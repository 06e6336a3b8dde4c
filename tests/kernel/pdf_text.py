"""Look into documents."""

from io import BytesIO

from pypdf import PdfReader


def text_of(document: bytes) -> str:
    """The text of all pages, runs of space made one."""
    pages = PdfReader(BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def page_count(document: bytes) -> int:
    """How many pages there are."""
    return len(PdfReader(BytesIO(document)).pages)


def fonts_of(document: bytes) -> set[str]:
    """The names of the fonts of the first page."""
    fonts = PdfReader(BytesIO(document)).pages[0]["/Resources"]["/Font"]
    return {str(fonts[name]["/BaseFont"]).split("+")[-1] for name in fonts}
