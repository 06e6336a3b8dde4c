"""Joins packages that may not know each other: engine and notifiers, crm and engine."""

from config import Config


def connect(config: Config) -> None:
    """Wire this process; calling it again replaces what was wired before."""
