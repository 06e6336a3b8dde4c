"""Check, deploy, release, start: the designer's verbs at the command line."""

import json
import re
import shutil
from pathlib import Path

from sqlalchemy import func, select

from engine.tables import DefinitionEvent, Deployment, ProcessInstance, WorkItem
from kernel.uow import read_only
from tests.cli.conftest import Terminal
from tests.engine.bpmn.drawing import document
from tests.engine.preflight.test_questions import DRAWN_BY_HAND
from tests.fixtures.hostile import write_folder
from tests.requirements import requirement

BUNDLE = Path(__file__).parents[2] / "bpmn_models" / "leave_request"


def leave(folder: Path, *, old: str = "", new: str = "") -> Path:
    """A copy of the leave request's bundle, with one text in its diagram replaced."""
    copy = folder / "leave_request"
    shutil.copytree(BUNDLE, copy)
    diagram = copy / "leave_request.bpmn"
    diagram.write_text(diagram.read_text().replace(old, new) if old else diagram.read_text())
    return copy


def deployments() -> int:
    with read_only() as session:
        return session.scalar(select(func.count()).select_from(Deployment)) or 0


@requirement("C01")
def test_a_designers_bundle_is_checked_deployed_released_and_started(
    terminal: Terminal, tmp_path: Path
):
    bundle = leave(tmp_path)

    assert "leave_request: no problems." in terminal("check", bundle).out
    assert terminal("deploy", bundle).out == "leave_request version 2: draft\n"
    assert terminal("release", "leave_request").out == "leave_request version 2: released\n"
    started = terminal("start", "leave_request", "--by", "s.azizi")

    assert re.fullmatch(r"\S+ running\n", started.out), started
    with read_only() as session:
        item = session.scalars(select(WorkItem)).one()
        assert session.get_one(ProcessInstance, item.instance_id).started_by


def test_a_zip_and_a_single_diagram_can_be_checked(terminal: Terminal, tmp_path: Path):
    packed = shutil.make_archive(str(tmp_path / "leave"), "zip", BUNDLE)

    assert terminal("check", packed).status == 0
    alone = leave(tmp_path, old='form key="leave"', new='form key="nowhere"')

    said = terminal("check", alone / "leave_request.bpmn")
    assert said.status == 1
    assert "nowhere" in said.out


@requirement("E01")
def test_a_model_that_names_an_unknown_post_is_refused_and_the_sentence_names_it(
    terminal: Terminal, tmp_path: Path
):
    bundle = leave(tmp_path, old='managerOf="= initiator.position"', new='position="moon.keeper"')
    before = (terminal("start", "leave_request").status, deployments())

    checked = terminal("check", bundle)
    deployed = terminal("deploy", bundle)

    assert checked.status == 1
    assert "moon.keeper" in checked.out
    assert deployed.status == 2
    assert len(deployed.err.splitlines()) == 1
    assert (0, deployments()) == before


@requirement("A19")
def test_a_draft_cannot_be_started_and_its_release_is_logged(terminal: Terminal, tmp_path: Path):
    bundle = leave(tmp_path, old="leave_request", new="leave_of_mine")
    assert terminal("deploy", bundle).status == 0

    refused = terminal("start", "leave_of_mine")
    assert refused.status == 2
    assert len(refused.err.splitlines()) == 1
    assert terminal("release", "leave_of_mine").status == 0

    assert terminal("start", "leave_of_mine").status == 0
    with read_only() as session:
        kinds = list(session.scalars(select(DefinitionEvent.kind)))
    assert "released" in kinds


def test_deploy_can_release_at_once(terminal: Terminal, tmp_path: Path):
    said = terminal("deploy", leave(tmp_path), "--release")
    assert said.out == "leave_request version 2: released\n"


def test_every_shipped_bundle_passes_the_check(terminal: Terminal):
    folders = sorted(path.parent for path in BUNDLE.parent.glob("*/*.bpmn"))
    said = terminal("check", *folders)
    assert said.status == 0, said.out


def test_an_unknown_process_wrong_json_and_a_missing_file_each_get_one_sentence(
    terminal: Terminal,
):
    unknown = terminal("start", "nothing_like_it")
    assert (unknown.status, len(unknown.err.splitlines())) == (2, 1)
    assert "nothing_like_it" in unknown.err

    wrong = terminal("start", "leave_request", "--variables", "{")
    assert wrong.status == 2
    assert "not JSON" in wrong.err

    missing = terminal("deploy", "/nowhere/at/all")
    assert missing.status == 2
    assert "/nowhere/at/all" in missing.err


def test_answers_can_be_read_in_persian(terminal: Terminal):
    said = terminal("--lang", "fa", "start", "nothing_like_it")
    assert said.status == 2
    assert "nothing_like_it" in said.err
    assert re.search("[آ-ی]{3}", said.err)


@requirement("E01")
def test_a_folder_of_hostile_files_is_refused_each_with_a_sentence(
    terminal: Terminal, tmp_path: Path
):
    folder = tmp_path / "hostile"
    folder.mkdir()
    paths = list(write_folder(folder))
    before = (terminal("start", "leave_request").status, deployments())

    said = terminal("check", *paths)

    assert said.status == 1
    for path in paths:
        lines = [line for line in said.out.splitlines() if line.startswith(f"{path.name}: ")]
        assert any(": error: " in line and len(line) > 40 for line in lines), path.name
        [seconds] = [float(m[1]) for line in lines if (m := re.search(r"in ([\d.]+) s", line))]
        assert seconds < 60, path.name  # a fraction of one alone; this only sees that none hangs
    assert (0, deployments()) == before


def drawn_by_hand(folder: Path) -> Path:
    """A diagram that says neither who, nor when, nor which way."""
    path = folder / "order.bpmn"
    path.write_bytes(document(DRAWN_BY_HAND.replace("callActivity", "task"), key="order"))
    return path


@requirement("C01")
def test_a_drawing_by_hand_is_mended_beside_itself_and_then_accepted(
    terminal: Terminal, tmp_path: Path
):
    path = drawn_by_hand(tmp_path)
    before = path.read_bytes()

    asked = terminal("check", path)
    mended = terminal("check", "--fix", path)
    again = terminal("check", tmp_path / "order.mended.bpmn")

    assert asked.status == 1
    assert "timer.missing:order.bpmn:wait" in asked.out
    assert "* duration: After this time" in asked.out
    assert (mended.status, again.status) == (0, 0), mended.out
    assert "order.mended.bpmn" in mended.out
    assert path.read_bytes() == before
    assert terminal("check", "--fix", path).status == 2  # it would overwrite the first result


@requirement("C01")
def test_own_answers_are_taken_and_a_wrong_one_changes_nothing(terminal: Terminal, tmp_path: Path):
    path, answers = drawn_by_hand(tmp_path), tmp_path / "answers.json"
    own = {"timer.missing:order.bpmn:wait": {"choice": "duration", "text": "PT90M"}}

    answers.write_text(json.dumps({**own, "nothing": "default"}))
    refused = terminal("check", "--fix", "--answers", answers, path)
    answers.write_text(json.dumps(own))
    taken = terminal("check", "--fix", "--answers", answers, "--in-place", path)

    assert refused.status == 2
    assert "no such question" in refused.err
    assert not (tmp_path / "order.mended.bpmn").exists()
    assert taken.status == 0
    assert "PT90M" in path.read_text()
    assert "[PT90M]" in taken.out
