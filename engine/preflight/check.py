"""The one entry: read everything, run every rule, give one list."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from engine.bpmn.model import ProcessModel
from engine.bpmn.reader import read
from engine.bpmn.telling import about
from engine.bundle import Bundle, read_bundle
from engine.preflight import load_rules
from engine.preflight.catalogue import Catalogue
from engine.preflight.questions import ask
from engine.preflight.report import Report
from engine.preflight.upload import Upload, rules
from engine.problems import Problem, Refused, in_order
from engine.xml import parse
from kernel.types import JsonObject

load_rules.everything()


def check(bundle: Bundle, catalogue: Catalogue) -> Report:
    """Read the bundle and say everything that is wrong with it. Stores nothing."""
    problems: list[Problem] = []
    models: list[ProcessModel] = []
    empty: list[str] = []
    made: dict[str, JsonObject] = {}
    used: set[str] = set()
    for path, data in sorted(bundle.diagrams.items()):
        try:
            reading = read(parse(data, path), path, bundle.files)
        except Refused as refused:
            problems.append(refused.problem)
            continue
        problems += reading.problems
        made |= reading.forms
        used |= reading.used
        run, told = _to_run(reading.models)
        models += run
        problems += told
        if not reading.models and not reading.problems:
            empty.append(path)
    models, repeated = _unique(models)
    bundle = bundle.translated(made, used)
    upload = Upload(bundle, tuple(models), catalogue, tuple(empty))
    found = chain.from_iterable(rules[name](upload) for name in rules)
    ordered = in_order(chain(problems, repeated, found))
    return Report(ordered, upload.models, ask(upload, ordered), bundle.forms)


def check_path(path: Path, catalogue: Catalogue) -> Report:
    """Like `check`, for a folder, zip or diagram on disk; one that cannot be read at all
    is a report of that one problem."""
    try:
        return check(read_bundle(path), catalogue)
    except Refused as refused:
        return Report((refused.problem,), ())


def _to_run(models: Iterable[ProcessModel]) -> tuple[list[ProcessModel], list[Problem]]:
    """Processes marked not executable beside executable ones are drawings only; a file
    of nothing else was drawn by hand and is meant to run. Either is said."""
    found = list(models)
    run = [model for model in found if model.executable]
    code = "read.drawing-only" if run else "read.not-executable"
    told = [about(model, None, code) for model in found if not model.executable]
    return run or found, told


def _unique(models: Iterable[ProcessModel]) -> tuple[list[ProcessModel], list[Problem]]:
    """One process per key; a second of the same key is a problem."""
    kept: dict[str, ProcessModel] = {}
    problems: list[Problem] = []
    for model in models:
        if model.key in kept:
            problems.append(
                Problem(
                    "bundle.duplicate-process",
                    model.key,
                    model.name,
                    model.file,
                    model.line,
                    {"other": kept[model.key].file},
                )
            )
            continue
        kept[model.key] = model
    return list(kept.values()), problems
