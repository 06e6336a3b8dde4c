"""What `deploy/` says agrees with the commands, the settings and the proxy that there are."""

import configparser
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import Config, from_env
from tests.cli.test_reference import REFERENCE, commands
from web.cli.main import cli
from web.scaled import proxy

DEPLOY = REFERENCE.parents[1] / "deploy"
GIVEN = {"POSTGRES_PASSWORD": "secret", "RAVAND_BASE_URL": "https://ravand.example"}
UNITS = sorted((DEPLOY / "systemd").iterdir())


def filled(value: str) -> str:
    """A value of the compose file as Compose would fill it in."""
    return re.sub(r"\$\{(\w+):\?\}", lambda found: GIVEN[found[1]], value)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return read


def known_settings() -> set[str]:
    """Ours, and what the library of the metrics reads."""
    page = (REFERENCE / "settings.md").read_text()
    ours = set(re.findall(r"^\| `([A-Z_]+)`", page, flags=re.MULTILINE))
    return ours | {"PROMETHEUS_MULTIPROC_DIR"}


def assert_is_a_command(words: list[str]) -> None:
    """`ravand …` in these words is one of its commands, without options."""
    program, *rest = words
    assert " ".join([Path(program).name, *rest]) in {path for path, _ in commands(cli)}


def assert_scaled(config: Config) -> None:
    """As every process of a scaled installation behind TLS has to be told."""
    assert config.database_url.startswith("postgresql://")
    assert config.redis_url
    assert config.files_dir
    assert config.secret_key_file
    assert (config.demo, config.secure_cookies, config.trusted_proxies) == (False, True, 1)


def test_the_compose_file_runs_commands_that_there_are_with_settings_that_there_are(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    ours = {name for name, one in services.items() if "build" in one}
    assert ours == {"schema", "web", "worker"}
    for name in ours:
        assert_is_a_command(services[name]["command"])
        environment = {key: filled(value) for key, value in services[name]["environment"].items()}
        assert set(environment) <= known_settings()
        assert_scaled(from_env(environment))


def test_what_the_compose_file_refers_to_exists(compose: dict[str, Any]) -> None:
    services, volumes = compose["services"], compose["volumes"]
    for one in services.values():
        assert set(one.get("depends_on", [])) <= set(services)
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source in volumes or (DEPLOY / source).exists(), source
    build = compose["x-ravand"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).exists()
    assert services["web"]["deploy"]["replicas"] == 4
    assert services["worker"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_there_is_with_settings_that_there_are(unit: Path) -> None:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(unit)
    if read.has_option("Service", "ExecStart"):
        assert_is_a_command(shlex.split(read["Service"]["ExecStart"]))
        assert read["Service"]["Type"] == "notify"
    named = re.findall(r"^Environment=(\w+)=", unit.read_text(), flags=re.MULTILINE)
    assert set(named) <= known_settings()
    for other in re.findall(r"\b(ravand-[a-z@0-9]+\.(?:socket|service))\b", unit.read_text()):
        assert (unit.parent / other.replace("@1.", "@.")).exists(), other


def test_the_example_of_an_environment_is_whole() -> None:
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert set(given) <= known_settings()
    assert_scaled(from_env(given))


def test_nginx_finds_the_web_processes_and_takes_what_they_take(product: Any) -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "access_log off;" in text  # addresses hold what people searched for
    door = re.search(r"ListenStream=(\S+)", (DEPLOY / "systemd/ravand-web.socket").read_text())
    most = re.search(r"client_max_body_size (\d+)m;", text)
    assert door
    assert most
    assert f"server {door[1]};" in text
    assert int(most[1]) * 1024 * 1024 == product.app.config["MAX_CONTENT_LENGTH"]
    assert text.count("{") == text.count("}")


def test_caddy_understands_what_it_is_told(tmp_path: Path) -> None:
    text = (DEPLOY / "Caddyfile").read_text().replace("/etc/caddy/ravand", str(proxy.HERE))
    (tmp_path / "Caddyfile").write_text(text)
    program = Path(sys.executable).parent / "caddy"
    done = subprocess.run(
        [program, "validate", "--config", tmp_path / "Caddyfile", "--adapter", "caddyfile"],
        env={**os.environ, **GIVEN, "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
