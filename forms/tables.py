"""What is stored of forms: the file of each version, and what people have not sent yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, Json, UtcDateTime
from kernel.ids import new_id
from kernel.types import JsonObject


class StoredForm(Base):
    """One form of one deployment, for ever as it was. Equal content keeps its version number."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("deployment_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(120), index=True)
    version: Mapped[int]
    deployment_id: Mapped[UUID] = mapped_column(index=True)
    data: Mapped[JsonObject] = mapped_column(Json)


class FormDraft(Base):
    """What one person has written at one work item and not sent."""

    __tablename__ = "form_draft"

    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    data: Mapped[JsonObject] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
