"""A whole case on paper, as one reader may see it: what was reported, what was done, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.console.case_words import (
    KINDS,
    MEANS,
    OUTCOMES,
    REPORT_KINDS,
    SHORT_ROUTES,
    STAGES,
    evidence_label,
    history_line,
)
from bot.console.pages import moment
from bot.documents.document import Document, Node, facts, heading, letter_day, letter_moment, prose, table, to_pdf
from bot.documents.report import study_rows
from handlers.case_file import CaseFile
from handlers.case_printing import Paper, Person, WholeFile
from handlers.ways_in import way_name
from knowledge.entities import mask_nik
from storage.parties import PartyDetails

Names = Mapping[int, str]


def case_file_pdf(whole: WholeFile, paper: Paper) -> bytes:
    """The file as it is now. The reporter stands in it as that reader may see them, and the NIK never in full."""
    file, names = whole.file, {id_: person.name for id_, person in whole.people.items()}
    parts = [
        _facts(whole),
        *_reporter(file),
        heading("Isi laporan"),
        prose(file.case.subject or "(tidak ada uraian)"),
        *_evidence(file),
        *_study(file),
        *_steps(file, names),
        *_approvals(file, names),
        *_answers(file, names),
        *_reports(file, whole.people),
        *_history(whole, names),
    ]
    case = file.case
    title = f"Berkas {KINDS[case.kind]}"
    return to_pdf(Document(title, case.number, parts, f"Berkas {case.number}", case.confidential), paper)


def _facts(whole: WholeFile) -> Node:
    file, case = whole.file, whole.file.case
    officer = whole.people.get(case.officer_id or 0)
    others = [number for number in file.numbers if number != case.number]
    return facts(
        [
            ("Nomor lain", ", ".join(others)),
            ("Tahap", STAGES[case.stage]),
            ("Diterima", f"{letter_moment(case.received_at)} melalui {way_name(case.channel)}"),
            ("Batas jawaban", letter_day(case.due_on) if case.due_on else None),
            ("Jawaban sampai", letter_day(case.delivered_on) if case.delivered_on else None),
            ("Layanan/tempat", case.service),
            ("Standar pelayanan", whole.standard),
            ("Waktu kejadian", letter_day(case.happened_on) if case.happened_on else None),
            ("Layanan diterima", letter_day(case.received_on) if case.received_on else None),
            ("Bidang", case.sector),
            ("Jenis masalah", case.problem),
            ("Instansi berwenang", case.competent_agency),
            ("Jalur", SHORT_ROUTES.get(case.route or "")),
            ("Petugas", officer.name if officer else None),
            ("Keterlambatan", case.late_decision_reason if case.late else None),
        ]
    )


def _reporter(file: CaseFile) -> list[Node]:
    known = [(each.number, each.reporter) for each in file.reporters if each.reporter is not None]
    return [
        node
        for number, reporter in known
        for node in (heading("Pelapor" if len(known) == 1 else f"Pelapor {number}"), _identity(reporter))
    ]


def _identity(reporter: PartyDetails) -> Node:
    nik = mask_nik("".join(c for c in reporter.nik if c.isdigit())) if reporter.nik else None
    rows = [
        ("Nama", reporter.name),
        ("Telepon", reporter.phone),
        ("Email", reporter.email),
        ("Alamat", reporter.address),
        ("NIK", nik),
    ]
    return facts(rows)


def _evidence(file: CaseFile) -> list[Node]:
    if not file.evidence:
        return []
    rows = [(moment(item.added_at), evidence_label(item), item.transcript or "-") for item in file.evidence]
    return [heading("Bukti"), table(("Diterima", "Apa", "Isi, ditulis petugas"), rows, (3, 3, 5))]


def _study(file: CaseFile) -> list[Node]:
    rows = [("Inti masalah", file.case.core_problem), *(study_rows(file.study) if file.study else [])]
    return [heading("Lembar telaah"), facts(rows)] if any(text for _, text in rows) else []


def _steps(file: CaseFile, names: Names) -> list[Node]:
    if not file.steps:
        return []
    rows = [
        (
            moment(step.given_at),
            f"{names.get(step.officer_id, 'Petugas')} ({SHORT_ROUTES[step.route]})",
            f"{OUTCOMES[step.outcome]} {moment(step.ended_at)}"
            if step.outcome and step.ended_at
            else "sedang dipegang",
        )
        for step in file.steps
    ]
    return [heading("Jalur penanganan"), table(("Diterima", "Pemegang", "Hasil"), rows, (3, 4, 4))]


def _approvals(file: CaseFile, names: Names) -> list[Node]:
    found: list[Node] = []
    for approval in file.approvals:
        ground = names.get(approval.approver_id or 0) or approval.provision
        rows = [
            ("Tanggal", letter_day(approval.approved_at)),
            ("Dasar pelibatan", ground),
            ("Alasan", approval.why_not_settled),
        ]
        found += [heading("Pelibatan Inspektorat (APIP)"), facts(rows)]
    return found


def _answers(file: CaseFile, names: Names) -> list[Node]:
    found: list[Node] = []
    for answer in file.answers:
        who = names.get(answer.officer_id, "Petugas")
        found += [heading(f"Jawaban kepada pelapor, {letter_moment(answer.at)}, oleh {who}"), prose(answer.body)]
    if file.attempts:
        rows = [
            (
                moment(attempt.at),
                MEANS.get(attempt.means, attempt.means),
                "sampai" if attempt.outcome == "delivered" else "tidak sampai",
                attempt.note or "-",
            )
            for attempt in file.attempts
        ]
        found += [heading("Penyampaian jawaban"), table(("Waktu", "Lewat", "Hasil", "Catatan"), rows, (3, 2, 2, 4))]
    return found


def _reports(file: CaseFile, people: Mapping[int, Person]) -> list[Node]:
    found: list[Node] = []
    for report in file.reports:
        author, addressee = people.get(report.author_id), people.get(report.addressee_id or 0)
        rows = [
            ("Tanggal", letter_moment(report.filed_at)),
            ("Dari", author.name if author else None),
            ("Kepada", addressee.name if addressee else None),
        ]
        found += [heading(f"{REPORT_KINDS[report.kind]} {report.number}"), facts(rows), prose(report.body)]
    return found


def _history(whole: WholeFile, names: Names) -> Sequence[Node]:
    if not whole.history:
        return ()
    rows = []
    for event in whole.history:
        line = history_line(event, names)
        details = "; ".join(f"{name}: {value}" for name, value in line.details)
        rows.append((line.at, line.who, (line.what, "\n".join(filter(None, (details, line.note))))))
    return heading("Riwayat"), table(("Waktu", "Siapa", "Apa"), rows, (3, 3, 8))
