"""The official list of business codes, where the office imports one.

Revision 0007: the KBLI list.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kbli_codes",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_kbli_codes"),
    )


def downgrade() -> None:
    op.drop_table("kbli_codes")
