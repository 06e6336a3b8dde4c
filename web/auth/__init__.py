"""Log-in: passwords, sessions that can be revoked, and the person behind a request."""

from web.auth.user import User

__all__ = ["User"]
