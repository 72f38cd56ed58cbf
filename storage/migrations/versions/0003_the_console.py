"""Sessions of officers, conversations in their hands, notes, read marks, saved replies, and what the office did.

Revision 0003: the console.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def partial_index(batch: BatchOperations, name: str, columns: list[str], where: str, unique: bool = False) -> None:
    batch.create_index(name, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def of_officer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=f"fk_{table}_officer_id_officers")


def of_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"], ["conversations.id"], name=f"fk_{table}_conversation_id_conversations"
    )


def upgrade() -> None:
    with op.batch_alter_table("officers") as officers:
        officers.add_column(sa.Column("password_temporary", sa.Boolean(), nullable=False, server_default=sa.false()))
        officers.add_column(sa.Column("totp_sealed", sa.String(), nullable=True))
    with op.batch_alter_table("officers") as officers:
        officers.alter_column("password_temporary", server_default=None)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        of_officer("sessions"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_officer_id", "sessions", ["officer_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_failures"),
    )
    op.create_table(
        "office_events",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", DOCUMENT, nullable=True),
        sa.Column("after", DOCUMENT, nullable=True),
        of_officer("office_events"),
        sa.PrimaryKeyConstraint("id", name="pk_office_events"),
    )
    op.create_index("ix_office_events_at", "office_events", ["at"])

    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("officer_id", ID, nullable=True))
        conversations.add_column(sa.Column("officer_active_at", MOMENT, nullable=True))
        conversations.add_column(sa.Column("muted_until", MOMENT, nullable=True))
        conversations.create_foreign_key("fk_conversations_officer_id_officers", "officers", ["officer_id"], ["id"])
        conversations.create_index("ix_conversations_updated_at", ["updated_at"])
        partial_index(conversations, "ix_conversations_taken", ["officer_id"], "officer_id IS NOT NULL")
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("officer_id", ID, nullable=True))
        outbox.add_column(sa.Column("file", DOCUMENT, nullable=True))
        outbox.add_column(sa.Column("reply_key", sa.String(length=64), nullable=True))
        outbox.create_foreign_key("fk_outbox_officer_id_officers", "officers", ["officer_id"], ["id"])
        partial_index(
            outbox, "uq_outbox_reply_key", ["conversation_id", "reply_key"], "reply_key IS NOT NULL", unique=True
        )
    op.create_table(
        "handover_events",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('note', 'called', 'left', 'taken', 'given_back', 'quiet', 'muted', 'unmuted', 'settled', 'confided', "
            "'released')",
            name=op.f("ck_handover_events_kind"),
        ),
        of_conversation("handover_events"),
        of_officer("handover_events"),
        sa.PrimaryKeyConstraint("id", name="pk_handover_events"),
        sa.UniqueConstraint("conversation_id", "position", name="uq_handover_events_conversation_id_position"),
    )
    op.create_table(
        "read_marks",
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        of_conversation("read_marks"),
        of_officer("read_marks"),
        sa.PrimaryKeyConstraint("officer_id", "conversation_id", name="pk_read_marks"),
    )
    op.create_table(
        "saved_replies",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("shortcut", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        of_officer("saved_replies"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_replies"),
        sa.UniqueConstraint("shortcut", name="uq_saved_replies_shortcut"),
    )


def downgrade() -> None:
    for table in ("saved_replies", "read_marks", "handover_events"):
        op.drop_table(table)
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("fk_outbox_officer_id_officers", type_="foreignkey")
        outbox.drop_index("uq_outbox_reply_key")
        outbox.drop_column("reply_key")
        outbox.drop_column("file")
        outbox.drop_column("officer_id")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_index("ix_conversations_taken")
        conversations.drop_index("ix_conversations_updated_at")
        conversations.drop_constraint("fk_conversations_officer_id_officers", type_="foreignkey")
        for column in ("muted_until", "officer_active_at", "officer_id"):
            conversations.drop_column(column)
    for table in ("office_events", "sign_in_failures", "sessions"):
        op.drop_table(table)
    with op.batch_alter_table("officers") as officers:
        officers.drop_column("totp_sealed")
        officers.drop_column("password_temporary")
