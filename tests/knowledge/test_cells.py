"""The canonical text of a cell."""

from __future__ import annotations

import pytest

from tests.knowledge.scans import HEAD, one, table


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1. Diklat PTSP;  2. Diklat OSS.", "1. Diklat PTSP;\n2. Diklat OSS."),
        ("A. Umum: 1. KTP; 2. STR. B. Khusus: 1. SIP.", "A. Umum:\n1. KTP;\n2. STR.\nB. Khusus:\n1. SIP."),
        ("1. Sesuai Pasal 65 PP Nomor 5 Tahun 2021. 2. Ada.", "1. Sesuai Pasal 65 PP Nomor 5 Tahun 2021.\n2. Ada."),
        ("1. Jl. Veteran No. 2. Purwakarta", "1. Jl. Veteran No. 2. Purwakarta"),
        ("1. Kec. Purwakarta, ext.103, 5 tahun", "1. Kec. Purwakarta, ext.103, 5 tahun"),
        ("<ol><li>1. <i>Pantry</i>, <b>AC</b>;</li></ol>", "1. Pantry, AC;"),
        ("<p>1.&nbsp;R&D &amp; &lt;b&gt;;<br/>2.   Dua</p>", "1. R&D & <b>;\n2. Dua"),
        ("<ol><li>KTP;</li><li>Foto:<ol><li>a4</li><li>b5</li></ol></li></ol>", "1. KTP;\n2. Foto:\na. a4\nb. b5"),
        ('<ol start="3" type="a"><li>tiga</li></ol>', "c. tiga"),
        ("<ul><li>- KTP</li><li>- STR</li></ul>", "- KTP\n- STR"),
        ("modal < 5 miliar dan > 1 miliar", "modal < 5 miliar dan > 1 miliar"),
        ("I. Umum: a. KTP; b. STR. II. Khusus.", "I. Umum:\na. KTP;\nb. STR.\nII. Khusus."),
        ("operasional-<br>komersial dan/<br>atau lain", "operasional-komersial dan/atau lain"),
        ("**A. Umum:** isi", "A. Umum: isi"),
        ("NIK: ____ dan __x__", "NIK: ____ dan __x__"),
    ],
)
def test_cells(cell: str, expected: str) -> None:
    assert one(table(f"1\tPersyaratan\t: {cell}")).components[1] == expected


def test_a_list_without_markers_goes_on_over_a_page() -> None:
    rows = ["1\tPersyaratan\t: <ol> <li>KTP;</li> <li>STR;</li> </ol>", "", HEAD + "\t\t<ol> <li>SIP.</li> </ol>"]
    assert one(table(*rows)).components[1] == "1. KTP;\n2. STR;\n3. SIP."
