"""Findings: the text is kept, the doubt is reported."""

from __future__ import annotations

import random

import pytest

from knowledge.doubts import damaged, odd_words
from knowledge.ingest import parse, read_scan
from tests.knowledge.invented import sound
from tests.knowledge.layouts import Style, tabs
from tests.knowledge.scans import SCANS, kinds, one, table


def test_a_damaged_scan_keeps_its_text_and_reports_its_doubts() -> None:
    standard = one(read_scan(SCANS / "damaged.txt"))
    assert (standard.number, standard.kbli, standard.risk) == (81, "86105", "Menengah Tinggi")
    assert standard.components[3] == "l4 hari kerja."
    assert standard.components[11] == "3O Orang"
    reported = {(finding.kind, finding.component, finding.excerpt) for finding in standard.findings}
    assert {kind_and_words for kind_and_words in reported if kind_and_words[0] == "ocr_doubt"} == {
        ("ocr_doubt", None, "8l"),
        ("ocr_doubt", None, "KBLI 86l05"),
        ("ocr_doubt", None, "K0MPONEN"),
        ("ocr_doubt", 3, "l4"),
        ("ocr_doubt", 11, "3O"),
    }
    assert reported >= {
        ("odd_spelling", 1, "Persyaratn"),
        ("odd_spelling", 4, "Biaya / Tarip"),
        ("odd_spelling", 6, "kelender"),
        ("number_gap", 1, "4. Surat dari dinas ext.103 atau info2@contoh.example;"),
        ("list_ends_open", 1, "4. Surat dari dinas ext.103 atau info2@contoh.example;"),
        ("missing_annex", 6, "Lampiran IV"),
        ("unknown_component", None, "Masa Berlaku: 5 (lima) tahun dan dapat diperpanjang."),
        ("missing_component", 14 - 1, ""),
    }
    assert ("missing_annex", 6, "Lampiran V") not in reported


def test_a_sound_standard_has_no_doubts() -> None:
    rng = random.Random(1)
    (standard,) = parse(tabs([sound(rng)], Style(breaks=0), rng))
    assert standard.findings == ()


def test_the_same_standard_twice_is_reported_on_both() -> None:
    row = "1\tPersyaratan\tKTP"
    first, second, third = parse(
        table(row) + "\n" + table(row, heading="8. Izin Praktik Bidan") + "\n" + table(row, heading="8. Lain")
    )
    assert "duplicate_standard" in kinds(first) & kinds(second)
    assert "duplicate_standard" not in kinds(third)
    assert "heading_doubt" in kinds(second) & kinds(third)


def test_a_component_that_comes_twice_is_kept_and_reported() -> None:
    standard = one(table("1\tPersyaratan\tKTP.", "4\tBiaya\tGratis", "1\tPersyaratan\tPas foto."))
    assert standard.components[1] == "KTP.\nPas foto."
    assert "repeated_component" in kinds(standard)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3O Orang", {"3O": "30"}),
        ("l4 hari", {"l4": "14"}),
        ("nomor 8l, 1OO", {"8l": "81", "1OO": "100"}),
        ("K0MPONEN pe1ayanan Per1zinan", {"K0MPONEN": "KOMPONEN", "pe1ayanan": "pelayanan", "Per1zinan": "Perizinan"}),
        ("30 0rang", {"0rang": "orang"}),
        ("4x6, A4, B3, D3/S1, H2O, PP5, 12B, 5S, m2, 2x24 jam, ext.103, BP2MI, P4GN, Rp500rb, ISO9001", {}),
        ("pengaduanptsp139@contoh.example pengaduan1o.contoh www.l0.example akun_1o", {}),
        ("a. 30 (tiga puluh) hari", {}),
    ],
)
def test_damaged_tokens_are_told_from_codes(text: str, meant: dict[str, str]) -> None:
    assert dict(damaged(text)) == meant


def test_odd_spellings_are_slips_and_not_other_words() -> None:
    odd = odd_words(
        [
            ("peraturan penyelenggaraan usaha kendaraan", 50),
            ("DPMPTSP pelayanan pengaduan konfirmasi", 50),
            ("kelender eskternal penyelengggaraan DPMPSTSP", 1),
            ("pelayaran pengadaan pengajuan pengaturan pengabuan klasifikasi sarjana pelaksana kendara", 1),
        ]
    )
    assert odd == {
        "kelender": "kalender",
        "eskternal": "eksternal",
        "penyelengggaraan": "penyelenggaraan",
        "dpmpstsp": "dpmptsp",
    }
