"""A spreadsheet (.xlsx) that somebody hands in, read with distrust: bounded in every direction before it is parsed.

A formula is no value: what it gave was worked out by another program, at another time, and may be from another file.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from bot.packages import package_type
from handlers.old_values import Cell

LARGEST = 20 * 1024 * 1024  # bytes of the file
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
_LAST_ROW = 1_048_576  # of Excel's sheets
LONGEST_CELL = 32_767  # characters; Excel's own limit

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
_BROKEN_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error)
_BROKEN = (  # what openpyxl raises for a file that is none
    *_BROKEN_ZIP, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    OverflowError,
)  # fmt: skip


class SpreadsheetError(ValueError):
    """It cannot be read; its text says what to do."""


@dataclass(frozen=True, slots=True)
class NoValue:
    """What stands in a cell and is none: a formula, or an error of Excel's."""

    why: str


Row = tuple[int, tuple[Cell | NoValue, ...]]
"""As the spreadsheet counts it, and its cells."""


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[Row, ...]  # that have something in them
    merged: tuple[str, ...]  # `A5:A9`: only the first of these cells has the value

    def merged_below(self, row: int) -> list[str]:
        """Merged cells that reach below a row."""
        return [area for area in self.merged if int(re.findall(r"\d+", area)[-1]) > row]


def read_sheet(path: Path) -> Sheet:
    """The first sheet. Raises SpreadsheetError, OSError."""
    _check(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of pictures and lists that it leaves out
            return _sheet(path)
    except SpreadsheetError:
        raise
    except _BROKEN as error:
        raise SpreadsheetError(_damaged(path)) from error


def _damaged(path: Path) -> str:
    return f"{path.name} is damaged: open it in Excel or LibreOffice and save it anew."


def write_template(path: Path, headings: Sequence[str], example: Sequence[str]) -> None:
    """A sheet to be filled in: headings in bold, and one row that shows how."""
    import openpyxl  # noqa: PLC0415 - as below
    from openpyxl.styles import Font  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Register"
    sheet.append(list(headings))
    sheet.append(list(example))
    for place, cells in enumerate(sheet.iter_cols(), 1):
        cells[0].font = Font(bold=True)
        width = max(len(str(cell.value or "")) for cell in cells) + 3
        sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = min(width, 60)
        for cell in cells:
            cell.number_format = "@"  # text: Excel keeps the zeros of a telephone number, and all of a NIK
    sheet.freeze_panes = "A2"
    book.save(path)


# ---------------------------------------------------------------- before it is parsed


def _check(path: Path) -> None:
    if path.stat().st_size > LARGEST:
        raise SpreadsheetError(f"{path.name} is larger than {LARGEST >> 20} MB: divide it into several files.")
    with path.open("rb") as file:
        if package_type(file, file.read(256)) != _XLSX:
            raise SpreadsheetError(f"{path.name} is no .xlsx file without macros: save it as “Excel Workbook (.xlsx)”.")
    try:
        with zipfile.ZipFile(path) as package:
            _check_parts(path, package)
    except _BROKEN_ZIP as error:
        raise SpreadsheetError(_damaged(path)) from error


def _check_parts(path: Path, package: zipfile.ZipFile) -> None:
    """Unpacked for real, because what a zip says of its sizes may be a lie."""
    left = LARGEST_UNPACKED
    for info in package.infolist():
        with package.open(info) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise SpreadsheetError(f"{path.name} is larger than {LARGEST_UNPACKED >> 20} MB when it is unpacked.")
        if info.filename.endswith((".xml", ".rels")) and _ENTITIES.search(content):
            raise SpreadsheetError(f"{path.name} is not what Excel writes: save it anew.")


# ---------------------------------------------------------------- parsed


def _sheet(path: Path) -> Sheet:
    import openpyxl  # noqa: PLC0415 - it takes a while, and the other commands do without

    with (
        path.open("rb") as file,
        closing(openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)) as book,
    ):
        if not book.worksheets:
            raise SpreadsheetError(f"{path.name} has no sheet.")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be a lie
        rows = tuple(_rows(path, sheet))
        part = sheet._worksheet_path  # a sheet that is only read does not tell of merged cells by itself
    with zipfile.ZipFile(path) as package:
        merged = _MERGED.findall(package.read(part))
    return Sheet(rows, tuple(f"{first.decode()}:{last.decode()}" for first, last in merged))


def _rows(path: Path, sheet: Any) -> Iterator[Row]:
    found, blank = 0, None
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, max_row=_LAST_ROW), 1):
        if cells is blank:  # rows that the file leaves out are one and the same: a million of them cost nothing
            continue
        values = tuple(_value(cell) for cell in cells)
        filled = max((place for place, value in enumerate(values, 1) if value not in (None, "")), default=0)
        found += filled > 0
        if found > MOST_ROWS:
            raise SpreadsheetError(f"{path.name} has more than {MOST_ROWS} rows: divide it into several files.")
        if filled:
            yield number, values[:filled]
        else:
            blank = cells


def _value(cell: Any) -> Cell | NoValue:
    value = cell.value
    if cell.data_type == "f" or type(value).__name__ in ("ArrayFormula", "DataTableFormula"):
        return NoValue("is a formula: copy the column and paste it as values")
    if cell.data_type == "e":
        return NoValue(f"is an error of Excel's ({value}): write the value")
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        return NoValue(f"has more than {LONGEST_CELL} characters: shorten it")
    return value  # type: ignore[no-any-return]
