"""A case for fewer eyes: it leaves the desks, and its conversation the hands, of whoever may not see it any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers.case_events import Refused, taken_back
from handlers.dialogue.form import raised
from handlers.handover import release
from handlers.office import Office
from handlers.permissions import AUDIENCE_NAMES, audiences
from storage import case_desk, conversations, officers
from storage.models import Case


def nobody_left(tx: Connection, audience: str | None, accused: Collection[int]) -> Refused | None:
    """A case that nobody sees is lost: somebody of its audience must be left whom it does not accuse."""
    readers = (
        officer
        for officer in officers.everyone(tx)
        if officer.active and officer.id not in accused and audience in audiences(officer.role)
    )
    if audience is None or any(readers):
        return None
    return Refused(
        f"Tidak ada petugas lain yang boleh membacanya sebagai {AUDIENCE_NAMES[audience]}, jadi laporan ini akan "
        "hilang dari semua orang. Minta admin menambah petugasnya dulu."
    )


def hidden(
    tx: Connection,
    office: Office,
    case: Case,
    *,
    accused: Collection[int],
    visible_to: str | None,
    named_at: datetime | None,
) -> dict[str, Any]:
    """Keeps whom a case accuses, and takes it from the desks of all who may not see it any more.

    Its conversation is for no other eyes than the case, and leaves the hands of the accused.

    Args:
        visible_to: the audience from now on.
        named_at: when it was said whom it accuses; None: that is still to be said.

    Returns the columns of the case that follow from it.
    """
    case_desk.set_accused(tx, case.id, accused)
    _withdraw_conversation(tx, office, case, accused, visible_to)
    columns: dict[str, Any] = {"visible_to": visible_to, "accused_named_at": named_at}
    if accused or visible_to is not None:
        columns["confidential"] = True

    def loses(officer_id: int | None) -> bool:
        officer = officers.by_id(tx, officer_id) if officer_id else None
        if officer is None or officer.id in accused:
            return officer is not None
        if visible_to is None or visible_to in audiences(officer.role):
            return False
        return named_at is None or visible_to != case.visible_to  # it was given for other eyes

    if loses(case.officer_id):
        columns["officer_id"] = None
    if loses(case_desk.holder_of(tx, case.id)):
        columns |= taken_back(tx, office, case)
    return columns


def _withdraw_conversation(
    tx: Connection, office: Office, case: Case, accused: Collection[int], audience: str | None
) -> None:
    row = conversations.by_id(tx, case.conversation_id) if case.conversation_id else None
    if row is None:
        return
    visible_to = raised(row.visible_to, audience)
    if visible_to == row.visible_to and row.officer_id not in accused:
        return
    row.visible_to = visible_to
    if row.officer_id in accused:
        release(tx, office, row, "given_back", None)
    row.version += 1
    row.updated_at = office.clock()
    conversations.save(tx, [row])
