"""A written report of a case, as a letter from its author to whom it is addressed (component 6, points 7 and 8)."""

from __future__ import annotations

from bot.console.case_words import KINDS
from bot.documents.document import (
    Document,
    Node,
    ending,
    facts,
    heading,
    letter_day,
    letter_moment,
    new_page,
    prose,
    signature,
    to_pdf,
)
from handlers.case_printing import Paper, Person, WrittenReport
from handlers.ways_in import way_name
from storage.models import StudySheet

_TITLES = {"step": "Laporan tahap penanganan", "result": "Laporan hasil penanganan", "closing": "Laporan penutup"}
_CLOSING = "Demikian laporan ini disampaikan untuk menjadi periksa."


def report_pdf(written: WrittenReport, paper: Paper) -> bytes:
    """The letter: addressee, facts, the words of its author, signature; the study sheet goes along as an annex.

    Nothing is said twice: what the author's words repeat of the study sheet is left out of the annex.
    """
    report = written.report
    parts = [_addressed(written), heading("Perkara"), _case(written), heading("Uraian"), ending(report.body)]
    parts.append(signature(_CLOSING, written.author, report.filed_at))
    if annex := _annex(written):
        parts += [new_page(), heading("Lampiran: lembar telaah"), *annex]
    return to_pdf(
        Document(
            title=_TITLES.get(report.kind, "Laporan tertulis"),
            number=report.number,
            parts=parts,
            subject=f"Laporan {report.number}",
            confidential=written.case.confidential,
        ),
        paper,
    )


def _addressed(written: WrittenReport) -> Node:
    case, addressee = written.case, written.addressee
    return facts(
        [
            ("Yth.", _introduced(addressee) if addressee else "Atasan langsung"),
            ("Dari", _introduced(written.author)),
            ("Tanggal", letter_day(written.report.filed_at)),
            ("Sifat", "Rahasia" if case.confidential else "Biasa"),
            ("Hal", f"{KINDS[case.kind]} {case.number}{f' tentang {case.service}' if case.service else ''}"),
        ]
    )


def _introduced(person: Person) -> str:
    """`Pejabat Pengelola Pengaduan (Bu Manajer)`, and the agency below."""
    first = f"{person.position} ({person.name})" if person.position else person.name
    return "\n".join(filter(None, (first, person.agency)))


def _case(written: WrittenReport) -> Node:
    case = written.case
    return facts(
        [
            ("Diterima", f"{letter_moment(case.received_at)} melalui {way_name(case.channel)}"),
            ("Batas jawaban", letter_day(case.due_on) if case.due_on else None),
            ("Standar pelayanan", written.standard),
            ("Bidang", case.sector),
            ("Jenis masalah", case.problem),
            ("Inti masalah", _unless_said(case.core_problem, written)),
        ]
    )


def _annex(written: WrittenReport) -> list[Node]:
    """The study sheet as it stands when it is printed, with its day: it may have grown since the report was filed."""
    study = written.study
    if study is None:
        return []
    rows = [(name, _unless_said(text, written)) for name, text in study_rows(study)]
    if not any(text for _, text in rows):
        return []
    return [facts(rows), prose(f"Keadaan lembar telaah pada {letter_moment(study.updated_at)}.")]


def study_rows(study: StudySheet) -> list[tuple[str, str | None]]:
    """What a study sheet holds, by name."""
    return [
        ("Dasar", _listed(study.basis)),
        ("Dokumen sebelumnya", _listed(study.earlier)),
        ("Rencana", _listed(study.plan)),
        ("Temuan", study.findings),
        ("Ditemukan bersama", study.found_with),
    ]


def _listed(items: list[dict[str, str]]) -> str:
    texts = [str(item["text"]) for item in items]
    return texts[0] if len(texts) == 1 else "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _unless_said(text: str | None, written: WrittenReport) -> str | None:
    """None where the report's own words have each line of it already."""
    said = " ".join(written.report.body.split())
    lines = [" ".join(line.split()).lstrip("0123456789. ") for line in (text or "").splitlines()]
    return None if all(line in said for line in lines) else text
