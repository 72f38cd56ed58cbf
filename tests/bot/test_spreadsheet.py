"""A spreadsheet of a stranger: what stands in it, or one sentence why it is not read."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot import spreadsheet
from bot.spreadsheet import NoValue, SpreadsheetError, read_sheet, write_template


def book(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any], None] = lambda _: None) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    change(made.active)
    made.save(path)
    return path


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The same file, one of its parts changed."""
    other = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == name else content)
    return other


SHEET = "xl/worksheets/sheet1.xml"


def test_values_are_what_stands_in_the_cells(tmp_path: Path) -> None:
    day = datetime(2026, 2, 3)  # noqa: DTZ001 - a spreadsheet knows no zones
    path = book(tmp_path / "a.xlsx", [["a", 1, 2.5, True], [], [None, day, time(9, 30), date(2026, 2, 4), None]])
    sheet = read_sheet(path)
    assert sheet.rows == (
        (1, ("a", 1, 2.5, True)),
        (3, (None, day, time(9, 30), datetime(2026, 2, 4))),  # noqa: DTZ001
    )
    assert sheet.merged == ()


def test_a_formula_and_an_error_are_no_values(tmp_path: Path) -> None:
    [(_, cells)] = read_sheet(book(tmp_path / "a.xlsx", [["=1+1", "#N/A", "'=1"]])).rows
    assert isinstance(cells[0], NoValue)
    assert isinstance(cells[1], NoValue)
    assert cells[2] == "'=1"


def test_merged_cells_are_told(tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("B4:B9")

    sheet = read_sheet(book(tmp_path / "a.xlsx", [["judul"]] * 9, merge))
    assert sheet.merged == ("A1:C1", "B4:B9")
    assert sheet.merged_below(1) == ["B4:B9"]
    assert sheet.merged_below(9) == []


def test_what_is_no_spreadsheet(tmp_path: Path) -> None:
    text = tmp_path / "a.xlsx"
    text.write_text("Tanggal;Isi")
    other = tmp_path / "b.xlsx"
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("[Content_Types].xml", "")
    for path in (text, other):
        with pytest.raises(SpreadsheetError, match=r"is no \.xlsx file"):
            read_sheet(path)
    with pytest.raises(FileNotFoundError):
        read_sheet(tmp_path / "none.xlsx")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST_UNPACKED", 5_000_000)
    path = book(tmp_path / "a.xlsx", [["a"]])
    bomb = with_part(path, "xl/styles.xml", lambda content: content + b" " * (spreadsheet.LARGEST_UNPACKED + 1))
    assert bomb.stat().st_size < 50_000
    with pytest.raises(SpreadsheetError, match="when it is unpacked"):
        read_sheet(bomb)
    monkeypatch.setattr(spreadsheet, "LARGEST", 1000)
    with pytest.raises(SpreadsheetError, match="divide it"):
        read_sheet(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    def laugh(content: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + content

    with pytest.raises(SpreadsheetError, match="not what Excel writes"):
        read_sheet(with_part(book(tmp_path / "a.xlsx", [["a"]]), SHEET, laugh))


def test_too_many_rows_and_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = read_sheet(book(tmp_path / "wide.xlsx", [["a"] * 300])).rows
    assert len(wide[0][1]) == spreadsheet.MOST_COLUMNS
    far = with_part(
        book(tmp_path / "far.xlsx", [["a"]]), SHEET, lambda content: content.replace(b'r="1"', b'r="99999999"')
    )
    assert read_sheet(far).rows == ()  # below the last row that Excel has: nobody has seen it
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    assert len(read_sheet(book(tmp_path / "three.xlsx", [["a"]] * 3)).rows) == 3
    with pytest.raises(SpreadsheetError, match="more than 3 rows"):
        read_sheet(book(tmp_path / "four.xlsx", [["a"]] * 4))


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_file_is_read_or_refused_in_words(tmp_path: Path, seed: int) -> None:
    """Bytes of the parts are changed before they are packed, so that the damage is past every check of the zip."""
    chance = random.Random(seed)
    path = book(tmp_path / "a.xlsx", [["Tanggal masuk", "Isi"], [date(2026, 2, 3), "Antrean"], [1.5, True]])
    with zipfile.ZipFile(path) as package:
        name = chance.choice([info.filename for info in package.infolist()])

    def damage(content: bytes) -> bytes:
        changed = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 8)] = chance.randbytes(chance.randint(0, 4))
        return bytes(changed)

    with suppress(SpreadsheetError):
        read_sheet(with_part(path, name, damage))


def test_a_template_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "baru.xlsx"
    write_template(path, ["Nama", "NIK"], ["Yayat", "3214102509910004"])
    assert read_sheet(path).rows == ((1, ("Nama", "NIK")), (2, ("Yayat", "3214102509910004")))
