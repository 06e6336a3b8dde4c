"""Everything that the first version of Ravand stores."""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json, UtcDateTime

revision = "2026_11_22_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", UtcDateTime(), nullable=True),
        sa.Column("next_fetch_at", UtcDateTime(), nullable=True),
        sa.Column("fetching", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_state")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=400), nullable=False),
        sa.Column("search_key", sa.String(length=800), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("melli_code", sa.String(length=10), nullable=True),
        sa.Column("legal_id", sa.String(length=11), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("opt_out", sa.Boolean(), nullable=False),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        sa.Column("details", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("legal_id", name=op.f("uq_contact_legal_id")),
        sa.UniqueConstraint("melli_code", name=op.f("uq_contact_melli_code")),
    )
    op.create_index(op.f("ix_contact_sort_key"), "contact", ["sort_key"], unique=False)
    op.create_table(
        "contact_opt_out",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_contact_opt_out")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
        sa.UniqueConstraint("deployment_id", "key", name=op.f("uq_form_deployment_id_key")),
    )
    op.create_index(op.f("ix_form_deployment_id"), "form", ["deployment_id"], unique=False)
    op.create_index(op.f("ix_form_key"), "form", ["key"], unique=False)
    op.create_table(
        "form_draft",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "person_id", name=op.f("pk_form_draft")),
    )
    op.create_table(
        "history_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("element_name", sa.String(length=300), nullable=True),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("facts", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_event")),
    )
    op.create_index(
        "ix_history_event_instance_id_id", "history_event", ["instance_id", "id"], unique=False
    )
    op.create_index(op.f("ix_history_event_root_id"), "history_event", ["root_id"], unique=False)
    op.create_table(
        "inbox_entry",
        sa.Column("principal", sa.String(length=250), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "due", "item_id", name=op.f("pk_inbox_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_inbox_entry_item_id"), "inbox_entry", ["item_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("group_key", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_due", "job", ["state", "run_at"], unique=False)
    op.create_table(
        "message_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint(
            "key", "channel", "lang", "version", name="uq_message_template_version"
        ),
    )
    op.create_index(
        "ix_message_template_deployment", "message_template", ["deployment_id", "key"], unique=False
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=255), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("template", sa.String(length=120), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notification_dedupe_key")),
    )
    op.create_index(
        op.f("ix_notification_instance_id"), "notification", ["instance_id"], unique=False
    )
    op.create_index("ix_notification_root", "notification", ["root_id"], unique=False)
    op.create_table(
        "number_sequence",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_sequence")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=400), nullable=False),
        sa.Column("search_key", sa.String(length=800), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_index(op.f("ix_person_mobile"), "person", ["mobile"], unique=False)
    op.create_index(op.f("ix_person_sort_key"), "person", ["sort_key"], unique=False)
    op.create_table(
        "request_seen",
        sa.Column("request_id", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_seen")),
    )
    op.create_table(
        "role",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_role")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index(op.f("ix_stored_file_scope"), "stored_file", ["scope"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=True),
        sa.Column("match", sa.String(length=300), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=True),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("definition_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(
        op.f("ix_subscription_activation_id"), "subscription", ["activation_id"], unique=False
    )
    op.create_index(
        op.f("ix_subscription_definition_id"), "subscription", ["definition_id"], unique=False
    )
    op.create_index(
        op.f("ix_subscription_instance_id"), "subscription", ["instance_id"], unique=False
    )
    op.create_index("ix_subscription_name_key", "subscription", ["name", "key"], unique=False)
    op.create_table(
        "ticket_type",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("process_key", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ticket_type")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=True),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("definition_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("facts", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(op.f("ix_timer_activation_id"), "timer", ["activation_id"], unique=False)
    op.create_index(op.f("ix_timer_instance_id"), "timer", ["instance_id"], unique=False)
    op.create_index("ix_timer_queued_at_due_at", "timer", ["queued_at", "due_at"], unique=False)
    op.create_table(
        "unit",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("parent_key", sa.String(length=80), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_key"], ["unit.key"], name=op.f("fk_unit_parent_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_unit")),
    )
    op.create_table(
        "work_calendar",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("weekly", Json(), nullable=False),
        sa.Column("day_minutes", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_work_calendar")),
    )
    op.create_table(
        "contact_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_log_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_log")),
    )
    op.create_index(
        "ix_contact_log_contact_id_at", "contact_log", ["contact_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_contact_log_instance_id"), "contact_log", ["instance_id"], unique=False
    )
    op.create_table(
        "contact_phone",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_phone_contact_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", "number", name=op.f("pk_contact_phone")),
    )
    op.create_index(op.f("ix_contact_phone_number"), "contact_phone", ["number"], unique=False)
    op.create_table(
        "contact_relation",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_relation_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["contact.id"], name=op.f("fk_contact_relation_other_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", "other_id", name=op.f("pk_contact_relation")),
    )
    op.create_index(
        op.f("ix_contact_relation_other_id"), "contact_relation", ["other_id"], unique=False
    )
    op.create_table(
        "contact_role",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_role_contact_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", "role", name=op.f("pk_contact_role")),
    )
    op.create_index("ix_contact_role_role", "contact_role", ["role"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("template", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("localid", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("next_poll_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name=op.f("fk_delivery_notification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("localid", name=op.f("uq_delivery_localid")),
    )
    op.create_index("ix_delivery_address", "delivery", ["address", "created_at"], unique=False)
    op.create_index("ix_delivery_instance", "delivery", ["instance_id", "created_at"], unique=False)
    op.create_index(
        op.f("ix_delivery_notification_id"), "delivery", ["notification_id"], unique=False
    )
    op.create_index("ix_delivery_poll", "delivery", ["next_poll_at"], unique=False)
    op.create_index(op.f("ix_delivery_provider_id"), "delivery", ["provider_id"], unique=False)
    op.create_index("ix_delivery_recent", "delivery", ["created_at", "id"], unique=False)
    op.create_index("ix_delivery_root", "delivery", ["root_id", "created_at"], unique=False)
    op.create_index(
        "ix_delivery_state", "delivery", ["state", "channel", "created_at"], unique=False
    )
    op.create_table(
        "deployment_file",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deployment_file_deployment_id")
        ),
        sa.PrimaryKeyConstraint("deployment_id", "path", name=op.f("pk_deployment_file")),
    )
    op.create_table(
        "holiday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_key", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("seeded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_key"], ["work_calendar.key"], name=op.f("fk_holiday_calendar_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("calendar_key", "day", name="uq_holiday_day"),
    )
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_role_person_id")
        ),
        sa.ForeignKeyConstraint(["role_key"], ["role.key"], name=op.f("fk_person_role_role_key")),
        sa.PrimaryKeyConstraint("person_id", "role_key", name=op.f("pk_person_role")),
    )
    op.create_table(
        "position",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("unit_key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("manager_key", sa.String(length=80), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manager_key"], ["position.key"], name=op.f("fk_position_manager_key")
        ),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name=op.f("fk_position_unit_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_position")),
    )
    op.create_index(op.f("ix_position_unit_key"), "position", ["unit_key"], unique=False)
    op.create_table(
        "process_definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("form_ids", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("released_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_process_definition_deployment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
    )
    op.create_index(
        "uq_process_definition_key_version", "process_definition", ["key", "version"], unique=True
    )
    op.create_table(
        "role_permission",
        sa.Column("role_key", sa.String(length=80), nullable=False),
        sa.Column("permission", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_key"], ["role.key"], name=op.f("fk_role_permission_role_key")
        ),
        sa.PrimaryKeyConstraint("role_key", "permission", name=op.f("pk_role_permission")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("type_key", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("caller_name", sa.String(length=200), nullable=False),
        sa.Column("mobile", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search_key", sa.String(length=1200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=80), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("next_date", sa.Date(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.String(length=200), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_ticket_contact_id")),
        sa.ForeignKeyConstraint(["type_key"], ["ticket_type.key"], name=op.f("fk_ticket_type_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("request_id", name=op.f("uq_ticket_request_id")),
    )
    op.create_index(op.f("ix_ticket_contact_id"), "ticket", ["contact_id"], unique=False)
    op.create_index(op.f("ix_ticket_instance_id"), "ticket", ["instance_id"], unique=False)
    op.create_index(op.f("ix_ticket_mobile"), "ticket", ["mobile"], unique=False)
    op.create_index(op.f("ix_ticket_number"), "ticket", ["number"], unique=False)
    op.create_index("ix_ticket_status_opened_at", "ticket", ["status", "opened_at"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("acting_position", sa.String(length=80), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"], unique=False)
    op.create_table(
        "definition_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_definition_event_definition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_event")),
    )
    op.create_index(
        op.f("ix_definition_event_definition_id"),
        "definition_event",
        ["definition_id"],
        unique=False,
    )
    op.create_table(
        "holding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position_key", sa.String(length=80), nullable=False),
        sa.Column("for_person_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_holding_order")),
        sa.ForeignKeyConstraint(
            ["for_person_id"], ["person.id"], name=op.f("fk_holding_for_person_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_holding_person_id")),
        sa.ForeignKeyConstraint(
            ["position_key"], ["position.key"], name=op.f("fk_holding_position_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    op.create_index("ix_holding_person", "holding", ["person_id"], unique=False)
    op.create_index("ix_holding_position", "holding", ["position_key"], unique=False)
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("sender", sa.String(length=80), nullable=False),
        sa.Column("line", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raw_text", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_inbound_message_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("channel", "provider_id", name="uq_inbound_message_provider"),
    )
    op.create_index(
        op.f("ix_inbound_message_instance_id"), "inbound_message", ["instance_id"], unique=False
    )
    op.create_index(
        "ix_inbound_message_recent", "inbound_message", ["received_at", "id"], unique=False
    )
    op.create_index(op.f("ix_inbound_message_sender"), "inbound_message", ["sender"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_notice_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_person", "notice", ["person_id", "read_at", "created_at"], unique=False
    )
    op.create_table(
        "position_role",
        sa.Column("position_key", sa.String(length=80), nullable=False),
        sa.Column("role_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["position_key"], ["position.key"], name=op.f("fk_position_role_position_key")
        ),
        sa.ForeignKeyConstraint(["role_key"], ["role.key"], name=op.f("fk_position_role_role_key")),
        sa.PrimaryKeyConstraint("position_key", "role_key", name=op.f("pk_position_role")),
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("parent_activation_id", sa.Uuid(), nullable=True),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("definition_key", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("business_key", sa.String(length=200), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("variables", Json(), nullable=False),
        sa.Column("active", Json(), nullable=False),
        sa.Column("initiator", Json(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.String(length=200), nullable=False),
        sa.Column("start_event", sa.String(length=255), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("end_event", sa.String(length=255), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_instance_definition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index(
        op.f("ix_process_instance_business_key"), "process_instance", ["business_key"], unique=False
    )
    op.create_index(
        "ix_process_instance_definition_key_started_at",
        "process_instance",
        ["definition_key", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_process_instance_number"), "process_instance", ["number"], unique=False
    )
    op.create_index(
        op.f("ix_process_instance_parent_id"), "process_instance", ["parent_id"], unique=False
    )
    op.create_index(
        "ix_process_instance_root_id_status",
        "process_instance",
        ["root_id", "status"],
        unique=False,
    )
    op.create_index(
        op.f("ix_process_instance_started_by_id"),
        "process_instance",
        ["started_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_process_instance_status_started_at",
        "process_instance",
        ["status", "started_at"],
        unique=False,
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_receipt_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_delivery_id"), "receipt", ["delivery_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("element_name", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=True),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_incident_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_instance_id"), "incident", ["instance_id"], unique=False)
    op.create_index("ix_incident_state_opened_at", "incident", ["state", "opened_at"], unique=False)
    op.create_table(
        "instance_link",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_instance_link_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "kind", "ref", name=op.f("pk_instance_link")),
    )
    op.create_index("ix_instance_link_kind_ref", "instance_link", ["kind", "ref"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answers", Json(), nullable=False),
        sa.Column("form_ids", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_submission_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("request_id", name=op.f("uq_submission_request_id")),
    )
    op.create_index(
        "ix_submission_instance_id_element_id",
        "submission",
        ["instance_id", "element_id"],
        unique=False,
    )
    op.create_index(op.f("ix_submission_root_id"), "submission", ["root_id"], unique=False)
    op.create_table(
        "work_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("definition_key", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("principals", Json(), nullable=False),
        sa.Column("excluded", Json(), nullable=False),
        sa.Column("unit_key", sa.String(length=200), nullable=True),
        sa.Column("position_key", sa.String(length=200), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("limit_text", sa.String(length=80), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_work_item_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
    )
    op.create_index(
        op.f("ix_work_item_activation_id"), "work_item", ["activation_id"], unique=False
    )
    op.create_index(
        "ix_work_item_assignee_id_status", "work_item", ["assignee_id", "status"], unique=False
    )
    op.create_index(
        "ix_work_item_instance_id_status", "work_item", ["instance_id", "status"], unique=False
    )
    op.create_index("ix_work_item_root_id_status", "work_item", ["root_id", "status"], unique=False)
    op.create_index("ix_work_item_status_due_at", "work_item", ["status", "due_at"], unique=False)
    op.create_index(op.f("ix_work_item_unit_key"), "work_item", ["unit_key"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_work_item_unit_key"), table_name="work_item")
    op.drop_index("ix_work_item_status_due_at", table_name="work_item")
    op.drop_index("ix_work_item_root_id_status", table_name="work_item")
    op.drop_index("ix_work_item_instance_id_status", table_name="work_item")
    op.drop_index("ix_work_item_assignee_id_status", table_name="work_item")
    op.drop_index(op.f("ix_work_item_activation_id"), table_name="work_item")
    op.drop_table("work_item")
    op.drop_index(op.f("ix_submission_root_id"), table_name="submission")
    op.drop_index("ix_submission_instance_id_element_id", table_name="submission")
    op.drop_table("submission")
    op.drop_index("ix_instance_link_kind_ref", table_name="instance_link")
    op.drop_table("instance_link")
    op.drop_index("ix_incident_state_opened_at", table_name="incident")
    op.drop_index(op.f("ix_incident_instance_id"), table_name="incident")
    op.drop_table("incident")
    op.drop_index(op.f("ix_receipt_delivery_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("ix_process_instance_status_started_at", table_name="process_instance")
    op.drop_index(op.f("ix_process_instance_started_by_id"), table_name="process_instance")
    op.drop_index("ix_process_instance_root_id_status", table_name="process_instance")
    op.drop_index(op.f("ix_process_instance_parent_id"), table_name="process_instance")
    op.drop_index(op.f("ix_process_instance_number"), table_name="process_instance")
    op.drop_index("ix_process_instance_definition_key_started_at", table_name="process_instance")
    op.drop_index(op.f("ix_process_instance_business_key"), table_name="process_instance")
    op.drop_table("process_instance")
    op.drop_table("position_role")
    op.drop_index("ix_notice_person", table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_inbound_message_sender"), table_name="inbound_message")
    op.drop_index("ix_inbound_message_recent", table_name="inbound_message")
    op.drop_index(op.f("ix_inbound_message_instance_id"), table_name="inbound_message")
    op.drop_table("inbound_message")
    op.drop_index("ix_holding_position", table_name="holding")
    op.drop_index("ix_holding_person", table_name="holding")
    op.drop_table("holding")
    op.drop_index(op.f("ix_definition_event_definition_id"), table_name="definition_event")
    op.drop_table("definition_event")
    op.drop_index(op.f("ix_web_session_person_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_index("ix_ticket_status_opened_at", table_name="ticket")
    op.drop_index(op.f("ix_ticket_number"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_mobile"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_instance_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_contact_id"), table_name="ticket")
    op.drop_table("ticket")
    op.drop_table("role_permission")
    op.drop_index("uq_process_definition_key_version", table_name="process_definition")
    op.drop_table("process_definition")
    op.drop_index(op.f("ix_position_unit_key"), table_name="position")
    op.drop_table("position")
    op.drop_table("person_role")
    op.drop_table("holiday")
    op.drop_table("deployment_file")
    op.drop_index("ix_delivery_state", table_name="delivery")
    op.drop_index("ix_delivery_root", table_name="delivery")
    op.drop_index("ix_delivery_recent", table_name="delivery")
    op.drop_index(op.f("ix_delivery_provider_id"), table_name="delivery")
    op.drop_index("ix_delivery_poll", table_name="delivery")
    op.drop_index(op.f("ix_delivery_notification_id"), table_name="delivery")
    op.drop_index("ix_delivery_instance", table_name="delivery")
    op.drop_index("ix_delivery_address", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_contact_role_role", table_name="contact_role")
    op.drop_table("contact_role")
    op.drop_index(op.f("ix_contact_relation_other_id"), table_name="contact_relation")
    op.drop_table("contact_relation")
    op.drop_index(op.f("ix_contact_phone_number"), table_name="contact_phone")
    op.drop_table("contact_phone")
    op.drop_index(op.f("ix_contact_log_instance_id"), table_name="contact_log")
    op.drop_index("ix_contact_log_contact_id_at", table_name="contact_log")
    op.drop_table("contact_log")
    op.drop_table("work_calendar")
    op.drop_table("unit")
    op.drop_index("ix_timer_queued_at_due_at", table_name="timer")
    op.drop_index(op.f("ix_timer_instance_id"), table_name="timer")
    op.drop_index(op.f("ix_timer_activation_id"), table_name="timer")
    op.drop_table("timer")
    op.drop_table("ticket_type")
    op.drop_index("ix_subscription_name_key", table_name="subscription")
    op.drop_index(op.f("ix_subscription_instance_id"), table_name="subscription")
    op.drop_index(op.f("ix_subscription_definition_id"), table_name="subscription")
    op.drop_index(op.f("ix_subscription_activation_id"), table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_stored_file_scope"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_table("role")
    op.drop_table("request_seen")
    op.drop_index(op.f("ix_person_sort_key"), table_name="person")
    op.drop_index(op.f("ix_person_mobile"), table_name="person")
    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_table("number_sequence")
    op.drop_index("ix_notification_root", table_name="notification")
    op.drop_index(op.f("ix_notification_instance_id"), table_name="notification")
    op.drop_table("notification")
    op.drop_index("ix_message_template_deployment", table_name="message_template")
    op.drop_table("message_template")
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_inbox_entry_item_id"), table_name="inbox_entry")
    op.drop_table("inbox_entry")
    op.drop_index(op.f("ix_history_event_root_id"), table_name="history_event")
    op.drop_index("ix_history_event_instance_id_id", table_name="history_event")
    op.drop_table("history_event")
    op.drop_table("form_draft")
    op.drop_index(op.f("ix_form_key"), table_name="form")
    op.drop_index(op.f("ix_form_deployment_id"), table_name="form")
    op.drop_table("form")
    op.drop_table("deployment")
    op.drop_table("contact_opt_out")
    op.drop_index(op.f("ix_contact_sort_key"), table_name="contact")
    op.drop_table("contact")
    op.drop_table("channel_state")
