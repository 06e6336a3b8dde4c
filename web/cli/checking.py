"""`ravand check`: problems, questions, and the mended files."""

import json
import sys
import time
from pathlib import Path

import click

from engine import preflight
from engine.bundle import Bundle, read_bundle
from engine.preflight import Answer, AnswersRefused, Catalogue, Question, Report
from engine.problems import Refused
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from web.cli.connect import connect

MOST_ROUNDS = 3  # an answer may raise another question, such as who does what is now by hand


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--fix", "fixing", is_flag=True, help="Answer the questions and write the result.")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON of your answers; what it leaves out is answered as proposed.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Where the result goes.")
@click.option("--in-place", is_flag=True, help="Overwrite the files themselves.")
def check(
    paths: tuple[Path, ...],
    fixing: bool,
    answers: Path | None,
    output: Path | None,
    in_place: bool,
) -> None:
    """Read bundles (folders, zips or single diagrams) and list their problems; store nothing."""
    if (answers or output or in_place) and not fixing:
        raise click.UsageError(_("--answers, --output and --in-place belong to --fix."))
    if len(paths) > 1 and (output or answers):
        raise click.UsageError(_("With --output or --answers give one path."))
    given = _answers(answers)
    connect()
    failed = False
    with unit_of_work(commit=False) as uow:
        catalogue = preflight.catalogue_of(uow.session)
        for path in paths:
            began = time.perf_counter()
            report = preflight.check_path(path, catalogue)
            if fixing:
                report = _mend(path, report, catalogue, given, _place(path, output, in_place))
            _say(path, report, time.perf_counter() - began)
            failed |= not report.ok
    sys.exit(1 if failed else 0)


def _say(path: Path, report: Report, seconds: float) -> None:
    for problem in report.problems:
        click.echo(f"{path.name}: {problem.severity}: {problem.sentence()}")
    if not report.problems:
        click.echo(f"{path.name}: no problems.")
    for number, question in enumerate(report.questions, start=1):
        _ask(number, question)
    verdict = "accepted" if report.ok else "refused"
    click.echo(f"{path.name}: {verdict} in {seconds:.2f} s")


def _ask(number: int, question: Question) -> None:
    click.echo(f"\n{number}. {question.problem.what()}")
    click.echo(f"   {question.id}")
    for choice in question.choices:
        mark = "*" if choice is question.proposed else " "
        typed = "" if choice.text is None else f" [{choice.text}]"
        click.echo(f"   {mark} {choice.key}: {choice.sentence()}{typed}")


def _answers(path: Path | None) -> dict[str, Answer]:
    """`{"question id": "choice"}`, or `{"choice": …, "text": …}` where something is typed."""
    if path is None:
        return {}
    try:
        read = json.loads(path.read_text())
        return {
            key: Answer(one) if isinstance(one, str) else Answer(one["choice"], one.get("text"))
            for key, one in read.items()
        }
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise click.BadParameter(str(error), param_hint="--answers") from None


def _mend(
    path: Path, report: Report, catalogue: Catalogue, given: dict[str, Answer], place: Path
) -> Report:
    """Answer what is asked, say it, write the files that changed; the report of the result."""
    answered: set[str] = set()
    try:
        before = bundle = read_bundle(path)
        for _round in range(MOST_ROUNDS):
            answers = _of_this_round(report, given, answered)
            if not answers:
                break
            bundle = preflight.fix(bundle, report.questions, answers)
            answered |= answers.keys()
            _tell(report, answers)
            report = preflight.check(bundle, catalogue)
    except Refused:
        return report
    except AnswersRefused as refused:
        for wrong in refused.wrong:
            click.echo(f"{path.name}: {wrong.question}: {wrong.sentence()}", err=True)
        sys.exit(2)
    _write(path, before, bundle, place)
    return report


def _of_this_round(
    report: Report, given: dict[str, Answer], answered: set[str]
) -> dict[str, Answer]:
    """The answers given, and what is proposed for the rest; none is given twice. In the first
    round an answer to nothing is an error, later it may be to what came up."""
    asked = {one.id for one in report.questions}
    mine = {key: one for key, one in given.items() if not answered or key in asked}
    every = {**preflight.proposals(report.questions), **mine}
    return {key: one for key, one in every.items() if key not in answered}


def _tell(report: Report, answers: dict[str, Answer]) -> None:
    for question in report.questions:
        answer = answers.get(question.id)
        choice = question.choice(answer.choice) if answer else None
        if answer and choice:
            text = choice.text if answer.text is None else answer.text
            typed = f" [{text}]" if choice.text is not None else ""
            click.echo(f"{question.problem.element}: {choice.sentence()}{typed}")


def _place(path: Path, output: Path | None, in_place: bool) -> Path:
    if in_place:
        return path
    if output is not None:
        return output
    return path.with_name(f"{path.stem}.mended{path.suffix}")


def _write(path: Path, before: Bundle, after: Bundle, place: Path) -> None:
    """A single diagram goes to a file (what came with it beside it), a folder or zip to a
    folder. Nothing that exists is overwritten unless it is the path itself."""
    changed = {name: data for name, data in after.files.items() if before.files.get(name) != data}
    if not changed:
        click.echo(f"{path.name}: nothing to change")
        return
    zipped = path.suffix.lower() == ".zip"
    single = path.is_file() and not zipped
    folder = place.parent if single else place.with_suffix("") if zipped else place
    files = changed if place == path and path.is_dir() else after.files
    for name, data in files.items():
        target = place if single and name == path.name else folder / name
        if target.exists() and (place != path or zipped or name not in before.files):
            raise click.UsageError(_("%(file)s exists already.", file=target))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if name in changed:
            click.echo(f"{path.name}: wrote {target}")
