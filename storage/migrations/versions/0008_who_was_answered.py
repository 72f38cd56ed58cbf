"""When the newest answer arrived, and which of the reporters of a case an attempt was made to reach.

Revision 0008: who was answered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite: the row's own key


def upgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("answer_arrived_on", sa.Date(), nullable=True))
    op.execute("UPDATE cases SET answer_arrived_on = delivered_on")
    with op.batch_alter_table("delivery_attempts") as attempts:
        attempts.add_column(sa.Column("reported_as", ID, nullable=True))
    op.execute("UPDATE delivery_attempts SET reported_as = case_id")
    with op.batch_alter_table("delivery_attempts") as attempts:
        attempts.alter_column("reported_as", existing_type=ID, nullable=False)
        attempts.create_foreign_key("fk_delivery_attempts_reported_as_cases", "cases", ["reported_as"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("delivery_attempts") as attempts:
        attempts.drop_constraint("fk_delivery_attempts_reported_as_cases", type_="foreignkey")
        attempts.drop_column("reported_as")
    with op.batch_alter_table("cases") as cases:
        cases.drop_column("answer_arrived_on")
