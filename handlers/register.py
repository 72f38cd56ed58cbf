"""The register of cases: what the dialogue decided about a case is written here.

All functions take the transaction of the message that led to them and never commit. Each change leaves an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection

from handlers.case_context import code_hash
from handlers.case_events import REOPENED, as_before, as_told, taken_back
from handlers.case_hiding import hidden
from handlers.case_numbers import CodeGuard, make_code, make_number
from handlers.case_rules import Kind
from handlers.dialogue.effects import AddToCase, CureCase, MoveCase, OpenCase
from handlers.dialogue.form import Form, audience_of, listen, raised, reported
from handlers.messages import Address
from handlers.office import Office
from knowledge.calendar import jakarta_day
from storage import case_desk, cases, inbox, media, parties
from storage.conversations import ConversationRow
from storage.models import Case, Evidence
from storage.parties import PartyDetails

_SEALED = (  # columns of a new case that its first event tells, so that nobody changes them unseen
    "number", "kind", "channel", "reporter_id", "conversation_id", "received_at", "clock_started_at", "due_on",
    "subject", "service", "happened_on", "received_on", "late", "confidential", "visible_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """A case as the citizen is told of it: number, kind, due date, and the access code where it is new."""

    number: str
    kind: Kind
    due_on: date | None
    code: str | None = None
    before: str | None = None  # the number it had until now


@dataclass(frozen=True, slots=True)
class BroughtOver:
    """How a report stood in the register that it comes from."""

    columns: Mapping[str, object]  # of the case: its stage, and since when
    told: Mapping[str, object]  # what its history says of that, besides: the old number
    note: str = ""  # what was answered there


def open_case(
    tx: Connection, office: Office, effect: OpenCase, row: ConversationRow, received_at: datetime, phone: str | None
) -> Recorded:
    """Enters a report that was confirmed in a conversation."""
    details = _details(office, effect.form, row, phone, office.new_id())
    return _enter(tx, office, effect, details, row.channel, received_at, confided_to=row.visible_to)


def enter(
    tx: Connection, office: Office, effect: OpenCase, channel: str, received_at: datetime, *, officer_id: int
) -> Recorded:
    """Enters a report that came by another way, such as a letter; no conversation belongs to it."""
    details = replace(_given(effect.form), id=office.new_id())
    return _enter(tx, office, effect, details, channel, received_at, officer_id)


def bring_over(
    tx: Connection, office: Office, effect: OpenCase, channel: str, received_at: datetime, before: BroughtOver
) -> Recorded:
    """Enters a report of an old register as it stood there. Nobody is told; the access code is a new one."""
    details = replace(_given(effect.form), id=office.new_id())
    recorded = _enter(tx, office, effect, details, channel, received_at, before=before)
    case = cases.get_by_number(tx, recorded.number)
    assert case is not None
    columns = {name: value for name, value in before.columns.items() if value is not None}
    if columns:
        cases.update(tx, case.id, office.clock(), **columns)
    return recorded


def _enter(
    tx: Connection,
    office: Office,
    effect: OpenCase,
    details: PartyDetails,
    channel: str,
    received_at: datetime,
    officer_id: int | None = None,
    confided_to: str | None = None,
    before: BroughtOver | None = None,
) -> Recorded:
    """The number comes from the counter's row, the last lock: no gaps, even in a crash."""
    form, judged = effect.form, effect.judged
    code = make_code(office.random(5))
    case_id, now = office.new_id(), office.clock()
    parties.add(tx, office.keys, details, now)
    audience = raised(confided_to, audience_of(form) if form.confidential else None)
    number = _next_number(tx, judged.kind, received_at)
    case = Case(
        id=case_id,
        number=number,
        kind=judged.kind,
        conversation_id=details.conversation_id,
        channel=channel,
        reporter_id=details.id,
        received_at=received_at,
        clock_started_at=received_at if judged.kind == "complaint" else None,
        due_on=effect.due.day if effect.due else None,
        subject=form.what,
        service=form.service or None,
        standard_identity=form.standard,
        component=form.component,
        happened_on=_day(form.happened_on),
        received_on=_day(form.received_on),
        kind_reason=judged.reason,
        meant_as_suggestion=form.suggestion,
        third_party=form.elsewhere,
        late=judged.late,
        confidential=audience is not None,
        visible_to=audience,
        access_code_hash=code_hash(office, case_id, code),
        updated_at=now,
    )
    cases.add(tx, case)
    _attach(tx, office, case_id, channel, form.evidence)
    sealed = {name: as_told(getattr(case, name)) for name in _SEALED}
    after = {**sealed, "reason": judged.reason, "oral": effect.oral}
    if before:
        _event(tx, office, case_id, "imported", after={**after, **before.told}, note=before.note, actor="system")
    else:
        _event(tx, office, case_id, "opened", after=after, officer_id=officer_id)
    for finding in effect.due.findings if effect.due else ():
        _event(
            tx, office, case_id, "calendar_doubt", after={"finding": finding.kind}, note=finding.message, actor="system"
        )
    return Recorded(number, judged.kind, case.due_on, code)


def confidential_by_itself(what: str, today: date) -> bool:
    """Whether a report is about bribes or names a person, so that it is confidential without being asked for."""
    return listen(Form(), what, today).confidential


def cure(
    tx: Connection, office: Office, effect: CureCase, row: ConversationRow, received_at: datetime, phone: str | None
) -> Recorded:
    """Completes a suggestion; now a complaint, it gets a new number, and its clock starts. Both numbers lead to it."""
    case = cases.get(tx, effect.case_id)
    assert case is not None
    form, judged, now = effect.form, effect.judged, office.clock()
    new = form.confidential and (not case.confidential or form.what != case.subject)
    secret = audience_of(form) if new else None
    secrecy = _kept_secret(tx, office, case, row, secret)
    details = _details(office, form, row, phone, case.reporter_id or office.new_id())
    if case.reporter_id is None:
        parties.add(tx, office.keys, details, now)
    else:
        parties.replace(tx, office.keys, details, now)
    facts: dict[str, Any] = {
        "reporter_id": details.id,
        "subject": form.what,
        "service": form.service or None,
        "kind_reason": judged.reason,
        "late": judged.late,
        "happened_on": _day(form.happened_on),
        "received_on": _day(form.received_on),
        "standard_identity": form.standard,
        "component": form.component,
        "third_party": form.elsewhere,
        **secrecy,
    }
    _attach(tx, office, case.id, row.channel, form.evidence)
    if judged.kind == "suggestion" or case.kind == "complaint":
        _change(tx, office, case, "completed", facts, after={"lacks": list(judged.lacks)})
        return Recorded(case.number, cast(Kind, case.kind), case.due_on)
    due_on = effect.due.day if effect.due else None
    number = _next_number(tx, "complaint", received_at)
    cases.give_number(tx, case.id, number, now)
    facts |= {"number": number, "kind": "complaint", "stage": "received"}
    facts |= {"clock_started_at": received_at, "due_on": due_on}
    _change(tx, office, case, "cured", facts)
    return Recorded(number, "complaint", due_on, before=case.number)


def add_to_case(tx: Connection, office: Office, effect: AddToCase, row: ConversationRow) -> Recorded:
    """Keeps a later word or attachment with its case."""
    case = cases.get(tx, effect.case_id)
    assert case is not None
    _attach(tx, office, case.id, row.channel, [(a.message, a.kind, a.name) for a in effect.attachments])
    after: dict[str, object] = {"attachments": len(effect.attachments)}
    changes = _kept_secret(tx, office, case, row, reported(effect.text))
    if case.stage == "waiting_for_reporter":  # this is what was waited for
        changes["stage"] = "in_progress" if changes.get("route", case.route) else "under_review"
    _change(tx, office, case, "added", changes, after=after, note=effect.text)
    return Recorded(case.number, cast(Kind, case.kind), case.due_on)


def move_case(tx: Connection, office: Office, effect: MoveCase) -> Recorded:
    """A step of the citizen's own: withdrawn, solved, reopened. None of them touches the clock of an answer."""
    case = cases.get(tx, effect.case_id)
    assert case is not None
    changes: dict[str, object] = {}
    match effect.step:
        case "withdrawn":
            changes = taken_back(tx, office, case, "Pelapor mencabut laporannya.") | {"stage": "withdrawn"}
        case "solved":
            changes = {"solved": True}
        case "reopened":
            changes = {**REOPENED, "reopened_at": office.clock()}
    _change(tx, office, case, effect.step, changes, note=effect.note)
    return Recorded(case.number, cast(Kind, case.kind), case.due_on)


def count_wrong_code(tx: Connection, office: Office, case_id: int) -> None:
    """One more wrong access code: the code path of that number slows down, then locks for an hour."""
    case = cases.get(tx, case_id)
    assert case is not None
    now = office.clock()
    guard = CodeGuard.restored(case.code_failures, case.code_locked_until).after_wrong(now)
    cases.count_code_failure(tx, case_id, guard.wrong, guard.blocked_until() or now)


def _kept_secret(
    tx: Connection, office: Office, case: Case, row: ConversationRow, secret: str | None
) -> dict[str, object]:
    """Who may see a case that something of a conversation comes to: none of those who may not see that.

    Whom the case accuses has to be said anew once the citizen has told of a bribe or of somebody. What is harmless
    leaves a case as the officers have decided.

    Args:
        secret: whose alone it is what came; None: it is harmless.
    """
    if secret is None and case.accused_named_at is not None:
        return {}
    audience = raised(raised(case.visible_to, row.visible_to), secret)
    if audience is None:
        return {}
    accused = case_desk.accused_in(tx, case.id)
    return hidden(tx, office, case, accused=accused, visible_to=audience, named_at=None)


def _next_number(tx: Connection, kind: Kind, received_at: datetime) -> str:
    year = jakarta_day(received_at).year
    return make_number(kind, year, cases.next_number(tx, kind, year))


def _details(office: Office, form: Form, row: ConversationRow, phone: str | None, id_: int) -> PartyDetails:
    """Who reported. The WhatsApp number is the account itself, so it is kept as their phone when they gave no other."""
    account = Address(row.channel, row.address)  # type: ignore[arg-type]
    known = phone or (account.user if account.channel == "whatsapp" and _like_a_phone(account.user) else None)
    given = _given(form)
    return replace(given, id=id_, conversation_id=row.id, phone=given.phone or known)


def _given(form: Form) -> PartyDetails:
    return PartyDetails(
        id=0,
        name=form.name,
        phone=form.phone or None,
        email=form.email or None,
        address=form.address or None,
        nik="".join(c for c in form.nik if c.isdigit()) or None,
    )


def _like_a_phone(user: str) -> bool:
    digits = "".join(c for c in user if c.isdigit())
    return 9 <= len(digits) <= 15 and len(digits) >= len(user) - 3


def _attach(tx: Connection, office: Office, case_id: int, channel: str, sent: Iterable[tuple[str, str, str]]) -> None:
    """Keeps attachments (external id of the message, kind, name) with a case, each once, and leads to their files."""
    items = list(sent)
    ids = inbox.ids_of(tx, channel, [message for message, _, _ in items])
    now = office.clock()
    known = {(e.inbox_id, e.kind, e.name) for e in cases.evidence_of(tx, case_id)}
    rows = [
        Evidence(id=office.new_id(), case_id=case_id, inbox_id=ids.get(message), kind=kind, name=name, added_at=now)
        for message, kind, name in items
        if (ids.get(message), kind, name) not in known
    ]
    cases.add_evidence(tx, rows)
    media.link(tx, ids.values())


def _change(
    tx: Connection,
    office: Office,
    case: Case,
    kind: str,
    columns: Mapping[str, object],
    *,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> None:
    """What the citizen changed about their case, and its history."""
    changed = {name: value for name, value in columns.items() if getattr(case, name) != value}
    cases.update(tx, case.id, office.clock(), **changed)
    before, now = as_before(case, changed), {name: as_told(value) for name, value in changed.items()}
    _event(tx, office, case.id, kind, before=before or None, after={**now, **(after or {})} or None, note=note)


def _event(
    tx: Connection,
    office: Office,
    case_id: int,
    kind: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
    actor: str = "citizen",
    officer_id: int | None = None,
) -> None:
    cases.add_event(
        tx,
        id_=office.new_id(),
        case_id=case_id,
        at=office.clock(),
        actor="officer" if officer_id else actor,
        officer_id=officer_id,
        kind=kind,
        before=before,
        after=after,
        note=note,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
