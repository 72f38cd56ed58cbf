"""Rows and lines: which component a text belongs to."""

from __future__ import annotations

import pytest

from tests.knowledge.scans import HEAD, one, table


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["1\tPersyaratan\t:\tA. Umum:\t1. KTP;"], {1: "A. Umum:\n1. KTP;"}),
        (["1. Persyaratan\t: KTP", "Biaya/Tarif\tGratis"], {1: "KTP", 4: "Gratis"}),
        (["13\tJaminan\t: Aman", "\tKeamanan dan Keselamatan\tdan", "\tPelayanan\ttertib."], {13: "Aman dan tertib."}),
        (["3\tJangka Waktu\t: 7 hari", "", HEAD + "\tPenyelesaian\tkerja."], {3: "7 hari kerja."}),
        (["3\tJangka Waktu", "Penyelesaian\t: 7 hari"], {3: "7 hari"}),
        (["6\tPenanganan Pengaduan,", "Saran dan", "Masukan\t: 1. WA"], {6: "1. WA"}),
        (["1\tPersyaratan\t1. KTP", "", HEAD + "<p>asli;</p> <ol><li>2. STR.</li></ol>"], {1: "1. KTP asli;\n2. STR."}),
        (["1\tPersyaratan\t1. KTP;", "", HEAD + "1\tPersyaratan (lanjutan)\t2. STR."], {1: "1. KTP;\n2. STR."}),
        (["1\t2\t3", "4\tBiaya/Tarif\tGratis"], {4: "Gratis"}),
        (["1\tBiaya/Tarif\tGratis", "2\tPersyaratan\tKTP", "1\tJumlah Pelaksana\t3"], {1: "KTP", 4: "Gratis", 11: "3"}),
        (["7\tDasar Hukum\t1. UU;<table><tr><td>2. PP.</td></tr></table>"], {7: "1. UU;\n2. PP."}),
    ],
)  # fmt: skip
def test_rows(rows: list[str], expected: dict[int, str]) -> None:
    assert one(table(*rows)).components == expected


def test_plain_text_without_separators() -> None:
    standard = one(
        "7. Izin Praktik Bidan\nNO\nKOMPONEN\nURAIAN\n1 2 3\n1 Persyaratan A. Umum:\n1. KTP;\n2. Ijazah.\n"
        "3 Jangka Waktu : 7 hari kerja sejak\nPenyelesaian permohonan diterima.\n4 Biaya/Tarif Gratis\n\n- 12 -\n\n"
        "NO\nKOMPONEN\nURAIAN\n13 Jaminan Keamanan : 1. Petugas\ndan Keselamatan menjaga\nPelayanan pemohon.\n"
        "PRODUK LAYANAN: Izin\n"
    )
    assert standard.components == {
        1: "A. Umum:\n1. KTP;\n2. Ijazah.",
        3: "7 hari kerja sejak permohonan diterima.",
        4: "Gratis",
        5: "Izin",
        13: "1. Petugas menjaga pemohon.",
    }


def test_words_of_parts_and_labels_inside_a_text_stay_there() -> None:
    standard = one(
        "7. Izin A\nNO KOMPONEN URAIAN\n1. Persyaratan\n1. Mengikuti\nproses penyampaian pelayanan;\n2. Lengkap:\n"
        "Persyaratan; Jangka waktu penyelesaian;\nBiaya/tarif; dan lainnya.\n4. Biaya/Tarif\nGratis\n"
    )
    assert standard.components == {
        1: "1. Mengikuti proses penyampaian pelayanan;\n"
        "2. Lengkap: Persyaratan; Jangka waktu penyelesaian; Biaya/tarif; dan lainnya.",
        4: "Gratis",
    }
