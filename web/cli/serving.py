"""`ravand serve | worker`"""

import gc
import signal
import sys
from types import FrameType
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger as GunicornLogger

from config import Config
from kernel import audit, db, jobs, logs
from kernel.jobs.embedded import EmbeddedRunner
from web import notify
from web.cli.connect import connect, settings
from web.first_run import FirstRun, prepare

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with threads; the embedded runner lives in its one worker process.

    Args:
        jobs: False leaves the queue to others, whatever the configuration says.
        descriptor: an open listening socket to accept from, in place of a port.
    """

    def __init__(self, config: Config, *, jobs: bool = True, descriptor: int | None = None) -> None:
        self.ravand = config
        own = f"{config.host}:{config.port}"
        self.address = own if descriptor is None else f"fd://{descriptor}"
        self.jobs = jobs and config.redis_url is None
        self.runner = EmbeddedRunner()
        _log_as(config)
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self.address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self.ravand.threads,
            "timeout": 120,
            "graceful_timeout": 15,  # for the request or job in hand; open streams are ended first
            "keepalive": 30,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._start_jobs,
            "worker_exit": self._stop_jobs,
        }
        if self.ravand.log_format == "json":
            options["logger_class"] = _JsonLogger
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from web.app import create_app

        return create_app(self.ravand)

    def _start_jobs(self, _worker: Any) -> None:
        for number in _ENDING:
            _end_streams_first(number)
        _collect_less()
        if self.jobs:
            self.runner.start()
        notify.ready()

    def _stop_jobs(self, _server: Any, _worker: Any) -> None:
        self.runner.stop()


def _collect_less() -> None:
    """What is loaded by now lives as long as the process: the collector need not walk it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class _JsonLogger(GunicornLogger):  # type: ignore[misc]  # gunicorn ships no types
    """What gunicorn says of its processes, as JSON lines too."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers[:] = [logs.json_handler()]


def _end_streams_first(number: signal.Signals) -> None:
    """Open pages hold a thread each; one that does not end would have to be killed."""
    from web.live import end_streams

    inherited = signal.getsignal(number)

    def end(signum: int, frame: FrameType | None) -> None:
        # Ctrl+C reaches the worker twice, from the terminal and from its parent. A second
        # handler inside the first would wait for a lock that the first one holds.
        for one in _ENDING:
            signal.signal(one, signal.SIG_IGN)
        end_streams()
        if callable(inherited):
            inherited(signum, frame)

    signal.signal(number, end)


@click.command()
def serve() -> None:
    """Prepare the installation where needed, then serve it until Ctrl+C."""
    with prepare(settings(), say) as ready:
        announce(ready)
        Server(ready.config).run()


@click.command()
@click.option("--fd", "descriptor", type=int, help="An open listening socket to accept from.")
def web(descriptor: int | None) -> None:
    """Serve an installation that exists; run as many as wanted, behind a proxy."""
    config = connect()
    db.database().dispose()
    notify.take_over()
    Server(config, descriptor=descriptor).run()


def announce(ready: FirstRun) -> None:
    """Where it is, who may log in, and how to end it."""
    say(f"\n  روند · Ravand: {ready.config.base_url}\n")
    for login in ready.logins:
        say(f"    {login.username:<14} {login.password:<21} {login.title}")
    if ready.texts_url:
        say(f"\n  The texts that would go out (SMS double): {ready.texts_url}")
    if ready.note:
        say(f"\n  {ready.note}")
    say("\n  Ctrl+C stops it.\n")


def say(line: str) -> None:
    """Print at once, whoever reads."""
    click.echo(line)
    sys.stdout.flush()


@click.command()
def worker() -> None:
    """Drain jobs, woken through Redis (REDIS_URL); run as many as wanted."""
    config = connect()
    if config.redis_url is None:
        raise click.UsageError("REDIS_URL is not set; without Redis the web process does the jobs.")
    from kernel.jobs.rq_runner import work

    _log_as(config)
    audit.ask_origin(audit.Origin)  # what its jobs do, no terminal did
    jobs.sweeps.load_entry_points()
    notify.take_over()
    notify.ready()
    _collect_less()
    work(config.redis_url)


def _log_as(config: Config) -> None:
    if config.log_format == "json":
        logs.use_json()


COMMANDS = (serve, web, worker)
