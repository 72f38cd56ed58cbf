"""The base of all tables: one metadata, in which every constraint has a name that a later migration can call it by."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import MetaData, Table
from sqlmodel import Field, SQLModel

from storage.columns import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """A row of a table. Its ids and times are given by the caller, never by the database."""

    metadata: ClassVar[MetaData] = metadata


class IdentifiedRow(Row):
    """A row that is known by an id of `storage.ids`."""

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})


def table(model: type[Row]) -> Table:
    """The Core table of a model, for statements in bulk."""
    return metadata.tables[str(model.__tablename__)]
