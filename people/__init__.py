"""Who works here, in which position, and when the place is open."""

from people.actor import SYSTEM, Actor

__all__ = ["SYSTEM", "Actor"]
