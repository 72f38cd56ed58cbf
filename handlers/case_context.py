"""What of the register one message of a citizen may need, read before it is decided: own cases, and those it names."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection

from handlers.case_numbers import CodeGuard, find_codes, find_numbers, normalise_code
from handlers.case_rules import Kind, Stage
from handlers.dialogue.case_view import CaseContext, CaseView, Looked
from handlers.dialogue.state import VERSION, State
from handlers.office import Office
from knowledge.calendar import WorkingDays, jakarta_day
from storage import cases
from storage.conversations import ConversationRow
from storage.models import Case

_CODE_COLUMN = "access_code"


def context_for(
    tx: Connection, office: Office, row: ConversationRow, state: State, text: str, calendar: WorkingDays
) -> CaseContext:
    """What of the register one message may need: own cases, and those whose numbers it names."""
    unreadable = bool(row.state) and row.state.get("version") != VERSION
    own = _own(tx, row.id) if state.filed or unreadable else []
    found = find_numbers(text)
    numbers = [(f.number, f.status) for f in found] or ([(state.lookup, "valid")] if state.lookup else [])
    looked = {number: _look_up(tx, office, number, status, row, text) for number, status in numbers}
    return CaseContext(tuple(own), looked, calendar)


def _own(tx: Connection, conversation_id: int) -> list[CaseView]:
    """The cases filed from an account, newest first; a duplicate is shown as the case that it became part of."""
    views: dict[int, CaseView] = {}
    for filed in cases.of_conversation(tx, conversation_id):
        case = filed if filed.merged_into is None else cases.get(tx, filed.merged_into)
        assert case is not None
        if case.id not in views:
            views[case.id] = _view(tx, case, joined=case.conversation_id != conversation_id)
    return list(views.values())


def _look_up(tx: Connection, office: Office, number: str, status: str, row: ConversationRow, text: str) -> Looked:
    case = cases.get_by_number(tx, number) if status == "valid" else None
    if case is None:
        return Looked(number, status)
    if case.conversation_id == row.id:
        return Looked(number, status, _view(tx, case), own=True)
    merged = cases.merged_into(tx, case.id)
    if any(each.conversation_id == row.id for each in merged):
        return Looked(number, status, _view(tx, case, joined=True), own=True)
    typed = find_codes(text.replace(number, " "))[:1]  # one guess a message
    blocked = (
        None
        if CodeGuard.restored(case.code_failures, case.code_locked_until).may_try(office.clock())
        else case.code_locked_until
    )
    right = None
    if typed and blocked is None:
        right = any(code_hash(office, each.id, typed[0]) == each.access_code_hash for each in (case, *merged))
    return Looked(number, status, _view(tx, case), False, right if typed else None, blocked if typed else None)


def _view(tx: Connection, case: Case, *, joined: bool = False) -> CaseView:
    kind, at = cases.last_event(tx, case.id)
    return CaseView(
        id=case.id,
        number=case.number,
        kind=cast(Kind, case.kind),
        stage=cast(Stage, case.stage),
        received_at=case.received_at,
        due_on=case.due_on,
        subject=case.subject,
        late=case.late and case.late_decision is None,
        last_step=kind,
        last_step_at=at,
        answered_on=case.answer_arrived_on or (jakarta_day(case.answered_at) if case.answered_at else None),
        joined=joined,
    )


def code_hash(office: Office, case_id: int, code: str) -> str | None:
    """What is stored of an access code: a keyed hash, bound to its case, which keeps it when the number changes."""
    plain = normalise_code(code)
    return office.keys.look_up(_CODE_COLUMN, f"{case_id}{plain}") if plain else None
