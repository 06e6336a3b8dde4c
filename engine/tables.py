"""The engine's tables: definitions, instances, and the projections that pages read.

An instance is one row: its tokens are the compact `state`, its data the `variables`. Work items,
timers, subscriptions, incidents and history are written in the same transaction, so that no page
and no list ever loads a workflow.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db import Base, Json, UtcDateTime
from kernel.types import JsonObject, JsonValue


class Deployment(Base):
    """One upload by one person; all or nothing."""

    __tablename__ = "deployment"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_by: Mapped[str] = mapped_column(String(200))
    bundle_hash: Mapped[str] = mapped_column(String(64))
    definitions: Mapped[list["ProcessDefinition"]] = relationship(order_by="ProcessDefinition.key")


class DeploymentFile(Base):
    """A file of the bundle as it was uploaded: documents, attachments, sources."""

    __tablename__ = "deployment_file"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(400), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


# Rows of the inbox that say less than they should, or what they said of another item.
UNFILLED = "filled_for IS NULL OR filled_for <> item_id"
LAST_VERSION = 2**31 - 1  # what both databases take as a version; an address may say more


class ProcessDefinition(Base):
    """A process at one version; everything but `state` and the release is immutable."""

    __tablename__ = "process_definition"
    __table_args__ = (Index("uq_process_definition_key_version", "key", "version", unique=True),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))  # draft | released | retired
    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    file: Mapped[str] = mapped_column(String(400))
    xml: Mapped[str] = mapped_column(Text)
    model_hash: Mapped[str] = mapped_column(String(64))
    form_ids: Mapped[JsonObject] = mapped_column(Json)  # form key -> id of this deployment's form
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by: Mapped[str | None] = mapped_column(String(200))


class DecisionDefinition(Base):
    """A decision of a DMN file at one version; never changed."""

    __tablename__ = "decision_definition"
    __table_args__ = (
        Index("uq_decision_definition_key_version", "key", "version", unique=True),
        Index("ix_decision_definition_deployment_id", "deployment_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    file: Mapped[str] = mapped_column(String(400))
    xml: Mapped[str] = mapped_column(Text)
    model_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))


class DefinitionEvent(Base):
    """Who released or retired which version, and when."""

    __tablename__ = "definition_event"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # deployed | released | retired
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person: Mapped[str] = mapped_column(String(200))


class ProcessInstance(Base):
    """One running or ended case; a called process is an instance of its own under one root.

    `active` is the projection of where the tokens stand: `[element id, since, state, count]`.
    """

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_status_started_at", "status", "started_at"),
        Index("ix_process_instance_root_id_status", "root_id", "status"),
        Index("ix_process_instance_definition_key_started_at", "definition_key", "started_at"),
        Index("ix_process_instance_key_status", "definition_key", "status", "started_at"),
        Index("ix_process_instance_started_at", "started_at", "id"),
        Index("ix_process_instance_started_by_id", "started_by_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    root_id: Mapped[UUID] = mapped_column(Uuid)
    parent_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    parent_activation_id: Mapped[UUID | None] = mapped_column(Uuid)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    definition_key: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40), index=True)
    business_key: Mapped[str | None] = mapped_column(String(200), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))  # running|completed|cancelled|suspended
    state: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int]
    variables: Mapped[JsonObject] = mapped_column(Json)
    active: Mapped[JsonValue] = mapped_column(Json)
    initiator: Mapped[JsonObject] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    started_by: Mapped[str] = mapped_column(String(200))
    start_event: Mapped[str | None] = mapped_column(String(255))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    ended_by: Mapped[str | None] = mapped_column(String(200))
    end_event: Mapped[str | None] = mapped_column(String(255))
    end_reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def of(cls, row: JsonObject) -> "ProcessInstance":
        """An instance as the verbs hand it out, in no session.

        Filled as the ORM fills what it loads: its constructor would note every column as a change.
        """
        made: ProcessInstance = cls.__mapper__.class_manager.new_instance()
        made.__dict__.update(row)
        return made


class InstancePart(Base):
    """Some dozens of the bodies of a large multi-instance activity, packed."""

    __tablename__ = "instance_part"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class InstanceSnapshot(Base):
    """An instance as it stood while a user step was open; the newest few are kept, in a ring."""

    __tablename__ = "instance_snapshot"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    submission_id: Mapped[UUID] = mapped_column(Uuid)
    item_id: Mapped[UUID] = mapped_column(Uuid)
    definition_id: Mapped[UUID] = mapped_column(Uuid)
    element_id: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    variables: Mapped[bytes] = mapped_column(LargeBinary)


class InstanceLink(Base):
    """What an instance is about, in other packages' words: a contact, a ticket."""

    __tablename__ = "instance_link"
    __table_args__ = (Index("ix_instance_link_kind_ref", "kind", "ref"),)

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    ref: Mapped[str] = mapped_column(String(200), primary_key=True)


class WorkItem(Base):
    """A person's piece of work. `revision` moves with every change anybody makes to it."""

    __tablename__ = "work_item"
    __table_args__ = (
        Index("ix_work_item_instance_id_status", "instance_id", "status"),
        Index("ix_work_item_root_id_status", "root_id", "status"),
        Index("ix_work_item_status_due_at", "status", "due_at"),
        Index("ix_work_item_assignee_id_status", "assignee_id", "status"),
        Index(
            "ix_work_item_closed",
            "closed_by_id",
            "closed_at",
            "id",
            sqlite_where=text("closed_by_id IS NOT NULL"),
            postgresql_where=text("closed_by_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    activation_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    root_id: Mapped[UUID] = mapped_column(Uuid)
    definition_id: Mapped[UUID] = mapped_column(Uuid)
    definition_key: Mapped[str] = mapped_column(String(200))
    element_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    number: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300))
    principals: Mapped[JsonValue] = mapped_column(Json)
    excluded: Mapped[JsonValue] = mapped_column(Json)  # ids of persons who may not do it
    unit_key: Mapped[str | None] = mapped_column(String(200), index=True)
    position_key: Mapped[str | None] = mapped_column(String(200))
    assignee_id: Mapped[UUID | None] = mapped_column(Uuid)
    assignee: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))  # open | claimed | completed | cancelled
    revision: Mapped[int]
    visit: Mapped[int]
    priority: Mapped[str] = mapped_column(String(20))
    limit_text: Mapped[str | None] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    closed_by: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str | None] = mapped_column(String(200))


class InboxEntry(Base):
    """One row per address that an open item lies at, ordered as the inbox shows them.

    The primary key is an index, and each other order of the list has its own: the first fifty
    of an address are read without a sort. `engine.entries` says what stands in a row; one whose
    `filled_for` is not its item was written by an older release, which knew three columns only.
    """

    __tablename__ = "inbox_entry"
    __table_args__ = (
        Index("ix_inbox_entry_process", "principal", "definition_key", "due", "item_id"),
        Index("ix_inbox_entry_opened", "principal", "opened", "item_id"),
        Index(
            "ix_inbox_entry_follow_up",
            "principal",
            "follow_up",
            "item_id",
            sqlite_where=text("follow_up IS NOT NULL"),
            postgresql_where=text("follow_up IS NOT NULL"),
        ),
        Index(
            "ix_inbox_entry_claimed",
            "claimed_by",
            "due",
            "item_id",
            sqlite_where=text("claimed_by IS NOT NULL"),
            postgresql_where=text("claimed_by IS NOT NULL"),
        ),
        Index(
            "ix_inbox_entry_unfilled",
            "filled_for",
            sqlite_where=text(UNFILLED),
            postgresql_where=text(UNFILLED),
        ),
        {"sqlite_with_rowid": False},
    )

    principal: Mapped[str] = mapped_column(String(250), primary_key=True)
    due: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, index=True)
    definition_key: Mapped[str | None] = mapped_column(String(200))
    opened: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up: Mapped[datetime | None] = mapped_column(UtcDateTime)
    barred: Mapped[JsonValue | None] = mapped_column(Json)  # persons whom four eyes keep out
    claimed_by: Mapped[UUID | None] = mapped_column(Uuid)
    shared: Mapped[bool | None]  # whether it lies at other addresses, too
    filled_for: Mapped[UUID | None] = mapped_column(Uuid)


class Submission(Base):
    """What a person sent at one visit of a step, kept for ever."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_instance_id_element_id", "instance_id", "element_id"),
        Index("ix_submission_person_id", "person_id", "root_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    request_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"))
    root_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    item_id: Mapped[UUID | None] = mapped_column(Uuid)
    element_id: Mapped[str] = mapped_column(String(255))
    visit: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person: Mapped[str] = mapped_column(String(200))
    position: Mapped[str | None] = mapped_column(String(200))
    on_behalf_of: Mapped[UUID | None] = mapped_column(Uuid)
    outcome: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[JsonObject] = mapped_column(Json)  # form key -> values
    form_ids: Mapped[JsonObject] = mapped_column(Json)


_WAITS = text("queued_at IS NULL")
_TAKEN = text("queued_at IS NOT NULL")


class Timer(Base):
    """An instant somebody waits for.

    `queued_at` is set while a job is to fire it together with others, `job_id` while it has a job
    of its own.

    The instant is also the number of the occurrence: whoever fires one names both.
    """

    __tablename__ = "timer"
    __table_args__ = (
        Index("ix_timer_waiting", "due_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_timer_root_id_due_at", "root_id", "due_at"),
        Index("ix_timer_taken", "queued_at", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    instance_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    root_id: Mapped[UUID | None] = mapped_column(Uuid)
    activation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    definition_id: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))  # token | reminder | overdue | start
    element_id: Mapped[str] = mapped_column(String(255))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[UUID | None] = mapped_column(Uuid)
    facts: Mapped[JsonObject] = mapped_column(Json)


class Subscription(Base):
    """An instance (or a definition's start event) waits for a message or signal."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_name_key", "name", "key"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # message | signal
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(300))
    match: Mapped[str | None] = mapped_column(String(300))
    instance_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    root_id: Mapped[UUID | None] = mapped_column(Uuid)
    activation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    definition_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    element_id: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BufferedMessage(Base):
    """A message that found nobody and waits until `expires_at` for somebody to ask for it.

    `text` is what subscriptions `match`. `look_at` moves while a job to deliver it is on its way.
    """

    __tablename__ = "buffered_message"
    __table_args__ = (Index("ix_buffered_message_name_key", "name", "key"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(String(300))
    payload: Mapped[JsonObject] = mapped_column(Json)
    message_id: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    look_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExternalTask(Base):
    """Work that a worker outside fetches by its topic; `id` is the activation's.

    `retries` is what the worker said when it failed, before that what the diagram says, if it
    does.
    """

    __tablename__ = "external_task"
    __table_args__ = (Index("ix_external_task_topic_available_at", "topic", "available_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    root_id: Mapped[UUID] = mapped_column(Uuid)
    element_id: Mapped[str] = mapped_column(String(255))
    definition_key: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(200))
    inputs: Mapped[JsonObject] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retries: Mapped[int | None]
    worker: Mapped[str | None] = mapped_column(String(200))
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class Incident(Base):
    """An instance stopped at an element and needs an operator."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_state_opened_at", "state", "opened_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    root_id: Mapped[UUID] = mapped_column(Uuid)
    activation_id: Mapped[UUID | None] = mapped_column(Uuid)
    element_id: Mapped[str] = mapped_column(String(255))
    element_name: Mapped[str] = mapped_column(String(300))
    code: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(Text)
    expression: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[JsonObject] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(20))  # open | resolved
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(200))


class HistoryEvent(Base):
    """One line of what happened; only ever added."""

    __tablename__ = "history_event"
    __table_args__ = (Index("ix_history_event_instance_id_id", "instance_id", "id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(Uuid)
    root_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(40))
    element_id: Mapped[str | None] = mapped_column(String(255))
    element_name: Mapped[str | None] = mapped_column(String(300))
    activation_id: Mapped[UUID | None] = mapped_column(Uuid)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    person: Mapped[str | None] = mapped_column(String(200))
    facts: Mapped[JsonObject] = mapped_column(Json)


class RequestSeen(Base):
    """A request that was already answered, and with which instance."""

    __tablename__ = "request_seen"

    request_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NumberSequence(Base):
    """The last number given out under a name, such as a Jalali year."""

    __tablename__ = "number_sequence"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
