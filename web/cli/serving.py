"""`ravand serve | worker`"""

import sys
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from config import Config, from_env
from kernel import jobs
from kernel.jobs.embedded import EmbeddedRunner
from web.cli.connect import connect
from web.first_run import FirstRun, prepare


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with threads; the embedded runner lives in its one worker process."""

    def __init__(self, config: Config) -> None:
        self.ravand = config
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.ravand.host}:{self.ravand.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self.ravand.threads,
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 30,
            "accesslog": None,
            "loglevel": "warning",
            "post_worker_init": _start_jobs,
            "worker_exit": _stop_jobs,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from web.app import create_app

        return create_app(self.ravand)


_runner = EmbeddedRunner()


def _start_jobs(_worker: Any) -> None:
    if from_env().redis_url is None:
        _runner.start()


def _stop_jobs(_server: Any, _worker: Any) -> None:
    _runner.stop()


@click.command()
def serve() -> None:
    """Prepare the installation where needed, then serve it."""
    config = from_env()
    with prepare(config) as ready:
        _announce(ready)
        _Server(ready.config).run()


def _announce(ready: FirstRun) -> None:
    click.echo(f"\n  روند · Ravand: {ready.config.base_url}\n")
    for login in ready.logins:
        click.echo(f"    {login.username:<14} {login.password:<21} {login.title}")
    if ready.texts_url:
        click.echo(f"\n  The texts that would go out (SMS double): {ready.texts_url}")
    click.echo("\n  Ctrl+C stops it.\n")
    sys.stdout.flush()


@click.command()
def worker() -> None:
    """Drain jobs, woken through Redis (REDIS_URL); run as many as wanted."""
    config = connect()
    if config.redis_url is None:
        raise click.UsageError("REDIS_URL is not set; without Redis the web process does the jobs.")
    from kernel.jobs.rq_runner import work

    jobs.sweeps.load_entry_points()
    work(config.redis_url)


COMMANDS = (serve, worker)
