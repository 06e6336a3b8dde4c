"""What `ravand serve` does before it serves: schema, first people, the double of the provider."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config import Config
from crm import seed as crm_seed
from kernel import db
from kernel.errors import Conflict, Forbidden, Unavailable
from kernel.migrate import upgrade
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, edit, seed
from people.queries import demo_accounts_exist, nobody_yet
from web.auth.passwords import random_password, set_password
from web.cli.connect import connect
from web.login_card import LoginCard

Say = Callable[[str], None]

FIRST_STEPS = """This password is shown once. Next: `ravand unit add` and `ravand position add`
  for the chart, the page People for colleagues, the page Processes for the first diagram."""


class PublicDemo(Forbidden):
    """Demo accounts may be reached from this machine only."""

    code = "web.public-demo"


class PortTaken(Unavailable):
    """Another program listens where Ravand, or the double of the provider, would."""

    code = "web.port-taken"


class NotEmpty(Conflict):
    """The demo is made once, in a database without people."""

    code = "web.demo-not-empty"


class DemoUnfinished(Conflict):
    """Making the demo was interrupted, and the database is not one we may remove."""

    code = "web.demo-unfinished"


@dataclass(frozen=True)
class FirstRun:
    """What was prepared. `logins` are shown on the terminal; only their hashes are stored, the
    demo's passwords also in a file that only its owner can read."""

    config: Config
    logins: list[LoginCard]
    texts_url: str | None
    note: str = ""


@contextmanager
def prepare(config: Config, say: Say) -> Iterator[FirstRun]:
    """Make the installation ready to serve; ends what was started when the block ends."""
    require_free(config.host, config.port)
    refuse_public_demo(config)
    _remove_unfinished(config)
    if copy := upgrade(db.configure(config.database_url), copies=config.migration_copies):
        say(f"The schema was brought up to date. The database as it was: {copy}")
    with _provider(config) as provider:
        logins, note = first_people(connect(provider.config), say)
        with read_only() as session:
            if not config.is_loopback and demo_accounts_exist(session):
                raise PublicDemo(host=config.host)
        db.database().dispose()  # the server's workers open their own connections
        provider.wait()
        yield FirstRun(provider.config, logins, provider.url, note)


def load_demo_once(config: Config, say: Say) -> list[LoginCard]:
    """Fill an empty, wired installation with the demo; the log-ins of its people.

    Raises: NotEmpty
    """
    with read_only() as session:
        if not nobody_yet(session):
            raise NotEmpty()
    from web.demo.load import load_demo

    began = time.monotonic()
    mark = unfinished(config)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    say("Making the demo organisation and seventy days of its cases, in half a minute or less.")
    logins = load_demo(config, say)
    _remember(_remembered(config), logins)
    mark.unlink()
    say(f"The demo is ready after {time.monotonic() - began:.0f} seconds.")
    return logins


def require_free(host: str, port: int) -> None:
    """Raises: PortTaken"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port, reason=error.strerror) from None


def refuse_public_demo(config: Config) -> None:
    """Raises: PublicDemo"""
    if config.demo and not config.is_loopback:
        raise PublicDemo(host=config.host)


@dataclass(frozen=True)
class _Provider:
    """Where texts go; `process` is the double of the provider, if there is one."""

    config: Config
    url: str | None = None
    process: subprocess.Popen[str] | None = None

    def wait(self) -> None:
        """Until the double listens: its first line says so."""
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.readline()


@contextmanager
def _provider(config: Config) -> Iterator[_Provider]:
    """With the demo and without a key of one's own, texts go to a double on the next port."""
    if not config.demo or config.kavenegar_api_key:
        yield _Provider(config)
        return
    port = config.port + 1
    require_free("127.0.0.1", port)
    address = f"http://127.0.0.1:{port}"
    owner = os.getpid()
    double = subprocess.Popen(  # noqa: S603 our own module
        [sys.executable, "-m", "web.cli", "fake-kavenegar", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ours = replace(config, kavenegar_url=address, kavenegar_api_key="demo")
        yield _Provider(ours, address, double)
    finally:
        if os.getpid() == owner:  # a forked server process leaves this block as well
            double.terminate()
            double.wait(10)


def first_people(config: Config, say: Say) -> tuple[list[LoginCard], str]:
    """Fill an installation that has nobody; the log-ins to show, and what else to say."""
    with read_only() as session:
        empty, demo = nobody_yet(session), demo_accounts_exist(session)
    if empty and config.demo:
        return load_demo_once(config, say), ""
    if empty:
        return [_first_admin()], FIRST_STEPS
    if config.demo and demo:
        return _recall(_remembered(config)), ""
    if demo:
        return [], f"{config.data_dir} holds the demo; RAVAND_DATA_DIR names another folder."
    return [], ""


def _first_admin() -> LoginCard:
    """An empty product: one administrator, who adds the others."""
    password = random_password()
    with unit_of_work() as uow:
        seed.seed(uow)
        crm_seed.seed(uow)
        person = edit.add_person(uow, "admin", "راهبر سامانه", name_en="Administrator", by=SYSTEM)
        set_password(uow, person, password, by=SYSTEM)
        uow.session.flush()
        edit.grant_role(uow, "admin", to=person.id, by=SYSTEM)
    return LoginCard("admin", password, "راهبر سامانه · Administrator")


def _remembered(config: Config) -> Path:
    return config.data_dir / "demo-logins.json"


def unfinished(config: Config) -> Path:
    """Stands while the demo is made: whoever finds it finds half a demo."""
    return config.data_dir / "demo-unfinished"


def _remove_unfinished(config: Config) -> None:
    """A demo that was interrupted is half a demo: throw it away, it is made anew."""
    if not unfinished(config).exists():
        return
    if config.database_url != f"sqlite:///{config.data_dir / 'ravand.db'}":
        raise DemoUnfinished()
    for suffix in ("", "-wal", "-shm"):
        (config.data_dir / f"ravand.db{suffix}").unlink(missing_ok=True)
    unfinished(config).unlink()


def _remember(path: Path, logins: list[LoginCard]) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps([vars(login) for login in logins], ensure_ascii=False))


def _recall(path: Path) -> list[LoginCard]:
    return [LoginCard(**card) for card in json.loads(path.read_text())] if path.exists() else []
