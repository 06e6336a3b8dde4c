"""`ravand serve` from the first start on, in processes of its own."""

import re
import shutil
import socket
from pathlib import Path

import pytest
import requests

from tests.running import READY, Program, RemoteVisitor, running
from tests.servers import free_port

PASSWORD = re.compile(r"(\S+) +([a-z0-9]{4}(?:-[a-z0-9]{4}){3}) ")


def where(folder: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of an installation."""
    return {"RAVAND_DATA_DIR": str(folder), "RAVAND_PORT": str(port), **more}


def logins(said: str) -> dict[str, str]:
    return {match[1]: match[2] for match in PASSWORD.finditer(said)}


def log_in(url: str, username: str, password: str) -> RemoteVisitor:
    visitor = RemoteVisitor(url)
    visitor.get("/login")
    visitor.post("/login", {"username": username, "password": password})
    assert "logout" in visitor.page
    return visitor


def ended(program: Program) -> bool:
    """Ctrl+C ends it, and nothing that it started is left."""
    program.interrupt()
    program.wait(20)
    return not program.alive()


def pages(visitor: RemoteVisitor) -> list[str]:
    """What the navigation offers."""
    page = visitor.get("/")
    found = re.findall(r'<a[^>]* href="(/[a-z][a-z/]*)"', page)
    return sorted({path for path in found if "logout" not in path and "static" not in path})


def test_an_empty_product_starts_with_one_admin_and_keeps_its_data(tmp_path: Path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    surroundings = where(tmp_path, port, RAVAND_DEMO="0")

    with running("serve", **surroundings) as first:
        first.wait_for_line(READY)
        [(name, password)] = logins(first.said).items()
        admin = log_in(url, name, password)
        offered = pages(admin)
        assert len(offered) >= 8, offered
        for path in offered:
            admin.get(path)
        stream = admin.open("/live")  # as an open page does
        assert ended(first)
        assert "SIGKILL" not in first.said
        stream.close()

    with running("serve", **surroundings) as second:
        second.wait_for_line(READY)
        assert not logins(second.said)
        log_in(url, name, password)
        assert ended(second)


def test_a_busy_port_is_one_sentence(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with running("serve", **where(tmp_path, port, RAVAND_DEMO="0")) as program:
            assert program.wait() == 2
    assert len(program.lines) == 1
    assert str(port) in program.said
    assert "RAVAND_PORT" in program.said


def test_the_demo_is_not_served_to_other_machines(tmp_path: Path, product_template: Path):
    public = where(tmp_path / "new", free_port(), RAVAND_HOST="0.0.0.0")
    with running("serve", **public) as program:
        assert program.wait() == 2
    assert "RAVAND_DEMO=0" in program.said
    assert not (tmp_path / "new" / "ravand.db").exists()

    shutil.copytree(product_template, tmp_path / "demo")
    kept = where(tmp_path / "demo", free_port(), RAVAND_HOST="0.0.0.0", RAVAND_DEMO="0")
    with running("serve", **kept) as program:
        assert program.wait() == 2
    assert "demo accounts" in program.said


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An installation whose demo was made at the command line, and its log-ins."""
    folder = tmp_path_factory.mktemp("demo")
    with running("demo", "load", RAVAND_DATA_DIR=str(folder)) as program:
        assert program.wait(300) == 0, program.said
    return folder, logins(program.said)


def test_the_demo_is_served_with_its_log_ins_and_phones_that_answer(
    demo_folder: tuple[Path, dict[str, str]],
):
    folder, made = demo_folder
    port = free_port(together=2)
    url = f"http://127.0.0.1:{port}"
    with running("serve", **where(folder, port)) as program:
        program.wait_for_line(READY)
        assert logins(program.said) == made
        assert len(made) >= 16
        assert str(folder) not in program.said

        clerk = log_in(url, "s.azizi", made["s.azizi"])
        assert "/items/" in clerk.get("/inbox")

        phone = "09350001122"
        answered = requests.post(
            f"http://127.0.0.1:{port + 1}/answer",
            data={"phone": phone, "text": "آیا جمعه‌ها هم پرستار می‌فرستید؟"},
            timeout=30,
        )
        assert answered.status_code == 200
        assert "جمعه‌ها" in clerk.get("/deliveries/incoming")
        assert ended(program)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port + 1)), "the double of the provider still runs"


def test_half_a_demo_is_thrown_away_and_made_anew(tmp_path: Path):
    surroundings = where(tmp_path, free_port(together=2))
    with running("serve", **surroundings) as first:
        first.wait_for_line("Making the demo")
    (tmp_path / "ravand.db").write_bytes(b"half a demo")

    with running("serve", **surroundings) as second:
        second.wait_for_line("Making the demo")
        second.kill()
    assert (tmp_path / "demo-unfinished").exists()
