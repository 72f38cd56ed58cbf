"""What a heading says, and what only looks like one."""

from __future__ import annotations

import pytest

from knowledge.ingest import parse
from tests.knowledge.scans import HEAD, kinds, of_kind, one, table


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (
            "61. Sertifikat Standar (Risiko Menengah Tinggi) KBLI 29102 Industri Kendaraan",
            (61, "Industri Kendaraan", "29102", "Menengah Tinggi", "Sertifikat Standar"),
        ),
        ("12. Izin (Risiko Tinggi) KBLI 86105 Klinik (Swasta)", (12, "Klinik (Swasta)", "86105", "Tinggi", "Izin")),
        ("7. Izin Praktik Bidan", (7, "Izin Praktik Bidan", None, None, None)),
        ("No. 7 Izin Apotek (Baru)", (7, "Izin Apotek (Baru)", None, None, None)),
        (
            "12) Izin Rumah Sakit Swasta KBLI 86105 (RISIKO TINGGI)",
            (12, "Rumah Sakit Swasta", "86105", "Tinggi", "Izin"),
        ),
        (
            "12. Rumah Sakit Swasta (KBLI 86105, Risiko: Menengah-Rendah)",
            (12, "Rumah Sakit Swasta", "86105", "Menengah Rendah", None),
        ),
        ("12. KBLI 2020: 86105 – Rumah Sakit (Menengah Tinggi)", (12, "Rumah Sakit", "86105", "Menengah Tinggi", None)),
        ("12. Izin (Risiko Sedang) KBLI 86105 Klinik", (12, "Klinik", "86105", "Sedang", "Izin")),
        ("6l. Izin (Risiko Tinggi) KBLI 2910Z Kapal", (61, "Kapal", "29102", "Tinggi", "Izin")),
        ("6. Izin (Risiko T1nggi) K8LI 29l02 Kapal", (6, "Kapal", "29102", "Tinggi", "Izin")),
        ("5. Jasa Penilaian Risiko Usaha", (5, "Jasa Penilaian Risiko Usaha", None, None, None)),
        ("5. Izin\n(Risiko Tinggi)\nKBLI 86105 Aktivitas\nKlinik", (5, "Aktivitas Klinik", "86105", "Tinggi", "Izin")),
        ("**5. Izin (Risiko Tinggi)**\n\n**KBLI 86105 Klinik**", (5, "Klinik", "86105", "Tinggi", "Izin")),
        ("<h3>5. Izin KBLI 86105 Klinik &amp; Apotek</h3>", (5, "Klinik & Apotek", "86105", None, "Izin")),
        ("### **5.** Izin Klinik", (5, "Izin Klinik", None, None, None)),
    ],
)
def test_headings(heading: str, expected: tuple[object, ...]) -> None:
    standard = one(table("1\tPersyaratan\tKTP", "4\tBiaya/Tarif\tGratis", "5\tProduk Layanan\tIzin", heading=heading))
    assert (standard.number, standard.title, standard.kbli, standard.risk, standard.product) == expected


def test_a_misread_heading_is_a_finding() -> None:
    standard = one(table("1\tPersyaratan\tKTP", heading="6l. Izin (Risiko Tinggi) KBLI 29l02 Kapal"))
    assert [finding.excerpt for finding in of_kind(standard, "ocr_doubt")] == ["6l", "KBLI 29l02"]


def test_list_items_are_no_headings() -> None:
    standards = parse(
        "7. Izin Praktik Bidan\n\nNO KOMPONEN URAIAN\n1\nPersyaratan\n1. Skala usaha\n2. Izin KBLI 86105 yang ada\n\n"
        "NO KOMPONEN URAIAN\n3. Pas foto\n\nNO KOMPONEN URAIAN\n4\nBiaya/Tarif\nGratis\n\n"
        "8. Izin Praktik Dokter\nNO KOMPONEN URAIAN\n1\nPersyaratan\n1. Ijazah\n"
    )
    assert [(s.number, s.title) for s in standards] == [(7, "Izin Praktik Bidan"), (8, "Izin Praktik Dokter")]
    assert standards[0].components == {
        1: "1. Skala usaha\n2. Izin KBLI 86105 yang ada\n3. Pas foto",
        4: "Gratis",
    }


def test_a_table_of_contents_a_signature_and_chapter_titles_stay_outside() -> None:
    first, second = parse(
        "LAMPIRAN III\nDAFTAR ISI\n1. Izin (Risiko Tinggi) KBLI 86105 Klinik ... 3\n2. Izin Praktik Bidan ... 5\n\n"
        "B. SEKTOR KESEHATAN\n\n"
        + table("1\tPersyaratan\tKTP", "4\tBiaya/Tarif\tGratis", heading="1. Izin (Risiko Tinggi) KBLI 86105 Klinik")
        + "\nC. TENAGA KESEHATAN\n\n"
        + table("1\tPersyaratan\tSTR", "4\tBiaya/Tarif\tGratis", heading="2. Izin Praktik Bidan")
        + "\nDitetapkan di Contoh\nBUPATI CONTOH,\nttd\n"
    )
    assert (first.title, first.components) == ("Klinik", {1: "KTP", 4: "Gratis"})
    assert (second.title, second.components) == ("Izin Praktik Bidan", {1: "STR", 4: "Gratis"})
    assert "BUPATI CONTOH" in of_kind(second, "stray_text")[0].excerpt


def test_headings_may_be_rows_of_the_table() -> None:
    rows = "{}.\tIzin KBLI {} Kapal\t\n1\tPersyaratan\tKTP\n4\tBiaya\tGratis\n"
    standards = parse(HEAD + rows.format(61, 29102) + rows.format(62, 29103))
    assert [(s.number, s.kbli, len(s.components)) for s in standards] == [(61, "29102", 2), (62, "29103", 2)]


def test_a_standard_without_a_heading_is_reported() -> None:
    standard = one(HEAD + "1\tPersyaratan\tKTP\n4\tBiaya\tGratis\n5\tProduk Layanan\tIzin\n")
    assert standard.number == 1
    assert kinds(standard) >= {"heading_doubt", "missing_component"}
