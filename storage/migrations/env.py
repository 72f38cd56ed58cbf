"""What alembic runs: the migrations, inside the connection and transaction that `storage.database` gives it.

When the models have changed, the next migration is drafted from the difference (and `HEAD` follows it):

    with Database.open("data/pasti.db").schema_change() as tx:
        alembic.command.revision(alembic_config(tx), "what changes", autogenerate=True, rev_id="0002")
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from storage.columns import Document, Id, Moment
from storage.models import metadata

RENDERED = {  # old migrations must not import today's code
    Moment: "sa.DateTime(timezone=True)",
    Id: 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    Document: 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
}


def render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """How an own type is written in a new migration; False leaves it to alembic."""
    if kind != "type":
        return False
    if type(item).__name__ == "AutoString":  # SQLModel's own string
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if isinstance(item, Document):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
    return RENDERED.get(type(item), False)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
context.run_migrations()
