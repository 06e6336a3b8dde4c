"""Rules about the bundle's texts."""

from __future__ import annotations

from collections.abc import Iterator

from engine.preflight.expressions import spelled
from engine.preflight.upload import Upload, rules
from engine.problems import Problem
from kernel.expressions import ExpressionError, compile_template

LANGUAGES = ("fa", "en")


@rules.register("templates")
def templates_can_be_read(upload: Upload) -> Iterator[Problem]:
    """`templates/<key>.<channel>.<lang>.txt` is UTF-8, its `{expressions}` compile, and an
    e-mail begins with its subject."""
    for (key, channel, language), data in upload.bundle.templates.items():
        file = f"templates/{key}.{channel}.{language}.txt"
        if language not in LANGUAGES:
            yield Problem("template.language", file=file, facts={"language": language})
        if channel not in upload.catalogue.channels:
            facts: dict[str, str | int] = {"key": channel, "place": file}
            yield Problem("reference.channel", file=file, facts=facts)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield Problem("template.encoding", file=file)
            continue
        if channel == "email" and not text.startswith("Subject:"):
            yield Problem("template.no-subject", file=file)
        yield from _compiles(text, file)


def _compiles(text: str, file: str) -> Iterator[Problem]:
    try:
        compile_template(text)
    except ExpressionError as error:
        line = text.count("\n", 0, error.position) + 1
        yield Problem("template.invalid", file=file, line=line, facts=spelled(error))


@rules.register("template-names")
def templates_are_named_well(upload: Upload) -> Iterator[Problem]:
    """A text's file name says key, channel and language."""
    for name in upload.bundle.under("templates", ".txt"):
        if name.count(".") < 2:
            yield Problem("template.name", file=f"templates/{name}.txt")


@rules.register("template-languages")
def templates_come_in_both_languages(upload: Upload) -> Iterator[Problem]:
    """A text in one language only is sent in that language to everybody."""
    written: dict[tuple[str, str], set[str]] = {}
    for key, channel, language in upload.bundle.templates:
        written.setdefault((key, channel), set()).add(language)
    for (key, channel), languages in written.items():
        missing = [one for one in LANGUAGES if one not in languages]
        if missing and len(languages) == 1:
            facts: dict[str, str | int] = {"key": key, "channel": channel, "missing": missing[0]}
            file = f"templates/{key}.{channel}.{next(iter(languages))}.txt"
            yield Problem("template.one-language", file=file, facts=facts)
