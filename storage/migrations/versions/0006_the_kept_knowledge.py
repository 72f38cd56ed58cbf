"""What officers keep beside the standards: drafts, phrases, answers of the office, laws, golden questions, settings.

Revision 0006: the kept knowledge.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def reference(table: str, column: str, referred: str = "officers") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=f"fk_{table}_{column}_{referred}")


def upgrade() -> None:
    with op.batch_alter_table("office_events") as events:
        events.add_column(sa.Column("about", sa.String(), nullable=True))
        events.create_index("ix_office_events_about", ["about"])
    with op.batch_alter_table("misses") as misses:
        misses.add_column(sa.Column("resolution_id", ID, nullable=True))
        misses.create_index(
            "ix_misses_resolution",
            ["resolution_id"],
            sqlite_where=sa.text("resolution_id IS NOT NULL"),
            postgresql_where=sa.text("resolution_id IS NOT NULL"),
        )
    op.create_table(
        "standard_drafts",
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("based_on", ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("components", DOCUMENT, nullable=False),
        sa.Column("findings", DOCUMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", ID, nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        reference("standard_drafts", "based_on", "standards"),
        reference("standard_drafts", "officer_id"),
        reference("standard_drafts", "proposed_by"),
        reference("standard_drafts", "approved_by"),
        sa.PrimaryKeyConstraint("identity", name="pk_standard_drafts"),
    )
    op.create_table(
        "office_answers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        reference("office_answers", "officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_office_answers"),
    )
    op.create_table(
        "phrases",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("component", sa.Integer(), nullable=True),
        sa.Column("whole_code", sa.Boolean(), nullable=False),
        sa.Column("answer_id", ID, nullable=True),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("component BETWEEN 1 AND 14", name=op.f("ck_phrases_component")),
        sa.CheckConstraint("(identity IS NULL) <> (answer_id IS NULL)", name=op.f("ck_phrases_target")),
        reference("phrases", "answer_id", "office_answers"),
        reference("phrases", "officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_phrases"),
    )
    op.create_index("ix_phrases_identity", "phrases", ["identity"])
    op.create_table(
        "law_statuses",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("by_law", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "status IN ('in_force', 'amended', 'revoked', 'unchecked')", name=op.f("ck_law_statuses_status")
        ),
        reference("law_statuses", "officer_id"),
        sa.PrimaryKeyConstraint("key", name="pk_law_statuses"),
    )
    op.create_table(
        "golden_questions",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("components", DOCUMENT, nullable=False),
        sa.Column("answer_id", ID, nullable=True),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        reference("golden_questions", "answer_id", "office_answers"),
        reference("golden_questions", "officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_golden_questions"),
    )
    op.create_table(
        "office_settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_office_settings"),
    )


def downgrade() -> None:
    for table in ("office_settings", "golden_questions", "law_statuses", "phrases", "office_answers", "standard_drafts"):
        op.drop_table(table)
    with op.batch_alter_table("misses") as misses:
        misses.drop_index("ix_misses_resolution")
        misses.drop_column("resolution_id")
    with op.batch_alter_table("office_events") as events:
        events.drop_index("ix_office_events_about")
        events.drop_column("about")
