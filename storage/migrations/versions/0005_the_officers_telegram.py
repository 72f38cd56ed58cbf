"""Officers' own Telegram chats, the codes that link them, and the conversations that carry what they are told.

Revision 0005: the officers' Telegram.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key
MOMENT = sa.DateTime(timezone=True)
OF_OFFICER = "fk_conversations_for_officer_id_officers"


def reference(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=f"fk_{table}_{column}_{referred}")


def upgrade() -> None:
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("for_officer_id", ID, nullable=True))
        conversations.create_foreign_key(OF_OFFICER, "officers", ["for_officer_id"], ["id"])
    op.create_table(
        "officer_telegrams",
        sa.Column("officer_id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("chat_sealed", sa.String(), nullable=False),
        sa.Column("chat_hash", sa.String(length=64), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        reference("officer_telegrams", "officer_id", "officers"),
        reference("officer_telegrams", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("officer_id", name="pk_officer_telegrams"),
        sa.UniqueConstraint("chat_hash", name="uq_officer_telegrams_chat_hash"),
    )
    op.create_table(
        "telegram_codes",
        sa.Column("officer_id", ID, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        reference("telegram_codes", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("officer_id", name="pk_telegram_codes"),
        sa.UniqueConstraint("code_hash", name="uq_telegram_codes_code_hash"),
    )


def downgrade() -> None:
    op.drop_table("telegram_codes")
    op.drop_table("officer_telegrams")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_constraint(OF_OFFICER, type_="foreignkey")
        conversations.drop_column("for_officer_id")
