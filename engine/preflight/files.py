"""Rules about the bundle as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from engine.preflight.upload import Upload, rules
from engine.problems import Problem

_READ: Final = (
    "forms/*.json",
    "templates/*.txt",
    "documents/*",
    "files/*",
    "cases.json",
    "*.dmn",
    "*.form",
    "*.md",
)


@rules.register("content")
def there_is_something(upload: Upload) -> Iterator[Problem]:
    """A bundle brings a diagram, or decisions, forms and texts for other diagrams."""
    bundle = upload.bundle
    if not (bundle.diagrams or bundle.decisions or bundle.forms or bundle.templates):
        yield Problem("bundle.no-diagram", file=bundle.name)


@rules.register("processes")
def diagrams_have_processes(upload: Upload) -> Iterator[Problem]:
    """A diagram has a process with something in it. (One that cannot be read says so itself.)"""
    for path in upload.empty_files:
        yield Problem("bundle.no-process", file=path)


@rules.register("known-files")
def files_are_read(upload: Upload) -> Iterator[Problem]:
    """A file that Ravand does not know is left aside, and this is said."""
    bundle = upload.bundle
    for path in bundle.files:
        if path in bundle.diagrams or any(fnmatchcase(path, pattern) for pattern in _READ):
            continue
        yield Problem("bundle.file-ignored", file=path)
