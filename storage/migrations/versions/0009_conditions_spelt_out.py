"""What a column may say is spelt out in SQLite, which makes and searches a table of its own for each `IN` of three.

It did so for every condition of every row that it wrote: a third of the time of writing an answer.

Revision 0009: conditions spelt out.
"""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IN = re.compile(r"CHECK \((\w+) IN \(('\w+'(?:, '\w+')*)\)\)")
SPELT_OUT = re.compile(r"CHECK \((\w+) = '\w+'(?: OR \1 = '\w+')*\)")
VALUE = re.compile(r"'\w+'")


def upgrade() -> None:
    respell(IN, lambda found: f"CHECK ({' OR '.join(f'{found[1]} = {value}' for value in found[2].split(', '))})")


def downgrade() -> None:
    respell(SPELT_OUT, lambda found: f"CHECK ({found[1]} IN ({', '.join(VALUE.findall(found[0]))}))")


def respell(condition: re.Pattern[str], spell: Callable[[re.Match[str]], str]) -> None:
    """In SQLite's own note of its tables, as https://sqlite.org/lang_altertable.html has it: no row is touched.

    A SQLite that lets nobody write there keeps the old words, which mean the same.
    """
    tx = op.get_bind()
    if tx.dialect.name != "sqlite":
        return
    tables = tx.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    version = tx.execute(sa.text("PRAGMA schema_version")).scalar_one()
    note = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name")
    tx.execute(sa.text("PRAGMA writable_schema = ON"))
    try:
        for name, sql in tables:
            if condition.search(sql):
                tx.execute(note, {"name": name, "sql": condition.sub(spell, sql)})
        tx.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    except sa.exc.OperationalError as error:
        if "may not be modified" not in str(error):
            raise
    finally:
        tx.execute(sa.text("PRAGMA writable_schema = RESET"))
