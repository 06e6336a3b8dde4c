"""`docs/reference/bpmn.md`: what of BPMN is carried out, by which proof; what is refused."""

from engine.preflight import check
from kernel.i18n import use_locale
from tests.bpmn_list import ELEMENTS
from tests.bpmn_refusals import NOWHERE, REFUSALS
from tests.engine import drawing

HEAD = """# BPMN: what Ravand carries out

Generated from the tests that passed (`make test`); do not edit. Each test runs a model of its
own and compares the way that the case went with the one that BPMN 2.0.2 asks for.
"""


def page(proofs: dict[str, list[str]]) -> str:
    """The whole page."""
    lines = [HEAD]
    for group, elements in ELEMENTS.items():
        lines += [f"## {group}", "", "| element | proved by |", "|---|---|"]
        for key, words in elements.items():
            tests = "<br>".join(f"`{_short(name)}`" for name in proofs.get(key, []))
            lines.append(f"| {words} | {tests or 'none yet'} |")
        lines.append("")
    lines += [
        "## Outside of this list",
        "",
        "Nothing else is carried out, and nothing is dropped in silence: an upload with one of",
        "these is refused with this sentence.",
        "",
        "| element | the sentence |",
        "|---|---|",
    ]
    lines += [f"| {words} | {refusal(document)} |" for words, document in REFUSALS.items()]
    return "\n".join(lines) + "\n"


def refusal(document: str) -> str:
    """What preflight says of a diagram, in English."""
    with use_locale("en"):
        report = check(drawing.bundle(document), NOWHERE)
        return report.errors[0].sentence() if report.errors else "not refused"


def _short(name: str) -> str:
    """`semantics/test_tasks.py: a plain task passes`."""
    file, _, test = name.removeprefix("tests/engine/").partition("::test_")
    return f"{file}: {test.replace('_', ' ')}"
