"""The names under which DMN writes its models and its languages."""

from typing import Final

MODELS: Final = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20151130",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
    }
)
CAMUNDA: Final = "http://camunda.org/schema/1.0/dmn"


def language_of(written: str) -> str | None:
    """`feel` or `juel`; None for a language that is not ours."""
    text = written.strip().lower().rstrip("/")
    if not text or text.rpartition("/")[2] == "feel" or "/feel/" in text:
        return "feel"
    return "juel" if text in ("juel", "http://camunda.org/schema/1.0/dmn/juel") else None
