"""Media, tasks, content templates, and what sending over WhatsApp and Telegram has to remember.

Revision 0002: the channels.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key
MOMENT = sa.DateTime(timezone=True)


def partial_index(batch: BatchOperations, name: str, columns: list[str], where: str) -> None:
    batch.create_index(name, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        "content_templates",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_content_templates")),
    )
    op.create_table(
        "media",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("inbox_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("picture", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'kept', 'refused', 'failed')", name=op.f("ck_media_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_media_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_media_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("inbox_id", "place", name=op.f("uq_media_inbox_id_place")),
    )
    with op.batch_alter_table("media") as media:
        media.create_index(op.f("ix_media_conversation_id"), ["conversation_id"])
        media.create_index(op.f("ix_media_sha256"), ["sha256"])
        partial_index(media, "ix_media_wanted", ["due_at"], "state = 'wanted'")
    op.create_table(
        "tasks",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("outbox_id", ID, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('telephone', 'undelivered', 'unconfirmed')", name=op.f("ck_tasks_kind")),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_tasks_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_tasks_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_tasks_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks") as tasks:
        tasks.create_index(op.f("ix_tasks_conversation_id"), ["conversation_id"])
        partial_index(tasks, "ix_tasks_open", ["created_at"], "state = 'open'")

    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("unreachable", sa.String(), nullable=True))
        conversations.add_column(sa.Column("window_closed_at", MOMENT, nullable=True))
        conversations.create_check_constraint(
            op.f("ck_conversations_unreachable"), "unreachable IN ('blocked', 'opted_out', 'not_on_whatsapp', 'gone')"
        )
    with op.batch_alter_table("evidence") as evidence:
        evidence.add_column(sa.Column("media_id", ID, nullable=True))
        evidence.create_index(op.f("ix_evidence_media_id"), ["media_id"])
        evidence.create_foreign_key(op.f("fk_evidence_media_id_media"), "media", ["media_id"], ["id"])
    with op.batch_alter_table("inbox") as inbox:
        inbox.add_column(sa.Column("provider_ref", sa.String(), nullable=True))
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("purpose", sa.String(), nullable=True))
        outbox.add_column(sa.Column("template", sa.Boolean(), nullable=False, server_default=sa.false()))
        outbox.add_column(sa.Column("replaces", ID, nullable=True))
        outbox.add_column(sa.Column("repeated", sa.Boolean(), nullable=False, server_default=sa.false()))
        outbox.create_check_constraint(
            op.f("ck_outbox_purpose"), "purpose IN ('case_update', 'answer_ready', 'officer_reply', 'survey')"
        )
        outbox.create_foreign_key(op.f("fk_outbox_replaces_outbox"), "outbox", ["replaces"], ["id"])
        outbox.drop_index("ix_outbox_unsent")
        outbox.drop_index("ix_outbox_inbox_id")  # nobody looks for answers by it, and every answer paid for it
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("template", server_default=None)
        outbox.alter_column("repeated", server_default=None)
        partial_index(outbox, "ix_outbox_due", ["due_at"], "state IN ('queued', 'sending', 'unknown')")
        partial_index(outbox, "ix_outbox_unsent", ["conversation_id", "position"], "state IN ('queued', 'sending')")
        partial_index(outbox, "ix_outbox_held", ["conversation_id"], "state = 'held'")


def downgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        for index in ("ix_outbox_held", "ix_outbox_unsent", "ix_outbox_due"):
            outbox.drop_index(index)
        outbox.drop_constraint(op.f("fk_outbox_replaces_outbox"), type_="foreignkey")
        outbox.drop_constraint(op.f("ck_outbox_purpose"), type_="check")
        for column in ("repeated", "replaces", "template", "purpose"):
            outbox.drop_column(column)
        outbox.create_index("ix_outbox_inbox_id", ["inbox_id"])
        partial_index(outbox, "ix_outbox_unsent", ["due_at"], "state IN ('queued', 'sending', 'unknown')")
    with op.batch_alter_table("inbox") as inbox:
        inbox.drop_column("provider_ref")
    with op.batch_alter_table("evidence") as evidence:
        evidence.drop_constraint(op.f("fk_evidence_media_id_media"), type_="foreignkey")
        evidence.drop_index(op.f("ix_evidence_media_id"))
        evidence.drop_column("media_id")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_constraint(op.f("ck_conversations_unreachable"), type_="check")
        conversations.drop_column("window_closed_at")
        conversations.drop_column("unreachable")
    op.drop_table("tasks")
    op.drop_table("media")
    op.drop_table("content_templates")
