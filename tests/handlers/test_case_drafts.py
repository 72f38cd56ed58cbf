"""What a written report says before its author has changed a word."""

from __future__ import annotations

from datetime import UTC, date, datetime

from handlers.case_drafts import draft
from storage.models import Case, Step, StudySheet

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
CASE = Case(
    id=1,
    number="ADU-2026-00001-6",
    kind="complaint",
    channel="letter",
    received_at=NOW,
    updated_at=NOW,
    subject="petugas  marah-marah\ntanpa alasan",
    service="Loket MPP",
    due_on=date(2026, 12, 1),
    sector="Perizinan",
    problem="Kompetensi Pelaksana",
    core_problem="Petugas bersikap kasar",
)


def test_a_report_begins_with_the_matter_and_repeats_nothing_of_the_table_over_it() -> None:
    said = draft(CASE, None, [], {})
    assert said == "Pokok laporan: petugas marah-marah tanpa alasan\n\nInti masalah: Petugas bersikap kasar"


def test_a_report_tells_what_was_studied_decided_and_answered() -> None:
    study = StudySheet(
        case_id=1,
        basis=[{"text": "Standar 61"}],
        earlier=[],
        plan=[{"text": "klarifikasi"}],
        findings="benar",
        updated_at=NOW,
    )
    step = Step(
        id=1, case_id=1, sequence=1, route="internal", officer_id=2, given_at=NOW, ended_at=NOW, outcome="decided"
    )
    said = draft(CASE, study, [step], {2: "Rina"}, result="Mohon maaf.")
    for words in (
        "Dasar:\n- Standar 61",
        "Rencana: klarifikasi.",
        "Temuan: benar",
        "- Rina: diputuskan",
        "Mohon maaf.",
    ):
        assert words in said
