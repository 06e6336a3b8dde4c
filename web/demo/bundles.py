"""Deploy and release every model that ships, called processes before their callers."""

import re
from pathlib import Path

from sqlalchemy import select

import engine
from engine.bundle import read_bundle
from engine.tables import ProcessDefinition
from kernel.uow import UnitOfWork
from people import SYSTEM

MODELS = Path(__file__).parents[2] / "bpmn_models"
_CALLS = re.compile(r'calledElement="([^"=]+)"')


def load_bundles(uow: UnitOfWork) -> list[str]:
    """Deploy what `bpmn_models/` holds and release it; the keys of the processes."""
    released = []
    for folder in in_order(folders()):
        deployment = engine.deploy(uow, read_bundle(folder), by=SYSTEM)
        for key in uow.session.scalars(
            select(ProcessDefinition.key).where(ProcessDefinition.deployment_id == deployment.id)
        ).all():
            engine.release(uow, key, by=SYSTEM)
            released.append(key)
    return released


def folders() -> list[Path]:
    """Every bundle: shared forms and texts first, then one folder for each process."""
    shared = [MODELS / "common"]
    found = {path.parent for path in MODELS.rglob("*.bpmn")}
    return [one for one in shared if one.is_dir()] + sorted(found)


def in_order(found: list[Path]) -> list[Path]:
    """The folders so that whatever a process calls comes before it; circles in any order."""
    by_key = {path.name: path for path in found}
    done: dict[Path, None] = {}

    def visit(path: Path, above: frozenset[Path]) -> None:
        if path in done or path in above:
            return
        for key in calls_of(path):
            if key in by_key:
                visit(by_key[key], above | {path})
        done[path] = None

    for path in found:
        visit(path, frozenset())
    return list(done)


def calls_of(folder: Path) -> list[str]:
    """The keys of the processes that a folder's diagrams call."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.bpmn")))
    return [key for text in texts for key in _CALLS.findall(text)]
