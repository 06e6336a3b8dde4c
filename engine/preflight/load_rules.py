"""Importing a module of rules or questions registers them; this names the modules."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "files",
    "shape",
    "gateways",
    "support",
    "loops",
    "expressions",
    "timers",
    "people",
    "references",
    "calls",
    "decisions",
    "messages",
    "compensation",
    "outcomes",
    "templates",
    "forms",
    "cases",
    "ask_flows",
    "ask_events",
    "ask_work",
)


def everything() -> None:
    """Register every rule and every question."""
    for module in MODULES:
        import_module(f"engine.preflight.{module}")
