"""Join this process to the others of a scaled installation, through Redis."""

from config import Config
from kernel import live
from kernel.jobs import rq_runner
from kernel.live_redis import Relay


def connect(config: Config, *, listen: bool = False) -> None:
    """Wake workers after commits and pass live events on; without Redis there are no others.

    Args:
        listen: also hear events of other processes; for those that serve pages.
    """
    if config.redis_url is None:
        return
    rq_runner.ring_through(config.redis_url)
    relay = Relay(config.redis_url)
    live.relay_through(relay.send)
    if listen:
        relay.listen()
