"""A case with all that can stand in its file, and the office's paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from handlers.case_file import CaseFile
from handlers.case_printing import Paper, Person, WholeFile, WrittenReport
from handlers.case_secrecy import Filed
from storage.models import (
    Answer,
    Approval,
    Case,
    CaseEvent,
    DeliveryAttempt,
    Evidence,
    Report,
    Step,
    StudySheet,
)
from storage.parties import PartyDetails

AT = datetime(2026, 11, 26, 7, 5, tzinfo=UTC)
NUMBER = "ADU-2026-00001-6"
PAPER = Paper(AT, ("Jalan Contoh Nomor 1, Purwakarta", "Telepon (0264) 000000"), "Rina Contoh")
RINA = Person("Rina Contoh, S.STP.", "Petugas Pengaduan", "DPMPTSP Kabupaten Purwakarta")
MANAGER = Person("Drs. Manajer Contoh", "Pejabat Pengelola Pengaduan", "DPMPTSP Kabupaten Purwakarta")
REPORTER = PartyDetails(
    1, "Yayat Hidayat", None, "081234500011", "y@contoh.example", "Jalan Contoh 5", "3214102509910004"
)
PEOPLE = {3: RINA, 4: MANAGER}
STANDARD = "Industri Karoseri (KBLI 29102)"


def case(**facts: Any) -> Case:
    usual: dict[str, Any] = {
        "id": 1,
        "number": NUMBER,
        "kind": "complaint",
        "stage": "in_progress",
        "channel": "letter",
        "received_at": AT - timedelta(days=9),
        "clock_started_at": AT - timedelta(days=9),
        "due_on": date(2026, 12, 3),
        "subject": "Antrean loket tiga jam tanpa penjelasan",
        "service": "loket MPP",
        "sector": "Perindustrian",
        "problem": "Biaya/tarif",
        "core_problem": "Loket ditutup sebelum waktunya",
        "route": "internal",
        "officer_id": 3,
        "updated_at": AT,
    }
    return Case(**usual | facts)


STUDY = StudySheet(
    case_id=1,
    basis=[{"text": "Standar 61 komponen 4"}, {"text": "UU 25/2009 Pasal 15"}],
    earlier=[{"text": "ADU-2026-00007-3"}],
    plan=[{"text": "klarifikasi"}],
    findings="Rekaman kamera membenarkan pelapor.",
    found_with="Inspektorat Daerah",
    updated_at=AT,
)


def report(body: str = "Mohon arahan.", *, of: Case | None = None, study: StudySheet | None = None) -> WrittenReport:
    filed = Report(
        id=1, case_id=1, number=f"{NUMBER}/LAP-1", kind="step", author_id=3, addressee_id=4, body=body, filed_at=AT
    )
    return WrittenReport(filed, of or case(), RINA, MANAGER, study, STANDARD)


def events() -> list[CaseEvent]:
    def event(sequence: int, actor: str, kind: str, **facts: Any) -> CaseEvent:
        sealed: dict[str, Any] = {"previous_hash": "", "hash": ""}
        at = AT - timedelta(days=9 - sequence)
        return CaseEvent(id=sequence, case_id=1, sequence=sequence, at=at, actor=actor, kind=kind, **sealed, **facts)

    return [
        event(1, "citizen", "opened", after={"number": NUMBER}),
        event(2, "officer", "routed", officer_id=3, before={"stage": "under_review"}, after={"stage": "in_progress"}),
        event(3, "officer", "noted_down", officer_id=4, note="Pelapor sudah dihubungi."),
    ]


def whole(of: Case | None = None, reporter: PartyDetails | None = REPORTER, **facts: Any) -> WholeFile:
    handed: dict[str, Any] = {"ended_at": AT, "outcome": "handed_up"}
    usual: dict[str, Any] = {
        "case": of or case(),
        "numbers": ["SRN-2026-00001-4", NUMBER],
        "reporters": [Filed(NUMBER, reporter)],
        "evidence": [Evidence(id=1, case_id=1, kind="voice", transcript="Saya diminta datang lagi.", added_at=AT)],
        "study": STUDY,
        "steps": [Step(id=1, case_id=1, sequence=1, route="internal", officer_id=3, given_at=AT, **handed)],
        "holding": None,
        "reports": [report("Laporan untuk atasan.").report],
        "approvals": [Approval(id=1, case_id=1, approver_id=4, why_not_settled="Buntu.", approved_at=AT)],
        "answers": [Answer(id=1, case_id=1, officer_id=3, body="Mohon maaf.", outbox_ids=[], at=AT)],
        "attempts": [
            DeliveryAttempt(id=1, case_id=1, reported_as=1, officer_id=3, means="letter", outcome="delivered", at=AT)
        ],
        "similar": [],
        "missing": [],
        "days_left": 5,
        "may": frozenset(),
    }
    return WholeFile(CaseFile(**usual | facts), PEOPLE, events(), STANDARD)
