"""Where a person's data lies, and taking it out: the map, the search, the changes.

Every package declares its own tables (`declare`); nothing here knows what a contact or a case is
beyond an id. `changes` reads and says what would change, `apply` does it.
"""

from kernel.personal import own as own  # declares jobs and stored files
from kernel.personal.changes import Change, Found, apply, changes, theirs
from kernel.personal.columns import Declared, declare, declared, undeclared
from kernel.personal.identity import ERASED, ERASED_EN, Identity
from kernel.personal.subject import Depth, Keys, Subject

__all__ = [
    "ERASED",
    "ERASED_EN",
    "Change",
    "Declared",
    "Depth",
    "Found",
    "Identity",
    "Keys",
    "Subject",
    "apply",
    "changes",
    "declare",
    "declared",
    "theirs",
    "undeclared",
]
