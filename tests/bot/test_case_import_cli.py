"""`pasti case import` with registers as offices keep them."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from bot.case_cli import case_app
from storage.database import Database
from tests.bot.documents.printed import words

HEADINGS = (
    "No",
    "No. Register",
    "TGL. Masuk",
    "Media",
    "Nama Pelapor",
    "No HP",
    "Uraian",
    "Layanan",
    "Status",
    "Selesai pada",
)
ANSWERED = ("Tindak lanjut", "Tanggal selesai")
GOOD: Sequence[Sequence[Any]] = (
    (
        1,
        "12/2024",
        "3/2/2024",
        "WA",
        "Yayat Hidayat",
        81234500011,
        "Antrean tiga jam",
        "loket",
        "Selesai",
        "",
        "Ok",
        "9/2/2024",
    ),
    (2, "13/2024", "5 Maret 2024", "Surat", "Hamba Allah", "-", "Mohon tambah kursi", "", "", ""),
    (
        3,
        "14/2024",
        "6 Maret 2024",
        "Telp",
        "Budi Contoh",
        "081234500022",
        "Petugas meminta uang 200 ribu",
        "izin apotek",
        "Proses",
        "",
    ),
)
BAD = (4, "15/2024", "31/2/2024", "merpati", "Ani Contoh", "081234500033", "=A1", "loket", "", "")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's folder with its database, and no settings of this machine."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    with closing(Database.open(f"sqlite:///{tmp_path}/data/pasti.db")) as database:
        database.migrate()
    return tmp_path


def book(*rows: Sequence[Any], merge: str = "") -> str:
    made = openpyxl.Workbook()
    made.active.append(["BUKU REGISTER PENGADUAN"])
    made.active.merge_cells("A1:F1")
    made.active.append([*HEADINGS, *ANSWERED])
    for row in rows:
        made.active.append(list(row))
    if merge:
        made.active.merge_cells(merge)
    made.save("register.xlsx")
    return "register.xlsx"


def pasti(*said: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(case_app, said)
    assert result.exit_code == exit_code, result.output
    return result


def dump(folder: Path) -> list[str]:
    def lines() -> Iterator[str]:
        with closing(Database.open(f"sqlite:///{folder}/data/pasti.db")) as database, database.reader() as conn:
            yield from conn.connection.driver_connection.iterdump()  # type: ignore[union-attr]

    return list(lines())


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(folder: Path) -> None:
    before, files = dump(folder), sorted(folder.rglob("*"))
    said = pasti("import", book(*GOOD), "--dry-run").stdout
    assert "3 rows: 3 would be added, 0 are there already, 0 rejected." in said
    assert "2 complaints, 1 suggestions; 0 late, 1 confidential. Stages: 1 closed, 1 in progress, 1 received." in said
    assert dump(folder) == before
    assert {path.name for path in set(folder.rglob("*")) - set(files)} <= {
        "register.xlsx",
        "pasti.db-wal",
        "pasti.db-shm",
    }


def test_what_cannot_be_read_is_told_by_row_and_the_rest_comes_in_once() -> None:
    said = pasti("import", book(*GOOD, BAD), exit_code=1)
    assert "Row 6, column G (Isi/Uraian): is a formula" in said.stderr
    assert "Column J (Selesai pada) is not used." in said.stderr
    assert "4 rows: 3 were added, 0 are there already, 1 rejected." in said.stdout
    mended = (*BAD[:2], "28/2/2024", "Surat", *BAD[4:6], "Loket tutup", *BAD[7:])
    again = json.loads(pasti("import", book(*GOOD, mended), "--json").stdout)
    assert (again["added"], again["there_already"], again["rejected"]) == (1, 3, 0)
    listed = json.loads(pasti("list", "--json").stdout)
    assert [each["stage"] for each in listed] == ["closed", "received", "received", "in_progress"]
    assert listed[0]["reporter"]["phone"] == "081234500011"
    assert listed[0]["events"][0]["after"]["old_number"] == "12/2024"
    pasti("verify")


def test_a_number_that_is_there_with_other_words_is_refused_and_told() -> None:
    pasti("import", book(*GOOD))
    other = (*GOOD[0][:6], "Petugas menolak berkas tanpa alasan.", *GOOD[0][7:])
    said = pasti("import", book(other), "--dry-run", exit_code=1)
    assert "Nomor lama: the register has this number as" in said.stderr
    assert "1 rows: 0 would be added, 0 are there already, 1 rejected." in said.stdout


def test_several_problems_of_a_row_are_told_at_once_and_name_nobody() -> None:
    row = (*BAD[:6], "Loket tutup", *BAD[7:])
    said = pasti("import", book(row), exit_code=1).output
    assert "Row 3, column C (Tanggal masuk): there is no such day" in said
    assert "Row 3, column D (Jalur/Media): write one of" in said
    assert "Ani" not in said


def test_receipts_are_for_the_operator_alone(folder: Path) -> None:
    pasti("import", book(*GOOD), "--receipts", "kuitansi")
    files = sorted((folder / "kuitansi").iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert all("Kode akses" in words(path.read_bytes()) for path in files)


def test_the_template_can_be_imported() -> None:
    pasti("import", "baru.xlsx", "--template")
    assert "1 would be added" in pasti("import", "baru.xlsx", "--dry-run").stdout
    assert "there already" in pasti("import", "baru.xlsx", "--template", exit_code=1).output


def test_a_file_that_is_no_register_is_refused_in_a_sentence(folder: Path) -> None:
    (folder / "surat.xlsx").write_bytes(b"%PDF-1.7")
    assert "is no .xlsx file" in pasti("import", "surat.xlsx", exit_code=1).output
    openpyxl.Workbook().save(folder / "kosong.xlsx")
    assert "Tanggal masuk, Jalur/Media, Isi/Uraian" in pasti("import", "kosong.xlsx", exit_code=1).output
    assert "Cells B3:B4 are merged" in pasti("import", book(*GOOD, merge="B3:B4"), exit_code=1).output
    assert "No such file" in pasti("import", "tidak-ada.xlsx", exit_code=1).output
    (folder / "data" / "pasti.db").unlink()
    assert "There is no database" in pasti("import", book(*GOOD), exit_code=1).output
