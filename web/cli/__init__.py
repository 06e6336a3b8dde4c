"""`ravand …`: the same verbs by another entry point. An AppError is one line and exit status 2."""

from web.cli.main import main

__all__ = ["main"]
