"""What an old register holds comes in once, by our rules, at its stage, and told to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import case_answers, case_routes, deadlines
from handlers.case_entry import Entry, register_elsewhere
from handlers.case_import import Brought, bring_over, foresee, stage_for
from handlers.case_rules import stages
from handlers.old_register import OldReport
from storage import audit
from storage.models import CaseEvent, metadata
from tests.case_office import Office
from tests.scenarios import MONDAY, Desk

THEN = MONDAY - timedelta(days=200)
LETTER = Entry("letter", THEN, "Antrean loket tiga jam tanpa penjelasan", "loket MPP", "Yayat Hidayat", "081234500011")
OLD = OldReport(5, LETTER, old_number="12/2026")


def history(desk: Desk, number: str) -> list[CaseEvent]:
    with desk.office.database.reader() as conn:
        return audit.history(conn, desk.case(number).id)


def rows_of(desk: Desk) -> list[str]:
    """All that the database holds."""
    with desk.office.database.reader() as conn:
        return [f"{table}: {row}" for table in metadata.tables.values() for row in conn.execute(table.select())]


def foreseen(desk: Desk, reports: list[OldReport]) -> list[Brought]:
    with desk.office.database.reader() as conn:
        return foresee(conn, reports)


def brought(desk: Desk, *reports: OldReport) -> list[Brought]:
    return bring_over(desk.office, list(reports))


def only(desk: Desk, **facts: Any) -> str:
    [done] = brought(desk, replace(OLD, **facts))
    assert done.number
    return done.number


def test_it_comes_in_as_it_stood_with_its_old_number(desk: Desk) -> None:
    number = only(desk, stage="closed", answer="Sudah dijelaskan.", answered_on=date(2026, 5, 4))
    case = desk.case(number)
    assert (case.kind, case.stage, case.channel, case.received_at) == ("complaint", "closed", "letter", THEN)
    assert (case.delivered_on, case.due_on, case.conversation_id) == (date(2026, 5, 4), date(2026, 5, 18), None)
    assert case.answered_at
    assert case.answered_at == case.closed_at
    [event] = history(desk, number)
    assert (event.kind, event.actor, event.note, event.at) == ("imported", "system", "Sudah dijelaskan.", desk.clock())
    assert event.after
    assert (event.after["old_number"], event.after["stage"]) == ("12/2026", "closed")
    assert desk.reporter(number).phone == "081234500011"


def test_nobody_is_told_and_nobody_is_reminded_of_what_is_over(desk: Desk) -> None:
    office = Office.at(desk)
    only(desk, stage="closed", answered_on=date(2026, 5, 4))
    only(desk, stage="answered", answered_on=date(2026, 5, 4), old_number="13")
    only(desk, stage="withdrawn", old_number="14")
    assert deadlines.remind(desk.office) == []
    overdue = only(desk, stage="in_progress", old_number="15")
    assert [each.case_id for each in deadlines.remind(desk.office)] == [desk.case(overdue).id]
    assert office.told() == []


def test_the_same_rules_as_for_a_letter(desk: Desk) -> None:
    anonymous = only(desk, entry=replace(LETTER, name="Hamba Allah"), stage="in_progress")
    assert (desk.case(anonymous).kind, desk.case(anonymous).stage) == ("suggestion", "received")
    late = only(desk, entry=replace(LETTER, received_on=THEN.date() - timedelta(days=31)), old_number="2")
    assert (desk.case(late).late, desk.case(late).stage, desk.case(late).late_decision) == (True, "received", None)
    secret = only(desk, entry=replace(LETTER, what="Petugas meminta 200 ribu padahal gratis"), old_number="3")
    assert desk.case(secret).visible_to == "manager"


def test_numbers_follow_the_year_in_which_it_came(desk: Desk) -> None:
    assert only(desk, entry=replace(LETTER, received_at=THEN - timedelta(days=365))).startswith("ADU-2025-00001-")
    assert only(desk, old_number="2").startswith("ADU-2026-00001-")


def test_a_dry_run_says_the_same_and_writes_nothing(desk: Desk) -> None:
    reports = [OLD, replace(OLD, row=6), replace(OLD, row=7, old_number="13", stage="withdrawn")]
    before = rows_of(desk)
    said = foreseen(desk, reports)
    assert rows_of(desk) == before
    done = brought(desk, *reports)
    assert [replace(each, number=None, receipt=()) for each in done] == said
    assert [each.outcome for each in done] == ["added", "there", "added"]


def test_a_second_time_adds_nothing(desk: Desk) -> None:
    plain = replace(OLD, old_number="")
    first = brought(desk, OLD, replace(plain, entry=replace(LETTER, what="Lain")))
    before = rows_of(desk)
    desk.clock.advance(hours=1)
    again = brought(
        desk, OLD, replace(plain, entry=replace(LETTER, what="Lain")), replace(OLD, old_number=" 12 / 2026")
    )
    assert [each.outcome for each in again] == ["there"] * 3
    assert [each.number for each in again] == [first[0].number, first[1].number, first[0].number]
    assert rows_of(desk) == before


def test_numbers_that_begin_anew_each_year_are_other_reports(desk: Desk) -> None:
    later = replace(LETTER, received_at=THEN + timedelta(days=365), what="Loket tutup lebih awal.")
    assert [each.outcome for each in brought(desk, OLD, replace(OLD, entry=later))] == ["added", "added"]


def test_the_same_number_that_says_something_else_is_refused_and_never_lost_unseen(desk: Desk) -> None:
    first = only(desk)
    other = replace(OLD, entry=replace(LETTER, what="Petugas menolak berkas tanpa alasan."))
    for found in (foreseen(desk, [other]), brought(desk, other)):
        assert [(each.outcome, each.number) for each in found] == [("differs", first)]


def test_another_old_number_is_another_report_and_none_is_perhaps_the_same(desk: Desk) -> None:
    outcomes = [each.outcome for each in brought(desk, OLD, replace(OLD, old_number="13"), replace(OLD, old_number=""))]
    assert outcomes == ["added", "added", "there"]


def test_what_an_officer_entered_by_hand_is_known(desk: Desk) -> None:
    office = Office.at(desk)
    register_elsewhere(desk.office, office.rina, LETTER)
    assert [each.outcome for each in brought(desk, OLD)] == ["there"]


def test_work_on_it_goes_on_here(desk: Desk) -> None:
    office = Office.at(desk)
    number = office.routed(office.studied(only(desk, stage="under_review")), "internal", office.rina)
    assert desk.case(number).stage == "in_progress"
    assert office.whole(desk.case(number))
    closed = only(desk, stage="closed", answered_on=MONDAY.date(), old_number="2")
    office.did(case_answers.reporter_says, office.rina, closed, solved=False, words="belum selesai")
    assert desk.case(closed).stage == "under_review"


def test_every_stage_is_one_that_the_kind_has() -> None:
    for stage in stages("complaint") + stages("suggestion"):
        assert stage_for("complaint", stage) in stages("complaint")
        assert stage_for("suggestion", stage) in stages("suggestion")


def test_the_receipt_has_a_code_that_works(desk: Desk) -> None:
    [done] = brought(desk, OLD)
    code = "\n".join(line.text for line in done.receipt).split("Kode akses: ")[1].split("\n")[0]
    citizen = desk.citizen("6281234500099")
    assert "Diterima" in citizen.says(f"{done.number} {code}").text


ROWS = st.lists(
    st.builds(
        OldReport,
        st.integers(2, 9),
        st.builds(
            Entry,
            way=st.sampled_from(["letter", "box"]),
            received_at=st.sampled_from([THEN, THEN + timedelta(days=40)]),
            what=st.sampled_from(["Antrean lama", "Loket tutup", "x"]),
            name=st.sampled_from(["", "Yayat Hidayat", "Hamba Allah"]),
            phone=st.sampled_from(["", "081234500011"]),
            service=st.sampled_from(["", "loket"]),
            received_on=st.sampled_from([None, THEN.date()]),
            suggestion=st.booleans(),
        ),
        stage=st.sampled_from(["received", "under_review", "withdrawn", "closed", "noted"]),
        answered_on=st.just((THEN + timedelta(days=50)).date()),
        old_number=st.sampled_from(["", "1", "2"]),
    ),
    max_size=8,
)


def test_a_number_that_is_said_of_what_is_there_is_taken(desk: Desk) -> None:
    """Else the second would get the number, and the first would differ from it the next time."""
    unnumbered = replace(OLD, old_number="")
    other = replace(OLD, row=7, entry=replace(LETTER, what="Lain"))
    for _ in range(2):
        assert [each.outcome for each in brought(desk, unnumbered, OLD, other)][1:] == ["there", "differs"]


@given(reports=ROWS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_rows_a_repetition_makes_none_twice(desk: Desk, reports: list[OldReport]) -> None:
    said = foreseen(desk, reports)
    done = brought(desk, *reports)
    plain = [replace(each, number=None, receipt=()) for each in (*done, *said)]
    assert plain[: len(done)] == plain[len(done) :]
    count = len(desk.register())
    expected = ["differs" if each.outcome == "differs" else "there" for each in done]
    assert [each.outcome for each in brought(desk, *reports)] == expected
    assert [each.outcome for each in foreseen(desk, reports)] == expected
    assert len(desk.register()) == count
    for each in done:
        if each.outcome == "added" and each.number:
            case = desk.case(each.number)
            assert (case.kind, case.stage, case.late) == (each.kind, each.stage, each.late)
            assert case.stage in stages(case.kind)  # type: ignore[arg-type]


def test_what_was_answered_there_is_closed_without_another_answer(desk: Desk) -> None:
    office = Office.at(desk)
    number = only(desk, stage="answered", answer="Sudah dijelaskan.", answered_on=date(2026, 5, 4))
    office.studied(number)
    office.did(case_routes.report_result, office.rina, number, "Laporan.")
    office.did(case_answers.close, office.rina, number)
    assert desk.case(number).stage == "closed"
