"""A log-in that is shown once, to whoever set the product up."""

from dataclasses import dataclass


@dataclass
class LoginCard:
    """User name, password in clear, and what this person is there."""

    username: str
    password: str
    title: str
