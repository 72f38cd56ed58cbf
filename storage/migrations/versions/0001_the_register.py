"""Editions and standards, conversations, inbox and outbox, the register of cases, officers.

Revision 0001: the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('own', 'other', 'inspectorate')", name=op.f("ck_agencies_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("name", name=op.f("uq_agencies_name")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('public', 'government', 'working')", name=op.f("ck_calendar_days_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", DOCUMENT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("visible_to", sa.String(), nullable=True),
        sa.Column("last_inbound_at", MOMENT, nullable=True),
        sa.Column("waiting_for_officer_since", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "visible_to IN ('manager', 'head', 'inspectorate')", name=op.f("ck_conversations_visible_to")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_conversations_channel_address")),
    )
    op.create_index(
        "ix_conversations_waiting",
        "conversations",
        ["waiting_for_officer_since"],
        unique=False,
        sqlite_where=sa.text("waiting_for_officer_since IS NOT NULL"),
        postgresql_where=sa.text("waiting_for_officer_since IS NOT NULL"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "editions",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("sequence", name=op.f("uq_editions_sequence")),
    )
    op.create_index(op.f("ix_editions_source_sha256"), "editions", ["source_sha256"], unique=False)
    op.create_table(
        "office_profile",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_office_profile")),
    )
    op.create_table(
        "versions",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_versions")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=True),
        sa.Column("attachments", DOCUMENT, nullable=False),
        sa.Column("decide_at", MOMENT, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT failed OR decided_at IS NOT NULL", name=op.f("ck_inbox_failed")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_inbox_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_inbox_channel_external_id")),
        sa.UniqueConstraint("conversation_id", "position", name=op.f("uq_inbox_conversation_id_position")),
    )
    op.create_index(
        "ix_inbox_undecided",
        "inbox",
        ["conversation_id", "decide_at"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "officer_requests",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_officer_requests_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_officer_requests_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_requests")),
    )
    op.create_index(op.f("ix_officer_requests_conversation_id"), "officer_requests", ["conversation_id"], unique=False)
    op.create_index(
        "ix_officer_requests_open",
        "officer_requests",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "officers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency_id", ID, nullable=True),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("superior_id", ID, nullable=True),
        sa.Column("deputy_id", ID, nullable=True),
        sa.Column("deputy_from", sa.Date(), nullable=True),
        sa.Column("deputy_until", sa.Date(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('officer', 'complaint_manager', 'technical_team', 'inspector', 'head', 'admin', 'outside_superior')",
            name=op.f("ck_officers_role"),
        ),
        sa.CheckConstraint("deputy_from <= deputy_until", name=op.f("ck_officers_deputy_period")),
        sa.CheckConstraint("deputy_id <> id", name=op.f("ck_officers_deputy")),
        sa.CheckConstraint("superior_id <> id", name=op.f("ck_officers_superior")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_officers_agency_id_agencies")),
        sa.ForeignKeyConstraint(["deputy_id"], ["officers.id"], name=op.f("fk_officers_deputy_id_officers")),
        sa.ForeignKeyConstraint(["superior_id"], ["officers.id"], name=op.f("fk_officers_superior_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("username", name=op.f("uq_officers_username")),
    )
    op.create_table(
        "parties",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("email_sealed", sa.String(), nullable=True),
        sa.Column("email_hash", sa.String(length=64), nullable=True),
        sa.Column("address_sealed", sa.String(), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("nik_sealed", sa.String(), nullable=True),
        sa.Column("nik_hash", sa.String(length=64), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_parties_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    op.create_index(op.f("ix_parties_address_hash"), "parties", ["address_hash"], unique=False)
    op.create_index(op.f("ix_parties_conversation_id"), "parties", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_parties_email_hash"), "parties", ["email_hash"], unique=False)
    op.create_index(op.f("ix_parties_nik_hash"), "parties", ["nik_hash"], unique=False)
    op.create_index(op.f("ix_parties_phone_hash"), "parties", ["phone_hash"], unique=False)
    op.create_table(
        "standards",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kbli", sa.String(), nullable=True),
        sa.Column("risk", sa.String(), nullable=True),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("components", DOCUMENT, nullable=False),
        sa.Column("findings", DOCUMENT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.CheckConstraint("(status = 'current') = (ended_by IS NULL)", name=op.f("ck_standards_ended_by")),
        sa.CheckConstraint("status IN ('current', 'replaced', 'withdrawn')", name=op.f("ck_standards_status")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_standards_edition_id_editions")),
        sa.ForeignKeyConstraint(["ended_by"], ["editions.id"], name=op.f("fk_standards_ended_by_editions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standards")),
        sa.UniqueConstraint("edition_id", "identity", name=op.f("uq_standards_edition_id_identity")),
    )
    op.create_index(op.f("ix_standards_ended_by"), "standards", ["ended_by"], unique=False)
    op.create_index(op.f("ix_standards_identity"), "standards", ["identity"], unique=False)
    op.create_index(
        "uq_standards_current_identity",
        "standards",
        ["identity"],
        unique=True,
        sqlite_where=sa.text("status = 'current'"),
        postgresql_where=sa.text("status = 'current'"),
    )
    op.create_table(
        "cases",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reporter_id", ID, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("clock_started_at", MOMENT, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("standard_identity", sa.String(), nullable=True),
        sa.Column("component", sa.Integer(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("kind_reason", sa.String(), nullable=False),
        sa.Column("meant_as_suggestion", sa.Boolean(), nullable=False),
        sa.Column("third_party", sa.Boolean(), nullable=False),
        sa.Column("competent_agency", sa.String(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_decision", sa.String(), nullable=True),
        sa.Column("late_decided_by", ID, nullable=True),
        sa.Column("late_decided_at", MOMENT, nullable=True),
        sa.Column("late_decision_reason", sa.String(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("visible_to", sa.String(), nullable=True),
        sa.Column("access_code_hash", sa.String(), nullable=True),
        sa.Column("code_failures", sa.Integer(), nullable=False),
        sa.Column("code_locked_until", MOMENT, nullable=True),
        sa.Column("sector", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("core_problem", sa.String(), nullable=True),
        sa.Column("route", sa.String(), nullable=True),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("reopened_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("merged_into", ID, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind <> 'complaint' OR clock_started_at IS NOT NULL", name=op.f("ck_cases_clock")),
        sa.CheckConstraint("kind IN ('complaint', 'suggestion')", name=op.f("ck_cases_kind")),
        sa.CheckConstraint("late_decision IN ('accepted', 'refused')", name=op.f("ck_cases_late_decision")),
        sa.CheckConstraint("route IN ('internal', 'technical_team', 'agency', 'apip')", name=op.f("ck_cases_route")),
        sa.CheckConstraint(
            "stage IN ('received', 'under_review', 'in_progress', 'waiting_for_reporter', 'answered', 'closed', 'withdrawn', 'noted')",
            name=op.f("ck_cases_stage"),
        ),
        sa.CheckConstraint("visible_to IN ('manager', 'head', 'inspectorate')", name=op.f("ck_cases_visible_to")),
        sa.CheckConstraint("component BETWEEN 1 AND 14", name=op.f("ck_cases_component")),
        sa.CheckConstraint("late_decision IS NULL OR late", name=op.f("ck_cases_late")),
        sa.CheckConstraint("merged_into <> id", name=op.f("ck_cases_merged_into")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_cases_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["late_decided_by"], ["officers.id"], name=op.f("fk_cases_late_decided_by_officers")),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into_cases")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_cases_officer_id_officers")),
        sa.ForeignKeyConstraint(["reporter_id"], ["parties.id"], name=op.f("fk_cases_reporter_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(op.f("ix_cases_conversation_id"), "cases", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_cases_merged_into"), "cases", ["merged_into"], unique=False)
    op.create_index(op.f("ix_cases_officer_id"), "cases", ["officer_id"], unique=False)
    op.create_index(op.f("ix_cases_reporter_id"), "cases", ["reporter_id"], unique=False)
    op.create_index("ix_cases_stage_due_on", "cases", ["stage", "due_on"], unique=False)
    op.create_index(op.f("ix_cases_standard_identity"), "cases", ["standard_identity"], unique=False)
    op.create_table(
        "misses",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("standard_identity", sa.String(), nullable=True),
        sa.Column("component", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("resolution", DOCUMENT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_misses_state")),
        sa.CheckConstraint("component BETWEEN 1 AND 14", name=op.f("ck_misses_component")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_misses_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_misses_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misses")),
    )
    op.create_index(op.f("ix_misses_conversation_id"), "misses", ["conversation_id"], unique=False)
    op.create_index(
        "ix_misses_open",
        "misses",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column("lines", DOCUMENT, nullable=False),
        sa.Column("buttons", DOCUMENT, nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.CheckConstraint("sender IN ('bot', 'officer', 'system')", name=op.f("ck_outbox_sender")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'held')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_outbox_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("conversation_id", "position", name=op.f("uq_outbox_conversation_id_position")),
    )
    op.create_index(op.f("ix_outbox_inbox_id"), "outbox", ["inbox_id"], unique=False)
    op.create_index(
        "ix_outbox_provider_id",
        "outbox",
        ["provider_id"],
        unique=False,
        sqlite_where=sa.text("provider_id IS NOT NULL"),
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
    )
    op.create_table(
        "case_accused",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_accused_case_id_cases")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_case_accused_officer_id_officers")),
        sa.PrimaryKeyConstraint("case_id", "officer_id", name=op.f("pk_case_accused")),
    )
    op.create_index(op.f("ix_case_accused_officer_id"), "case_accused", ["officer_id"], unique=False)
    op.create_table(
        "case_approvals",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("provision", sa.String(), nullable=True),
        sa.Column("why_not_settled", sa.String(), nullable=False),
        sa.Column("approved_at", MOMENT, nullable=False),
        sa.CheckConstraint("approver_id IS NOT NULL OR provision IS NOT NULL", name=op.f("ck_case_approvals_ground")),
        sa.ForeignKeyConstraint(["approver_id"], ["officers.id"], name=op.f("fk_case_approvals_approver_id_officers")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_approvals_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_approvals")),
    )
    op.create_index(op.f("ix_case_approvals_case_id"), "case_approvals", ["case_id"], unique=False)
    op.create_table(
        "case_events",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", DOCUMENT, nullable=True),
        sa.Column("after", DOCUMENT, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("actor IN ('citizen', 'officer', 'system')", name=op.f("ck_case_events_actor")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id_cases")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_case_events_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint("case_id", "sequence", name=op.f("uq_case_events_case_id_sequence")),
    )
    op.create_table(
        "case_numbers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_numbers_case_id_cases")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_numbers")),
    )
    op.create_index(op.f("ix_case_numbers_case_id"), "case_numbers", ["case_id"], unique=False)
    op.create_table(
        "case_steps",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("given_by", ID, nullable=True),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("outcome IN ('handed_up', 'sent_back', 'decided')", name=op.f("ck_case_steps_outcome")),
        sa.CheckConstraint(
            "route IN ('internal', 'technical_team', 'agency', 'apip')", name=op.f("ck_case_steps_route")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_case_steps_ended")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_steps_case_id_cases")),
        sa.ForeignKeyConstraint(["given_by"], ["officers.id"], name=op.f("fk_case_steps_given_by_officers")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_case_steps_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("case_id", "sequence", name=op.f("uq_case_steps_case_id_sequence")),
    )
    op.create_index(op.f("ix_case_steps_officer_id"), "case_steps", ["officer_id"], unique=False)
    op.create_table(
        "delivery_attempts",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("outcome IN ('delivered', 'failed')", name=op.f("ck_delivery_attempts_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_delivery_attempts_case_id_cases")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_delivery_attempts_officer_id_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(op.f("ix_delivery_attempts_case_id"), "delivery_attempts", ["case_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("transcript", sa.String(), nullable=True),
        sa.Column("transcribed_by", ID, nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_case_id_cases")),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_evidence_inbox_id_inbox")),
        sa.ForeignKeyConstraint(["transcribed_by"], ["officers.id"], name=op.f("fk_evidence_transcribed_by_officers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_case_id"), "evidence", ["case_id"], unique=False)
    op.create_index(op.f("ix_evidence_inbox_id"), "evidence", ["inbox_id"], unique=False)
    op.create_table(
        "study_sheets",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("basis", DOCUMENT, nullable=False),
        sa.Column("earlier", DOCUMENT, nullable=False),
        sa.Column("plan", DOCUMENT, nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("found_with", sa.String(), nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_study_sheets_case_id_cases")),
        sa.ForeignKeyConstraint(["updated_by"], ["officers.id"], name=op.f("fk_study_sheets_updated_by_officers")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_study_sheets")),
    )
    op.create_table(
        "case_reports",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("step_id", ID, nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("addressee_id", ID, nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('step', 'result', 'closing')", name=op.f("ck_case_reports_kind")),
        sa.ForeignKeyConstraint(["addressee_id"], ["officers.id"], name=op.f("fk_case_reports_addressee_id_officers")),
        sa.ForeignKeyConstraint(["author_id"], ["officers.id"], name=op.f("fk_case_reports_author_id_officers")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_reports_case_id_cases")),
        sa.ForeignKeyConstraint(["step_id"], ["case_steps.id"], name=op.f("fk_case_reports_step_id_case_steps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reports")),
        sa.UniqueConstraint("number", name=op.f("uq_case_reports_number")),
    )
    op.create_index(op.f("ix_case_reports_case_id"), "case_reports", ["case_id"], unique=False)
    make_history_append_only()


def downgrade() -> None:
    op.drop_table("case_reports")
    op.drop_table("study_sheets")
    op.drop_table("evidence")
    op.drop_table("delivery_attempts")
    op.drop_table("case_steps")
    op.drop_table("case_numbers")
    op.drop_table("case_events")
    op.drop_table("case_approvals")
    op.drop_table("case_accused")
    op.drop_table("outbox")
    op.drop_table("misses")
    op.drop_table("cases")
    op.drop_table("standards")
    op.drop_table("parties")
    op.drop_table("officers")
    op.drop_table("officer_requests")
    op.drop_table("inbox")
    op.drop_table("versions")
    op.drop_table("office_profile")
    op.drop_table("editions")
    op.drop_table("counters")
    op.drop_table("conversations")
    op.drop_table("calendar_days")
    op.drop_table("agencies")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def make_history_append_only() -> None:
    """What was done to a case is never undone by SQL."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER case_events_no_{change.lower()} BEFORE {change} ON case_events "
                "BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        op.execute(
            "CREATE TRIGGER case_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
