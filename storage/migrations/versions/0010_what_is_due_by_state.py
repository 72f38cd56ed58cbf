"""What is still to be sent is found by its state first: beside a long queue, PostgreSQL read the whole outbox for those
few whose fate is unknown.

Revision 0010: what is due by state.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("state IN ('queued', 'sending', 'unknown')")


def upgrade() -> None:
    index_due("state", "due_at")


def downgrade() -> None:
    index_due("due_at")


def index_due(*columns: str) -> None:
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", list(columns), sqlite_where=UNSETTLED, postgresql_where=UNSETTLED)
