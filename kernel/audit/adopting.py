"""Going on under another key: after a rotation, or a restore where the old one was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel.audit.acts import KEY_ADOPTED
from kernel.audit.log import Acting, Head, head

if TYPE_CHECKING:
    from kernel.uow import UnitOfWork


def adopt(uow: UnitOfWork, by: Acting) -> Head:
    """Accept what stands in the log so far, whoever sealed it; where it ends.

    From now on the present key answers for those entries as they are: their hashes are checked,
    their seals no longer.
    """
    last = head(uow.session.connection())
    uow.audit.record(KEY_ADOPTED, by, until=last.number, hash=f"sha256:{last.hash}")
    return last
