"""What the composition root tells the engine: the organisation, and what others offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from kernel.types import JsonObject


def _nobody() -> JsonObject:
    return {"name": "", "phone": ""}


@dataclass(frozen=True)
class Settings:
    """The engine's surroundings.

    Attributes:
        organisation: what the variable `organisation` shows.
        zone: the zone in which `today` and dates without a time are meant.
        templates: whether a text template exists: (key, channel) -> bool.
        channels: the names of the channels, for preflight.
        keep_template: stores a bundle's template with a deployment.
        message_ttl: how long a thrown message that finds nobody is kept.
    """

    organisation: Callable[[], JsonObject] = _nobody
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Tehran"))
    templates: Callable[..., bool] | None = None
    channels: Callable[[], frozenset[str]] | None = None
    keep_template: Callable[..., object] | None = None
    message_ttl: timedelta = timedelta(days=1)


_settings = Settings()


def configure(**changes: object) -> None:
    """Change some settings; the composition root calls it once."""
    global _settings
    _settings = replace(_settings, **changes)  # type: ignore[arg-type]  # names checked by replace


def settings() -> Settings:
    """The settings in force."""
    return _settings
