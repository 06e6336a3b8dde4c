"""`ravand scaled`"""

import os
import sys

import click

from web.cli.connect import settings
from web.cli.serving import announce, say


@click.command()
@click.option("--web", default=4, show_default=True, help="Web processes.")
@click.option("--workers", default=2, show_default=True, help="Processes that do jobs.")
@click.option("--unguarded", is_flag=True, help="Nobody starts this very process again.")
def scaled(web: int, workers: int, unguarded: bool) -> None:
    """Serve the scaled set-up on this machine: everything it needs, each a process, until Ctrl+C.

    Whatever dies is started again. SIGHUP replaces web processes and workers one by one.
    """
    if unguarded:
        _supervise(web, workers)
        return
    from web.scaled.guard import Guard

    asked = ("scaled", "--web", str(web), "--workers", str(workers), "--unguarded")
    sys.exit(Guard((sys.executable, "-m", "web.cli", *asked), say).run())


def _supervise(web: int, workers: int) -> None:
    from web.scaled.site import Wanted, site

    config = settings()
    given = "RAVAND_DATABASE_URL" in os.environ
    wanted = Wanted(config, web, workers, not given, config.redis_url is None)
    with site(wanted, say) as (supervisor, ready):
        say(f"\n  PostgreSQL: {_whose(not given)} · Redis: {_whose(config.redis_url is None)}")
        say(f"  {web} web processes, {workers} workers, a proxy in front")
        say(f"  What they print: {wanted.root / 'logs'}")
        say(f"  kill -HUP {os.getpid()} replaces web processes and workers one by one.")
        announce(ready)
        supervisor.watch()


def _whose(ours: bool) -> str:
    return "of this set-up" if ours else "as the environment names it"


COMMANDS = (scaled,)
