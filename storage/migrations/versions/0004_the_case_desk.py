"""The office's work on cases: answers and whether they arrived, who is accused, reminders.

Revision 0004: the case desk.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def reference(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=f"fk_{table}_{column}_{referred}")


def partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("accused_named_at", MOMENT, nullable=True))
        cases.add_column(sa.Column("delivered_on", sa.Date(), nullable=True))
        cases.add_column(sa.Column("history_hash", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE cases SET history_hash = (SELECT hash FROM case_events WHERE case_events.case_id = cases.id "
        "ORDER BY sequence DESC LIMIT 1)"
    )
    partial_index("ix_cases_unmerged", "cases", ["received_at"], "merged_into IS NULL")
    partial_index("ix_case_steps_open", "case_steps", ["officer_id"], "ended_at IS NULL")
    partial_index("ix_outbox_replaces", "outbox", ["replaces"], "replaces IS NOT NULL")
    op.create_table(
        "case_answers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("outbox_ids", DOCUMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        reference("case_answers", "case_id", "cases"),
        reference("case_answers", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("id", name="pk_case_answers"),
    )
    op.create_index("ix_case_answers_case_id", "case_answers", ["case_id"])
    op.create_table(
        "reminders",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('seven_days', 'three_days', 'last_day', 'overdue')", name=op.f("ck_reminders_kind")
        ),
        reference("reminders", "case_id", "cases"),
        reference("reminders", "officer_id", "officers"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint("case_id", "day", name="uq_reminders_case_id_day"),
    )
    partial_index("ix_reminders_unseen", "reminders", ["officer_id"], "seen_at IS NULL")


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_table("case_answers")
    op.drop_index("ix_outbox_replaces", "outbox")
    op.drop_index("ix_case_steps_open", "case_steps")
    op.drop_index("ix_cases_unmerged", "cases")
    with op.batch_alter_table("cases") as cases:
        cases.drop_column("history_hash")
        cases.drop_column("delivered_on")
        cases.drop_column("accused_named_at")
