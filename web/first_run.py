"""What `ravand serve` does before it serves: schema, first people, the double of the provider."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from config import Config
from kernel import db
from kernel.errors import Forbidden
from kernel.migrate import upgrade
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, edit, seed
from people.queries import demo_accounts_exist
from people.tables import Person
from web.auth.passwords import hash_password, random_password
from web.cli.connect import connect
from web.login_card import LoginCard


class PublicDemo(Forbidden):
    """Demo accounts may be reached from this machine only."""

    code = "web.public-demo"


@dataclass(frozen=True)
class FirstRun:
    """What was prepared. `logins` are shown on the terminal; only their hashes are stored, the
    demo's passwords also in a file that only its owner can read."""

    config: Config
    logins: list[LoginCard]
    texts_url: str | None


@contextmanager
def prepare(config: Config) -> Iterator[FirstRun]:
    """Make the installation ready to serve; ends what was started when the block ends."""
    upgrade(db.configure(config.database_url))
    connect(config)
    with _provider(config) as (config, texts_url):
        logins = _first_people(connect(config))
        with read_only() as session:
            if not config.is_loopback and demo_accounts_exist(session):
                raise PublicDemo(host=config.host)
        db.database().dispose()  # the server's workers open their own connections
        yield FirstRun(config, logins, texts_url)


@contextmanager
def _provider(config: Config) -> Iterator[tuple[Config, str | None]]:
    """With the demo and without a key of one's own, texts go to a double on the next port."""
    if not config.demo or config.kavenegar_api_key:
        yield config, None
        return
    port = config.port + 1
    address = f"http://127.0.0.1:{port}"
    os.environ["KAVENEGAR_URL"], os.environ["KAVENEGAR_API_KEY"] = address, "demo"
    double = subprocess.Popen(  # noqa: S603 our own module
        [sys.executable, "-m", "web.cli.main", "fake-kavenegar", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield replace(config, kavenegar_url=address, kavenegar_api_key="demo"), address
    finally:
        double.terminate()
        double.wait(10)


def _first_people(config: Config) -> list[LoginCard]:
    with read_only() as session:
        empty = session.scalar(select(Person.id).limit(1)) is None
    remembered = config.data_dir / "demo-logins.json"
    if not empty:
        return _recall(remembered) if config.demo else []
    if not config.demo:
        return [_first_admin()]
    from web.demo.load import load_demo

    logins = load_demo(config)
    _remember(remembered, logins)
    return logins


def _first_admin() -> LoginCard:
    """An empty product: one administrator, who adds the others."""
    password = random_password()
    with unit_of_work() as uow:
        seed.seed(uow)
        person = edit.add_person(uow, "admin", "راهبر سامانه", name_en="Administrator", by=SYSTEM)
        person.password_hash = hash_password(password)
        uow.session.flush()
        edit.grant_role(uow, "admin", to=person.id, by=SYSTEM)
    return LoginCard("admin", password, "راهبر سامانه · Administrator")


def _remember(path: Path, logins: list[LoginCard]) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps([vars(login) for login in logins], ensure_ascii=False))


def _recall(path: Path) -> list[LoginCard]:
    return [LoginCard(**card) for card in json.loads(path.read_text())] if path.exists() else []
