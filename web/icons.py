"""Icons of the pages: bootstrap-icons drawn into the HTML, so that none is fetched.

The build keeps only the icons that are named in our own files. Movement (arrows, send, return)
is mirrored in right-to-left pages by the class `flip`; clocks, checks and charts are not.
"""

from functools import cache

from markupsafe import Markup, escape

from web.assets import DIST, read_json

MIRRORED = frozenset(
    {
        "arrow-left",
        "arrow-right",
        "arrow-return-right",
        "arrow-return-left",
        "box-arrow-right",
        "chevron-left",
        "chevron-right",
        "reply",
        "send",
        "signpost-split",
    }
)


_ICONS = DIST / "icons.json"


def icon(name: str, extra: str = "") -> Markup:
    """One icon, hidden from screen readers: a word always stands beside it, or an aria-label."""
    return _drawn(name, extra, read_json(_ICONS).get(name, ""))


@cache
def _drawn(name: str, extra: str, inside: str) -> Markup:
    classes = " ".join(filter(None, ("bi", "flip" if name in MIRRORED else "", extra)))
    drawing = Markup(inside)  # noqa: S704  (from the icon package, written by our own build)
    return Markup(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>'
    ).format(escape(classes), drawing)
