"""From the tests that passed to `docs/reference/requirements.md` and `bpmn.md`: row -> proof.

`python -m tests.traceability build/proofs.json` writes the pages;
`--check` fails when a page is not what these proofs give, or a promised row has none.
"""

import argparse
import json
import sys
from pathlib import Path

from tests import bpmn_list, bpmn_page

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"

PROMISED: dict[str, str] = {
    "A05": "One inbox for every kind of work, filterable by kind",
    "A08": "A due task reminds its assignee in the minute it is due, after a restart too",
    "A13": "An uploaded diagram lists its steps before any run",
    "A14": "A limit in working hours gives a due time on the working calendar",
    "A15": "A step goes to a person, role, post, the initiator's manager, or one picked by hand",
    "A16": "A step carries its form and files; the user attaches files",
    "A17": "An event on a step (enter, leave, overdue) sends its template once",
    "A18": "Gateways and messages between steps behave as BPMN says",
    "A19": "A draft cannot be started; release needs a permission and is logged",
    "A20": "One of several start points is picked",
    "A21": "An authorised user ends an instance with a reason; others get 403",
    "B07": "A step with several agents reaches every agent's inbox",
    "B08": "An alarm before, at or after due reaches the persons chosen",
    "B09": "A step's text template goes out rendered and is kept",
    "B12": "The trace of a case on its diagram: done, current, times",
    "C01": "The customer's own designer uploads BPMN; no vendor code",
    "C02": "The customer's own designer brings forms",
    "C04": "Each step names its performer",
    "C05": "A step may carry more than one form",
    "C06": "Each step has its time limit",
    "C07": "Several channels per step, each with its template",
    "C08": "Saving a ticket starts exactly one instance, both linked",
    "C09": "Each visit's form is kept; a loop does not overwrite history",
    "C10": "An instance is cancelled with permission",
    "E01": "A model that names an unknown post is refused",
    "E02": "The call is a ticket that moves the subscriber into the process",
    "E03": "A ticket has a channel: phone, VoIP, site, in person, referral",
    "E04": "Subscriber and patient are recorded and may differ",
    "E05": "Named outcomes are buttons and decide the path",
    "E06": "Agreement leads to the caregiver's approval",
    "E07": "The time window of the trial: approval, refusal, and silence each have a path",
    "E08": "The contract is registered with documents and numbers",
    "E09": "Closing the contract opens invoicing",
    "E10": "Each step shows unit, responsible person and limit, also on the diagram",
    "E12": "Finance approves or returns",
    "E13": "Final control with the subscriber",
    "E14": "Retention is a called process with its own diagram and history",
    "E15": "Renewal is a called process and ends the loop",
    "E16": "Any organisation's managers add models",
    "E17": "A new version runs beside old instances",
    "E18": "Refusal loops to another caregiver up to a limit, then win-back",
}


def page(proofs: dict[str, list[str]]) -> str:
    """The whole page."""
    lines = [
        "# Requirements and their proofs",
        "",
        "Generated from the tests that passed (`make test`); do not edit.",
        "",
        "| id | what must work | proved by |",
        "|---|---|---|",
    ]
    for row in sorted({*PROMISED, *proofs}):
        tests = "<br>".join(f"`{name}`" for name in proofs.get(row, [])) or "none yet"
        lines.append(f"| {row} | {PROMISED.get(row, '')} | {tests} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 when the pages are written, or are as they should be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("proofs", type=Path)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    proofs: dict[str, dict[str, list[str]]] = json.loads(chosen.proofs.read_text())
    pages = {
        REFERENCE / "requirements.md": page(proofs["requirement"]),
        REFERENCE / "bpmn.md": bpmn_page.page(proofs["bpmn"]),
    }
    if not chosen.check:
        for path, text in pages.items():
            path.write_text(text)
        return 0
    missing = sorted(PROMISED.keys() - proofs["requirement"].keys())
    missing += sorted(bpmn_list.keys() - proofs["bpmn"].keys())
    if missing:
        print(f"No passing test proves: {', '.join(missing)}")
    stale = [p for p, text in pages.items() if not p.exists() or p.read_text() != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale: python -m tests.traceability {chosen.proofs}")
    return 1 if missing or stale else 0


if __name__ == "__main__":
    sys.exit(main())
