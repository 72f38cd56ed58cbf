"""What is printed says what it has to, on pages that somebody can sign, whatever citizens wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.documents.case_file import case_file_pdf
from bot.documents.printable import DRAWN, OTHER_SCRIPT, drawn, printable
from bot.documents.receipt import receipt_pdf
from bot.documents.report import report_pdf
from handlers.case_printing import Paper
from handlers.case_secrecy import MASKED
from handlers.messages import Line
from storage.parties import PartyDetails
from tests.bot.documents.printed import pages, words
from tests.bot.documents.samples import AT, NUMBER, PAPER, RINA, STUDY, case, events, report, whole

MARKUP = r"#panic(1) *tebal* _miring_ $x^2$ @acuan <label> \ `kode` // = judul [kurung] {data} ~ -- ..."
RECEIPT = (
    Line("Pengaduan sudah dicatat", "strong"),
    Line(f"Nomor: {NUMBER}", "strong"),
    Line("• Kejadian: Antrean: tiga jam\nlalu loket ditutup"),
    Line("• Nama: Yayat Hidayat"),
    Line(""),
    Line("Laporan ini dicatat sebagai pengaduan."),
    Line("Dijawab paling lambat Kamis, 3 Desember 2026 (14 hari kerja)."),
    Line("Kode akses: 7K3M-Q0XZ", "strong"),
    Line("Simpan kode ini."),
)


def test_a_report_is_a_letter_from_its_author_to_their_superior() -> None:
    [letter] = pages(report_pdf(report("Mohon arahan.\n\nDasar:\n- Standar 61\n- UU 25/2009"), PAPER))
    for said in (
        "PEMERINTAH KABUPATEN PURWAKARTA",
        "PELAYANAN TERPADU SATU PINTU",
        "Jalan Contoh Nomor 1, Purwakarta",
        f"Nomor: {NUMBER}/LAP-1",
        "Pejabat Pengelola Pengaduan (Drs. Manajer Contoh)",
        "17 November 2026 pukul 14.05 WIB melalui Surat",
        "3 Desember 2026",
        "Industri Karoseri (KBLI 29102)",
        "Loket ditutup sebelum waktunya",
        "Mohon arahan. Dasar: - Standar 61 - UU 25/2009",
        "Purwakarta, 26 November 2026",
        "Rina Contoh, S.STP.",
        "Dicetak dari PASTI 26 November 2026 pukul 14.05 WIB oleh Rina Contoh",
        "Halaman 1 dari 1",
    ):
        assert said in letter
    assert "RAHASIA" not in letter
    assert "RAHASIA" in words(report_pdf(report(of=case(confidential=True)), PAPER))


def test_an_office_that_has_not_said_its_address_has_paper_too() -> None:
    assert "Nomor: ADU" in words(report_pdf(report(), Paper(AT)))


def test_the_study_sheet_goes_along_but_says_nothing_twice() -> None:
    [letter, annex] = pages(
        report_pdf(report("Dasar: Standar 61 komponen 4,\nUU 25/2009 Pasal 15.", study=STUDY), PAPER)
    )
    assert "Lampiran: lembar telaah" in annex
    assert "Rekaman kamera membenarkan pelapor." in annex
    assert "Inspektorat Daerah" in annex
    assert "UU 25/2009" in letter
    assert "UU 25/2009" not in annex


@pytest.mark.parametrize("paragraphs", range(1, 31, 3))
def test_a_signature_never_stands_alone(paragraphs: int) -> None:
    body = "\n\n".join(
        f"Alinea {n}. " + "Petugas loket dimintai keterangan secara tertulis. " * 9 for n in range(paragraphs)
    )
    found = pages(report_pdf(report(body), PAPER))
    assert f"Halaman 1 dari {len(found)}" in found[0]
    signed = found[-1]
    assert "Purwakarta, 26 November 2026 Petugas Pengaduan" in signed
    assert f"Alinea {paragraphs - 1}. Petugas" in signed
    assert all(f"Alinea {n}. " in " ".join(found) for n in range(paragraphs))


@pytest.mark.parametrize("sentences", range(20, 200, 20))
@pytest.mark.parametrize("between", [" ", "\n"])
def test_nor_after_one_passage_without_end(sentences: int, between: str) -> None:
    body = between.join(f"Kalimat ke-{n} dari uraian yang panjang sekali." for n in range(sentences))
    found = pages(report_pdf(report(body), PAPER))
    assert "Kalimat ke-0 " in found[0]
    assert f"ke-{sentences - 1} dari" in found[-1]
    assert "Purwakarta, 26 November 2026 Petugas Pengaduan" in found[-1]
    assert all(f"Kalimat ke-{n} " in " ".join(found) for n in range(sentences))


def test_a_body_of_three_pages_flows_on() -> None:
    sentences = [f"Kalimat ke-{n} dari uraian yang panjang sekali." for n in range(250)]
    found = pages(report_pdf(report(" ".join(sentences)), PAPER))
    assert len(found) >= 3
    assert f"{NUMBER}/LAP-1" in found[1]
    said = " ".join(found)
    assert all(f"ke-{n} " in said for n in range(250))


def test_marks_stay_text() -> None:
    for pdf in (
        report_pdf(report(MARKUP), PAPER),
        case_file_pdf(whole(case(subject=MARKUP)), PAPER),
        receipt_pdf([*RECEIPT, Line(f"• Layanan/tempat: {MARKUP}")], NUMBER, PAPER),
    ):
        assert MARKUP in words(pdf)


def test_what_the_fonts_lack_breaks_nothing() -> None:
    assert printable("halo 🙏🏽\u202e ✓ 𝐡𝐚𝐥𝐨 ﬁ \u0000x\r\ny") == "halo   halo fi x\ny"
    assert printable("nama: السلام عليكم, ya") == f"nama: {OTHER_SCRIPT}, ya"
    assert printable("中文") == OTHER_SCRIPT
    assert "Terima kasih [aksara lain] ya" in words(report_pdf(report("Terima kasih 🙏 ᮃᮊ᮪ᮞᮛ ya"), PAPER)).replace(
        "  ", " "
    )


def test_the_fonts_have_all_that_is_said_to_be_printable() -> None:
    """PDF/A refuses a character that no font has, where a plain PDF would leave it out."""
    every = [chr(code) for first, last in DRAWN for code in range(first, last + 1) if drawn(chr(code))]
    source = """
        #set document(date: datetime(year: 2026, month: 1, day: 1))
        #set text(font: "Libertinus Serif", fallback: false)
        #let every = json(bytes(sys.inputs.every))
        #for each in every [#each ] #strong(for each in every [#each ])
    """
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(source.encode(), font_paths=fonts, sys_inputs={"every": json.dumps(every)})
    assert compiler.compile(format="pdf", pdf_standards="a-2b")


@given(text=st.text(max_size=300))
def test_what_is_printable_is_drawn_and_stays_so(text: str) -> None:
    found = printable(text)
    assert all(character == "\n" or drawn(character) for character in found)
    assert printable(found) == found


@given(text=st.text(min_size=1, max_size=200))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_words_make_a_report(text: str) -> None:
    assert f"{NUMBER}/LAP-1" in words(report_pdf(report(text), PAPER))


def test_equal_values_give_equal_bytes() -> None:
    assert report_pdf(report(), PAPER) == report_pdf(report(), PAPER)
    assert report_pdf(report(), PAPER) != report_pdf(report(), replace(PAPER, by="Dewi Contoh"))


def test_a_receipt_says_number_due_day_code_and_how_to_ask() -> None:
    url = "https://pasti.contoh.example/"
    [said] = pages(receipt_pdf(RECEIPT, NUMBER, PAPER, officer=RINA, chat_url=url))
    for expected in (
        "TANDA TERIMA PENGADUAN",
        f"Nomor: {NUMBER}",
        "Antrean: tiga jam lalu loket ditutup",
        "Yayat Hidayat",
        "Kamis, 3 Desember 2026",
        "7K3M-Q0XZ",
        f"status {NUMBER}",
        url,
        "Rina Contoh",
    ):
        assert expected in said
    assert said.count(NUMBER) == 2  # nor is the line with the number said twice
    assert "Kode akses" not in words(receipt_pdf(RECEIPT[:-2], NUMBER, PAPER))


def test_a_case_file_holds_all_of_it() -> None:
    said = words(case_file_pdf(whole(), PAPER))
    for expected in (
        "BERKAS PENGADUAN",
        NUMBER,
        "SRN-2026-00001-4",
        "Yayat Hidayat",
        "081234500011",
        "Saya diminta datang lagi.",
        "Loket ditutup sebelum waktunya",
        "Rekaman kamera",
        "dinaikkan 26 Nov 2026",
        "Buntu.",
        "Mohon maaf.",
        "Laporan untuk atasan.",
        "Jalur dipilih tahap: Ditelaah → Ditindaklanjuti",
        "Drs. Manajer Contoh Catatan Pelapor sudah dihubungi.",
    ):
        assert expected in said
    assert "3214102509910004" not in said


def test_a_masked_reporter_stays_masked() -> None:
    said = words(case_file_pdf(whole(case(confidential=True), PartyDetails(1, MASKED)), PAPER))
    assert "RAHASIA" in said
    assert MASKED in said
    assert "Yayat" not in said


def test_an_empty_file_and_one_without_history_are_printed() -> None:
    empty: dict[str, Any] = {name: [] for name in ("evidence", "steps", "reports", "approvals", "answers", "attempts")}
    bare = case(kind="suggestion", due_on=None, route=None, core_problem=None, service=None, subject="")
    file = whole(bare, None, study=None, **empty)
    assert "(tidak ada uraian)" in words(case_file_pdf(file, PAPER))
    assert "Riwayat" not in words(case_file_pdf(replace(file, history=()), PAPER))
    long = replace(file, history=[event for _ in range(60) for event in events()])
    assert all("Waktu Siapa Apa" in page for page in pages(case_file_pdf(long, PAPER)))
