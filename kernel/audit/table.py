"""The audit log as it is stored: rows are added, never changed and never taken away."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, Json, UtcDateTime
from kernel.types import JsonObject


class AuditEntry(Base):
    """One act, chained to the one before.

    No foreign keys: an entry outlives what it is about.

    Attributes:
        number: from 1, without gaps, in the order of the commits.
        person_id: None for the system, the terminal and strangers.
        via: `web`, `cli` or `system`.
        network: where the browser was: `here` (this machine), `inside`, `outside` or "".
        hash: SHA-256 over the row and `previous`, the hash of the one before.
        seal: HMAC of `hash` under the installation's key, of which `key_id` is the name.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_person_id", "person_id", "number"),
        Index("ix_audit_entry_act", "act", "number"),
        Index("ix_audit_entry_subject_id", "subject_id", "number"),
        Index("ix_audit_entry_at", "at", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    position: Mapped[str | None] = mapped_column(String(80))
    on_behalf_of: Mapped[UUID | None] = mapped_column(Uuid)
    via: Mapped[str] = mapped_column(String(10))
    network: Mapped[str] = mapped_column(String(10))
    request_id: Mapped[str] = mapped_column(String(40))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(130))
    detail: Mapped[JsonObject] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    seal: Mapped[str] = mapped_column(String(64))
