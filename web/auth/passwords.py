"""Password hashes: argon2id, t=2, 19 MiB, p=1 (OWASP), about 20 ms on one core."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.audit import acts
from kernel.errors import Invalid
from kernel.uow import UnitOfWork
from people import Actor
from people.tables import Person

MIN_LENGTH = 12
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at a time: a flood of log-ins may not take every core and all memory.
_slots = threading.BoundedSemaphore(2)
_COMMON = frozenset({"password1234", "123456789012", "qwertyuiopas", "ravandravand"})


class PasswordWeak(Invalid):
    """Too short, or one that everybody tries first."""

    code = "auth.password-weak"


def hash_password(password: str) -> str:
    """The hash to store.

    Raises: PasswordWeak under 12 characters, or for a well-known one.
    """
    if len(password) < MIN_LENGTH or password.lower() in _COMMON:
        raise PasswordWeak(length=MIN_LENGTH)
    with _slots:
        return _hasher.hash(password)


# Checked when the user name is unknown, so that the answer takes the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


def set_password(uow: UnitOfWork, person: Person, password: str, *, by: Actor) -> None:
    """Let the person log in with this password from now on; open sessions stay open.

    Raises: PasswordWeak
    """
    person.password_hash = hash_password(password)
    uow.audit.record(acts.PERSON_PASSWORD, by, person.id)


def verify(password: str, stored: str | None) -> bool:
    """Does the password belong to the stored hash? Takes as long when there is none."""
    with _slots:
        try:
            return _hasher.verify(stored or _NOBODY, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Were the parameters raised since this hash was made?"""
    return _hasher.check_needs_rehash(stored)


def random_password() -> str:
    """A password that can be read out: four groups of four, no look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
