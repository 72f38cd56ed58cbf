"""The official list of business codes comes into the knowledge; the one before it goes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from handlers.office import Office
from knowledge.kbli import OfficialCode
from storage import kbli, standards, versions
from storage.models import KbliCode


def replace_list(office: Office, codes: Sequence[OfficialCode]) -> None:
    """From the next message on these are the codes. At least one."""
    with office.database.transaction(alone=versions.KNOWLEDGE) as tx:
        kbli.replace_all(tx, (KbliCode(code=c.code, title=c.title, description=c.description) for c in codes))
        versions.bump(tx, versions.KNOWLEDGE)


def unknown_codes(conn: Connection) -> list[str]:
    """Codes of standards in force that the list does not have: mistakes of the one or the other."""
    known = {row.code for row in kbli.everything(conn)}
    return sorted({row.kbli for row, _ in standards.current(conn) if row.kbli and row.kbli not in known})
