from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.case_rules import (
    Delivery,
    Handling,
    Outcome,
    Report,
    answer_due,
    can_move,
    can_reopen,
    classify,
    delivered_on,
    missing_to_close,
    moves,
    reopen_until,
    stages,
    usable_subject,
)
from knowledge.calendar import shipped_calendar

CALENDAR = shipped_calendar()
TODAY = date(2026, 11, 9)
COMPLETE = Report(
    name="Yayat",
    reachable=True,
    service="loket MPP Bale Madukara",
    what="dimintai 200rb",
    received_on=date(2026, 11, 8),
)


# ---------------------------------------------------------------- complaint or suggestion


def test_with_identity_and_subject_in_time_it_is_a_complaint() -> None:
    found = classify(COMPLETE, TODAY)
    assert (found.kind, found.lacks, found.late, found.days) == ("complaint", (), False, 1)
    assert found.last_day == date(2026, 12, 8)
    assert found.to_complain == ""
    assert "pengaduan" in found.reason


@pytest.mark.parametrize(
    ("days", "kind", "late"), [(0, "complaint", False), (30, "complaint", False), (31, "suggestion", True)]
)
def test_day_30_is_in_time_and_day_31_is_late(days: int, kind: str, late: bool) -> None:
    found = classify(replace(COMPLETE, received_on=TODAY - timedelta(days=days)), TODAY)
    assert (found.kind, found.late, found.days) == (kind, late, days)


def test_a_late_one_is_told_why_and_that_an_officer_decides() -> None:
    found = classify(replace(COMPLETE, received_on=date(2026, 9, 1)), TODAY)
    assert "69 hari" in found.reason
    assert "angka 2 dan 3" in found.reason
    assert "Petugas akan memutuskan" in found.to_complain


def test_nothing_received_yet_is_never_late() -> None:
    found = classify(replace(COMPLETE, received_on=None, what="dua bulan izin saya belum keluar"), TODAY)
    assert (found.kind, found.late, found.days, found.last_day) == ("complaint", False, None, None)
    assert "belum berjalan" in found.reason


def test_what_is_elsewhere_has_no_thirty_days() -> None:
    found = classify(replace(COMPLETE, received_on=date(2025, 1, 1), elsewhere=True), TODAY)
    assert (found.kind, found.late) == ("complaint", False)
    assert "tidak dihitung" in found.reason


@pytest.mark.parametrize(
    ("change", "lack", "words"),
    [
        ({"name": "Hamba Allah"}, "name", "nama pelapor"),
        ({"name": None}, "name", "nama pelapor"),
        ({"reachable": False}, "contact", "kontak"),
        ({"service": None}, "service", "layanan atau tempat"),
        ({"what": "mau lapor"}, "what", "apa yang terjadi"),
    ],
)
def test_without_identity_or_subject_it_is_a_suggestion_and_says_what_is_missing(
    change: dict[str, str | None], lack: str, words: str
) -> None:
    found = classify(replace(COMPLETE, **change), TODAY)  # type: ignore[arg-type]
    assert (found.kind, found.lacks, found.late) == ("suggestion", (lack,), False)
    assert words in found.reason
    assert words in found.to_complain
    assert "angka 5 huruf b" in found.reason


def test_several_things_missing_are_listed() -> None:
    found = classify(Report(), TODAY)
    assert found.lacks == ("name", "contact", "service", "what")
    assert (
        "nama pelapor, kontak yang bisa dihubungi, layanan atau tempat yang dimaksud dan apa yang terjadi"
        in found.reason
    )


def test_late_and_incomplete_says_both() -> None:
    found = classify(replace(COMPLETE, name="anonim", received_on=date(2026, 9, 1)), TODAY)
    assert (found.kind, found.lacks, found.late) == ("suggestion", ("name",), True)
    assert "huruf b" in found.reason
    assert "69 hari" in found.reason
    assert "Petugas akan memutuskan" in found.to_complain
    assert "nama pelapor" in found.to_complain


def test_a_suggestion_that_was_meant_as_one_stays_one() -> None:
    found = classify(replace(COMPLETE, meant_as_suggestion=True), TODAY)
    assert (found.kind, found.to_complain, found.lacks, found.late) == ("suggestion", "", (), False)


@pytest.mark.parametrize("text", [None, "", " ", "-", "mau lapor", "saya mau bikin pengaduan", "ga tau", "12", "?!"])
def test_a_wish_to_complain_is_no_subject(text: str | None) -> None:
    assert not usable_subject(text)


@pytest.mark.parametrize("text", ["pungli", "petugasnya jutek", "WC mampet", "loket 3", "izin apotek"])
def test_what_happened_is_a_subject(text: str) -> None:
    assert usable_subject(text)


REPORTS = st.builds(
    Report,
    name=st.sampled_from([None, "anonim", "Yayat", "PT Maju"]),
    reachable=st.booleans(),
    service=st.sampled_from([None, "loket 3"]),
    what=st.sampled_from([None, "lapor", "dibentak"]),
    received_on=st.none() | st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    meant_as_suggestion=st.booleans(),
    elsewhere=st.booleans(),
)


@given(REPORTS, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_classification_agrees_with_itself(report: Report, today: date) -> None:
    found = classify(report, today)
    if report.meant_as_suggestion:
        assert found.kind == "suggestion"
        return
    assert (found.kind == "complaint") == (not found.lacks and not found.late) == (found.to_complain == "")
    assert found.reason.endswith(".")
    late = report.received_on is not None and not report.elsewhere and today > report.received_on + timedelta(days=30)
    assert found.late == late


@given(REPORTS, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 400))
def test_who_says_more_or_comes_earlier_never_gets_less(report: Report, today: date, days: int) -> None:
    if classify(report, today).kind == "complaint":
        more = replace(report, name="Asep", reachable=True, service="MPP", what="dipungut biaya")
        assert classify(more, today).kind == "complaint"
        assert classify(report, today - timedelta(days=days)).kind == "complaint"


# ---------------------------------------------------------------- clocks


def test_due_days() -> None:
    assert answer_due(date(2026, 11, 9), CALENDAR).day == date(2026, 11, 27)
    assert answer_due(date(2026, 3, 9), CALENDAR).day == date(2026, 4, 6)
    assert reopen_until(date(2026, 11, 9), CALENDAR).day == date(2026, 11, 23)
    assert answer_due(date(2027, 12, 20), CALENDAR).findings


# ---------------------------------------------------------------- stages


def test_a_complaint_goes_its_way() -> None:
    way = ("received", "under_review", "in_progress", "waiting_for_reporter", "in_progress", "answered", "closed")
    for index, stage in enumerate(way[:-1]):
        assert can_move("complaint", stage, way[index + 1])  # type: ignore[arg-type]
    assert not can_move("complaint", "received", "closed")
    assert not can_move("complaint", "in_progress", "closed")
    assert not can_move("complaint", "received", "noted")


def test_a_suggestion_is_noted_and_answered() -> None:
    assert can_move("suggestion", "received", "noted")
    assert can_move("suggestion", "noted", "answered")
    assert not can_move("suggestion", "noted", "under_review")
    assert moves("suggestion", "in_progress") == frozenset()


def test_every_move_leads_to_a_stage_of_the_kind_and_what_is_withdrawn_stays_so() -> None:
    for kind in ("complaint", "suggestion"):
        for stage in stages(kind):
            assert moves(kind, stage) <= set(stages(kind)) - {stage}
        assert moves(kind, "withdrawn") == frozenset()
        open_ones = set(stages(kind)) - {"withdrawn", "closed", "answered"}
        assert all(can_move(kind, stage, "withdrawn") for stage in open_ones)


def test_an_answer_can_be_reopened_for_ten_working_days() -> None:
    last = date(2026, 11, 23)
    assert can_reopen("complaint", "answered", TODAY, last, CALENDAR)
    assert can_reopen("complaint", "closed", TODAY, last, CALENDAR)
    assert not can_reopen("complaint", "answered", TODAY, last + timedelta(days=1), CALENDAR)
    assert not can_reopen("complaint", "in_progress", TODAY, last, CALENDAR)
    assert not can_reopen("complaint", "answered", None, last, CALENDAR)
    assert not can_reopen("suggestion", "answered", TODAY, last, CALENDAR)


# ---------------------------------------------------------------- closing

MONDAY = datetime(2026, 11, 9, 3, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
READ = Delivery("whatsapp", "read", MONDAY)
HANDLED = Handling("Perindustrian", "Biaya/Tarif", "Pungutan di loket", True, {"ADU-2026-00001-6": date(2026, 11, 9)})


def test_nothing_is_missing_when_all_is_done() -> None:
    assert missing_to_close(HANDLED) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sector": None}, "bidang"),
        ({"problem": ""}, "jenis masalah"),
        ({"core_problem": "  "}, "inti masalah"),
        ({"written_report": False}, "laporan tertulis"),
        ({"arrivals": {}}, "sampai kepada pelapor"),
        ({"arrivals": {"ADU-2026-00001-6": None}}, "sampai kepada pelapor"),
        ({"arrivals": {"ADU-2026-00001-6": TUESDAY.date(), "ADU-2026-00002-4": None}}, "pelapor ADU-2026-00002-4"),
    ],
)
def test_the_gate_says_what_is_missing(change: dict[str, object], words: str) -> None:
    [missing] = missing_to_close(replace(HANDLED, **change))  # type: ignore[arg-type]
    assert words in missing


def test_the_gate_lists_everything_that_is_missing() -> None:
    assert len(missing_to_close(Handling())) == 5


@pytest.mark.parametrize(
    ("means", "outcome", "arrived"),
    [
        ("whatsapp", "sent", False),
        ("whatsapp", "delivered", True),
        ("whatsapp", "read", True),
        ("whatsapp", "failed", False),
        ("telegram", "sent", True),
        ("telegram", "queued", False),
        ("web", "sent", True),
        ("in_person", "told", True),
        ("phone", "told", True),
        ("phone", "not_reached", False),
        ("letter", "sent", False),
        ("letter", "told", True),
        ("email", "sent", False),
    ],
)
def test_what_counts_as_delivered(means: str, outcome: Outcome, arrived: bool) -> None:
    assert (delivered_on([Delivery(means, outcome, MONDAY)]) == date(2026, 11, 9)) is arrived


def test_three_attempts_on_two_days_by_two_means_count_as_delivered() -> None:
    call, mail = Delivery("phone", "not_reached", MONDAY), Delivery("email", "sent", TUESDAY)
    later = Delivery("phone", "not_reached", TUESDAY + timedelta(hours=1))
    assert delivered_on([mail, call, later]) == date(2026, 11, 10)
    assert delivered_on([call, mail]) is None
    assert delivered_on([call, replace(call, means="email"), call]) is None, "one day only"
    assert delivered_on([call, later, replace(later, at=later.at + timedelta(days=1))]) is None, "one means only"


def test_the_day_of_delivery_is_jakartas() -> None:
    assert delivered_on([replace(READ, at=datetime(2026, 11, 8, 18, tzinfo=UTC))]) == date(2026, 11, 9)
