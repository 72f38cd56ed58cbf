"""What the register keeps of the dialogue's decisions, written directly: rows, events, evidence, sealed contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from handlers import register
from handlers.case_context import context_for
from handlers.case_numbers import make_number
from handlers.case_rules import answer_due, classify
from handlers.dialogue.effects import AddToCase, CureCase, MoveCase, OpenCase
from handlers.dialogue.form import Form
from handlers.dialogue.state import State
from handlers.messages import Attachment
from handlers.office import Office
from handlers.register import Recorded
from knowledge.calendar import jakarta_day, shipped_calendar
from storage import audit, cases, conversations, inbox, parties
from storage.conversations import ConversationRow
from storage.inbox import InboxRow
from storage.models import Case, CaseEvent
from storage.sealed import Sealer
from tests.offices import Clock
from tests.postgresql import about_sqlite
from tests.storage.fresh import NOW, fresh_database

NIK = "3214015708900003"
FORM = Form(
    what="petugas marah-marah",
    service="loket MPP",
    happened_on="2026-11-08",
    name="Yayat Hidayat",
    phone="0857-1111-2222",
    email="yayat@contoh.id",
    address="Kp. Cikopo RT 02",
    nik=NIK,
)
NAMELESS = replace(FORM, name="")
WAITING = replace(FORM, nothing_received=True)  # never late


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = Office(fresh_database(tmp_path), Sealer("a secret for tests"), clock)
    yield office
    office.database.close()


@pytest.fixture
def tx(office: Office) -> Iterator[Connection]:
    with office.database.transaction() as tx:
        yield tx


def account(tx: Connection, office: Office, user: str = "6281234500011", channel: str = "whatsapp") -> ConversationRow:
    return conversations.load_or_create(tx, [(channel, user)], NOW, office.new_id)[channel, user]


def opened(tx: Connection, office: Office, form: Form = FORM, row: ConversationRow | None = None) -> Recorded:
    row = row or account(tx, office)
    return register.open_case(tx, office, decided(form, office), row, office.clock(), None)


def decided(form: Form, office: Office) -> OpenCase:
    today = jakarta_day(office.clock())
    judged = classify(form.report(True), today)
    return OpenCase(form, judged, answer_due(today, shipped_calendar()) if judged.kind == "complaint" else None)


def cured(tx: Connection, office: Office, number: str, form: Form) -> Recorded:
    effect = decided(form, office)
    cure = CureCase(case_of(tx, number).id, form, effect.judged, effect.due)
    return register.cure(tx, office, cure, account(tx, office), office.clock(), None)


def case_of(tx: Connection, number: str) -> Case:
    case = cases.get_by_number(tx, number)
    assert case is not None
    return case


def history(tx: Connection, number: str) -> list[CaseEvent]:
    case = case_of(tx, number)
    assert audit.first_break(tx, case.id) is None
    return audit.history(tx, case.id)


def received(tx: Connection, office: Office, row: ConversationRow, external_id: str, position: int) -> int:
    """A message with a photo that came in."""
    photo = [{"kind": "photo", "name": "loket.jpg"}]
    entry = InboxRow(office.new_id(), row.channel, external_id, row.id, position, NOW, "photo", attachments=photo)
    inbox.claim(tx, [entry])
    return entry.id


# ---------------------------------------------------------------- opening


def test_a_complaint_is_entered_whole(tx: Connection, office: Office) -> None:
    form = replace(FORM, standard="29102|x|y", component=4, confidential=True, received_on="2026-11-09")
    recorded = opened(tx, office, form)
    case = case_of(tx, recorded.number)
    assert (recorded.number, recorded.kind, recorded.due_on) == ("ADU-2026-00001-6", "complaint", date(2026, 11, 27))
    assert (case.number, case.kind, case.stage, case.channel) == (recorded.number, "complaint", "received", "whatsapp")
    assert (case.received_at, case.clock_started_at, case.due_on) == (NOW, NOW, recorded.due_on)
    assert (case.subject, case.service) == (form.what, form.service)
    assert (case.happened_on, case.received_on) == (date(2026, 11, 8), date(2026, 11, 9))
    assert (case.standard_identity, case.component) == (form.standard, form.component)
    assert (case.confidential, case.visible_to) == (True, "manager")
    assert (case.late, case.third_party, case.meant_as_suggestion) == (False, False, False)


def test_a_suggestion_has_no_clock(tx: Connection, office: Office) -> None:
    recorded = opened(tx, office, replace(FORM, suggestion=True))
    case = case_of(tx, recorded.number)
    assert (recorded.number, recorded.due_on) == ("SRN-2026-00001-5", None)
    assert (case.kind, case.clock_started_at, case.due_on, case.meant_as_suggestion) == ("suggestion", None, None, True)


def test_numbers_run_by_kind_and_by_the_year_in_jakarta(tx: Connection, office: Office, clock: Clock) -> None:
    given = [opened(tx, office, form).number for form in (FORM, NAMELESS, FORM, NAMELESS)]
    clock.now = NOW.replace(month=12, day=31, hour=17)  # midnight in Jakarta
    given.append(opened(tx, office, WAITING).number)
    told = [("complaint", 1), ("suggestion", 1), ("complaint", 2), ("suggestion", 2)]
    assert given == [make_number(kind, 2026, n) for kind, n in told] + [make_number("complaint", 2027, 1)]  # type: ignore[arg-type]


def test_a_rollback_takes_the_case_and_gives_the_number_back(office: Office) -> None:
    def open_and_fail() -> None:
        with office.database.transaction() as tx:
            assert opened(tx, office).number == "ADU-2026-00001-6"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        open_and_fail()
    with office.database.transaction() as tx:
        assert cases.register(tx) == []
        assert opened(tx, office).number == "ADU-2026-00001-6"


def test_a_year_without_calendar_data_leaves_a_doubt(tx: Connection, office: Office, clock: Clock) -> None:
    clock.now = NOW.replace(year=2027, month=12, day=20)
    first, doubt = history(tx, opened(tx, office, WAITING).number)
    assert (first.kind, first.actor) == ("opened", "citizen")
    assert (doubt.kind, doubt.actor, doubt.after) == (
        "calendar_doubt",
        "system",
        {"finding": "calendar_year_incomplete"},
    )


# ---------------------------------------------------------------- the reporter


def test_contacts_are_sealed_and_found_by_their_hash(tx: Connection, office: Office) -> None:
    recorded = opened(tx, office)
    reporter_id = case_of(tx, recorded.number).reporter_id
    assert reporter_id is not None
    reporter = parties.get(tx, office.keys, reporter_id)
    assert reporter is not None
    assert (reporter.name, reporter.phone, reporter.email) == (FORM.name, FORM.phone, FORM.email)
    assert (reporter.address, reporter.nik) == (FORM.address, NIK)
    for contact, value in (
        ("phone", "+62 857 1111 2222"),
        ("email", "YAYAT@contoh.id"),
        ("nik", "3214 0157 0890 0003"),
    ):
        assert parties.find(tx, office.keys, contact, value) == [reporter_id]  # type: ignore[arg-type]


@about_sqlite
def test_no_contact_and_no_access_code_is_in_the_file(office: Office, tmp_path: Path) -> None:
    with office.database.transaction() as tx:
        row = account(tx, office, "visitor-1", "web")
        recorded = opened(tx, office, FORM, row)
        suggestion = opened(tx, office, NAMELESS, row)
        cured(tx, office, suggestion.number, FORM)
    office.database.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Yayat Hidayat" in written  # names and texts are plain
    assert recorded.code is not None
    secrets = [FORM.phone, "85711112222", FORM.email, FORM.address, NIK]
    secrets += [recorded.code, recorded.code.replace("-", "")]
    assert [secret for secret in secrets if secret.encode() in written] == []


@pytest.mark.parametrize(
    ("channel", "user", "typed", "known", "kept"),
    [
        ("whatsapp", "6281234500011", "", None, "6281234500011"),  # the account itself
        ("whatsapp", "6281234500011", "", "+6285700000001", "+6285700000001"),  # as the channel says
        ("whatsapp", "6281234500011", "0857-1111-2222", None, "0857-1111-2222"),  # as the citizen wishes
        ("whatsapp", "ID.dari.Meta", "", None, None),
        ("telegram", "6281234500011", "", None, None),  # a chat id, whatever it looks like
        ("web", "6281234500011", "", None, None),
    ],
)
def test_the_phone_that_is_kept(
    tx: Connection, office: Office, channel: str, user: str, typed: str, known: str | None, kept: str | None
) -> None:
    effect = decided(replace(FORM, phone=typed), office)
    recorded = register.open_case(tx, office, effect, account(tx, office, user, channel), NOW, known)
    reporter_id = case_of(tx, recorded.number).reporter_id
    assert reporter_id is not None
    reporter = parties.get(tx, office.keys, reporter_id)
    assert reporter is not None
    assert reporter.phone == kept


# ---------------------------------------------------------------- completing


def test_a_cured_suggestion_becomes_a_complaint_from_then(tx: Connection, office: Office, clock: Clock) -> None:
    before = opened(tx, office, NAMELESS)
    clock.now += timedelta(days=2)
    after = cured(tx, office, before.number, FORM)
    assert (after.number, after.before, after.due_on) == ("ADU-2026-00001-6", before.number, date(2026, 12, 1))
    assert after.code is None  # the first one goes on
    case = case_of(tx, before.number)
    assert (case.number, case.kind, case.stage) == (after.number, "complaint", "received")
    assert (case.received_at, case.clock_started_at) == (NOW, clock.now)
    first, second = history(tx, after.number)
    assert (first.kind, second.kind) == ("opened", "cured")
    was = {"number": before.number, "kind": "suggestion", "clock_started_at": None}
    assert {name: (second.before or {})[name] for name in was} == was
    now = {"number": after.number, "kind": "complaint", "due_on": "2026-12-01"}
    assert {name: (second.after or {})[name] for name in now} == now
    reporters = parties.find(tx, office.keys, "nik", NIK)
    assert reporters == [case.reporter_id]  # the same reporter, completed


def test_the_access_code_outlives_the_change_of_number(tx: Connection, office: Office) -> None:
    before = opened(tx, office, NAMELESS)
    assert before.code is not None
    after = cured(tx, office, before.number, FORM)
    stranger = account(tx, office, "42", "telegram")
    for number in (before.number, after.number):
        context = context_for(tx, office, stranger, State(), f"{number} {before.code}", shipped_calendar())
        assert context.looked_up[number].code_right is True


def test_what_completes_without_curing_keeps_its_number(tx: Connection, office: Office) -> None:
    late = replace(NAMELESS, happened_on="2026-10-01", received_on="2026-10-01")
    before = opened(tx, office, late)
    after = cured(tx, office, before.number, replace(late, name="Yayat Hidayat"))
    assert (after.number, after.kind, after.due_on) == (before.number, "suggestion", None)
    assert [event.kind for event in history(tx, before.number)] == ["opened", "completed"]
    assert cases.next_number(tx, "complaint", 2026) == 1  # none was taken


def test_what_is_said_while_completing_is_kept(tx: Connection, office: Office) -> None:
    before = opened(tx, office, NAMELESS)
    told = replace(FORM, confidential=True, elsewhere=True, standard="29102|x|y", component=4)
    case = case_of(tx, cured(tx, office, before.number, told).number)
    assert (case.confidential, case.visible_to) == (True, "manager")
    assert (case.third_party, case.standard_identity, case.component) == (True, "29102|x|y", 4)


# ---------------------------------------------------------------- evidence, later steps


def test_evidence_is_tied_to_its_message_and_kept_once(tx: Connection, office: Office) -> None:
    row = account(tx, office)
    ids = [received(tx, office, row, f"wamid-{n}", n) for n in (1, 2)]
    sent = (("wamid-1", "photo", "loket.jpg"), ("wamid-2", "photo", "loket.jpg"))
    number = opened(tx, office, replace(FORM, evidence=sent), row).number
    case_id = case_of(tx, number).id
    again = AddToCase(case_id, "", (Attachment("photo", "loket.jpg", "wamid-2"),))
    register.add_to_case(tx, office, again, row)
    assert [(e.inbox_id, e.kind, e.name) for e in cases.evidence_of(tx, case_id)] == [
        (ids[0], "photo", "loket.jpg"),
        (ids[1], "photo", "loket.jpg"),
    ]


def test_a_message_of_another_channel_by_the_same_id_is_not_the_evidence(tx: Connection, office: Office) -> None:
    received(tx, office, account(tx, office, "42", "telegram"), "17", 1)
    row = account(tx, office)
    own = received(tx, office, row, "17", 1)
    number = opened(tx, office, replace(FORM, evidence=(("17", "photo", "loket.jpg"),)), row).number
    assert [e.inbox_id for e in cases.evidence_of(tx, case_of(tx, number).id)] == [own]


def test_a_later_word_is_an_event(tx: Connection, office: Office) -> None:
    number = opened(tx, office).number
    recorded = register.add_to_case(
        tx, office, AddToCase(case_of(tx, number).id, "saksinya Bu Entin"), account(tx, office)
    )
    assert (recorded.number, recorded.due_on) == (number, date(2026, 11, 27))
    assert [(event.kind, event.note) for event in history(tx, number)][1] == ("added", "saksinya Bu Entin")


def test_the_citizen_s_own_steps_leave_the_clock_alone(tx: Connection, office: Office, clock: Clock) -> None:
    number = opened(tx, office).number
    case_id = case_of(tx, number).id
    cases.update(tx, case_id, NOW, stage="answered", answered_at=NOW)
    clock.now += timedelta(days=1)
    register.move_case(tx, office, MoveCase(case_id, "solved"))
    assert case_of(tx, number).solved is True
    register.move_case(tx, office, MoveCase(case_id, "reopened", "belum selesai"))
    case = case_of(tx, number)
    assert (case.stage, case.solved, case.reopened_at) == ("under_review", False, clock.now)
    register.move_case(tx, office, MoveCase(case_id, "withdrawn"))
    assert case_of(tx, number).stage == "withdrawn"
    assert (case.due_on, case.clock_started_at) == (date(2026, 11, 27), NOW)
    steps = [(event.kind, event.before, event.after, event.note) for event in history(tx, number)][1:]
    assert steps == [
        ("solved", {"solved": None}, {"solved": True}, ""),
        (
            "reopened",
            {"stage": "answered", "solved": True, "reopened_at": None},
            {"stage": "under_review", "solved": False, "reopened_at": clock.now.isoformat()},
            "belum selesai",
        ),
        ("withdrawn", {"stage": "under_review"}, {"stage": "withdrawn"}, ""),
    ]


# ---------------------------------------------------------------- reading


def test_own_cases_are_those_of_the_account(tx: Connection, office: Office) -> None:
    number, row = opened(tx, office).number, account(tx, office)
    (own,) = context_for(tx, office, row, State(filed=1), "status", shipped_calendar()).own
    assert (own.number, own.last_step, own.last_step_at) == (number, "opened", NOW)
    stranger = account(tx, office, "42", "telegram")
    assert context_for(tx, office, stranger, State(filed=1), "status", shipped_calendar()).own == ()


def test_a_number_from_its_own_account_needs_no_code(tx: Connection, office: Office) -> None:
    number = opened(tx, office).number
    looked = context_for(tx, office, account(tx, office), State(), number.lower(), shipped_calendar()).looked_up[number]
    assert (looked.own, looked.code_right) == (True, None)


@pytest.mark.parametrize(
    ("text", "status"), [("ADU-2026-00001-7", "mistyped"), (make_number("complaint", 2026, 9), "valid")]
)
def test_a_number_that_leads_nowhere(tx: Connection, office: Office, text: str, status: str) -> None:
    opened(tx, office)
    (looked,) = context_for(tx, office, account(tx, office), State(), text, shipped_calendar()).looked_up.values()
    assert (looked.status, looked.case) == (status, None)


def test_wrong_codes_are_counted_on_the_case_and_block_all_others(tx: Connection, office: Office, clock: Clock) -> None:
    recorded = opened(tx, office)
    case_id, stranger = case_of(tx, recorded.number).id, account(tx, office, "42", "telegram")
    said = f"{recorded.number} {recorded.code}"
    for wait in (0, 0, 10, 30, 3600):
        register.count_wrong_code(tx, office, case_id)
        blocked = context_for(tx, office, stranger, State(), said, shipped_calendar()).looked_up[recorded.number]
        expected = (None, clock.now + timedelta(seconds=wait)) if wait else (True, None)
        assert (blocked.code_right, blocked.blocked_until) == expected
        clock.now += timedelta(seconds=wait)
    looked = context_for(tx, office, stranger, State(), said, shipped_calendar()).looked_up[recorded.number]
    assert (looked.code_right, looked.blocked_until) == (True, None)
    assert (
        context_for(tx, office, account(tx, office), State(), said, shipped_calendar()).looked_up[recorded.number].own
    )
