"""An old register is read as people kept it, and what cannot be read is told, row by row."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.case_entry import _wrong, judge
from handlers.old_register import (
    HEADINGS,
    Field,
    HeadingsError,
    OldReport,
    Unreadable,
    columns_of,
    lacking,
    letter,
    read_register,
    read_row,
)
from handlers.old_values import UnreadableError, day_of, hour_of, hour_within, is_suggestion, is_yes, stage_of, way_of
from handlers.ways_in import WAYS

NOW = datetime(2026, 11, 26, 5, tzinfo=UTC)
COLUMNS: Mapping[Field, int] = {field: place for place, field in enumerate(HEADINGS)}
ROW: Mapping[str, Any] = {"received_at": "3/2/2026", "way": "Surat", "what": "Antrean tiga jam"}


def row(**cells: Any) -> OldReport | Unreadable:
    given: Mapping[str, Any] = {**ROW, **cells}
    return read_row(5, [given.get(field) for field in HEADINGS], COLUMNS, NOW)


def report(**cells: Any) -> OldReport:
    found = row(**cells)
    assert isinstance(found, OldReport), found
    return found


def problems(**cells: Any) -> str:
    found = row(**cells)
    assert isinstance(found, Unreadable), found
    return " ".join(found.problems)


# ---------------------------------------------------------------- headings


def test_the_headings_of_the_template_are_understood() -> None:
    assert columns_of(list(HEADINGS.values())) == COLUMNS
    assert lacking(COLUMNS) == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("TGL.  MASUK", "received_at"),
        ("Masuk (tanggal)", "received_at"),
        ("masuk tanggal", "received_at"),
        ("Tanggal Pengaduan", "received_at"),
        ("Nama Pelapor", "name"),
        ("No. HP", "phone"),
        ("No HP/Telp", "phone"),
        ("Media / Jalur", "way"),
        ("Uraian\nPengaduan", "what"),
        ("No. Register", "old_number"),
        ("Jenis", "suggestion"),
        ("Status Penanganan", "stage"),
        ("Tindak Lanjut", "answer"),
        ("No", None),
        ("Paraf", None),
        (None, None),
        (datetime(2026, 1, 1), None),  # noqa: DTZ001 - as a spreadsheet gives it
    ],
)
def test_headings_as_people_write_them(heading: Any, field: Field | None) -> None:
    assert columns_of(["No", heading]) == ({field: 1} if field else {})


def test_two_columns_for_one_thing_are_asked_about() -> None:
    with pytest.raises(HeadingsError, match="Columns A and C"):
        columns_of(["Tanggal masuk", "Nama", "tgl masuk"])
    assert lacking(columns_of(["Nama", "Uraian"])) == ["Tanggal masuk", "Jalur/Media"]
    assert [letter(place) for place in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    "written",
    [
        "3/2/2026", "03-02-2026", "3.2.26", "3 Februari 2026", "Selasa, 3 Februari 2026", "3 Feb 2026",
        "3 pebruari 2026", "2026-02-03", "2026-02-03 00:00:00", date(2026, 2, 3), 46056, 46056.5,
    ],
)  # fmt: skip
def test_days_as_people_write_them(written: Any) -> None:
    assert day_of(written) == date(2026, 2, 3)


@pytest.mark.parametrize(
    "written",
    ["31/2/2026", "kemarin", "2/2026", "13/25/2026", "3 Febuary", 7, -1.0, float("nan"), 10**9, True, "1/1/1999"],
)
def test_what_is_no_day(written: Any) -> None:
    with pytest.raises(UnreadableError, match="day"):
        day_of(written)


def test_hours() -> None:
    for written in ("09.30", "9:30 WIB", "pukul 09.30", time(9, 30), timedelta(hours=9.5), 9.5 / 24):
        assert hour_of(written) == time(9, 30)
    assert hour_of("-") is None
    assert hour_of("9") == time(9)
    assert hour_within("2026-02-03 09:30:00") == time(9, 30)
    assert hour_within("3/2/2026") == time(0)
    for wrong in ("25.00", "pagi", "09.75", 17.5):
        with pytest.raises(UnreadableError):
            hour_of(wrong)


def test_every_way_in_is_known_by_its_name_and_as_people_call_it() -> None:
    assert {way_of(name) for name in WAYS.values()} == set(WAYS)
    called = {
        "WA": "whatsapp",
        "Telp.": "phone",
        "Datang langsung": "complaint_officer",
        "kotak saran": "box",
        "IG": "instagram",
    }
    assert {name: way_of(name) for name in called} == called
    with pytest.raises(UnreadableError, match="Kotak pengaduan"):
        way_of("merpati")


def test_words_for_stage_kind_and_secrecy() -> None:
    assert [stage_of(word) for word in ("SELESAI", None)] == ["closed", None]
    assert (is_suggestion("Saran/Masukan"), is_suggestion("Pengaduan"), is_suggestion("")) == (True, False, False)
    assert (is_yes("Ya"), is_yes("biasa"), is_yes(True), is_yes("-"), is_yes(1)) == (True, False, True, False, True)
    for read in (stage_of, is_suggestion, is_yes):
        with pytest.raises(UnreadableError, match="write"):
            read("entahlah")


# ---------------------------------------------------------------- rows


def test_a_whole_row() -> None:
    found = report(
        received_at="3/2/2026", hour="09.30", name="  Yayat\nHidayat ", phone=81234500011, nik="3214102509910004",
        what="Antrean\ntiga jam", stage="Selesai", answer="Dijelaskan.", answered_on="10/2/2026", old_number="12/2026",
        happened_on="2 Februari 2026", confidential="ya",
    )  # fmt: skip
    entry = found.entry
    assert entry.received_at == datetime(2026, 2, 3, 2, 30, tzinfo=UTC)
    assert (entry.name, entry.phone, entry.what) == ("Yayat Hidayat", "081234500011", "Antrean\ntiga jam")
    assert (entry.confidential, entry.happened_on) == (True, date(2026, 2, 2))
    assert (found.stage, found.answer, found.answered_on, found.old_number) == (
        "closed", "Dijelaskan.", date(2026, 2, 10), "12/2026",
    )  # fmt: skip
    assert report(answered_on="10/2/2026").stage == "answered"
    assert report(phone=6281234500011).entry.phone == "+6281234500011"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"received_at": None}, "column B (Tanggal masuk): is empty"),
        ({"what": " - "}, "(Isi/Uraian): is empty"),
        ({"what": "x" * 20_001}, "20001 characters"),
        ({"received_at": "27/11/2026"}, "has not come yet"),
        ({"received_on": "4/2/2026"}, "after the report came in"),
        ({"happened_on": "4/2/2026"}, "after the report came in"),
        ({"stage": "selesai"}, "write the day"),
        ({"answered_on": "2/2/2026"}, "before the report came in"),
        ({"answered_on": "27/11/2026"}, "after today"),
        ({"email": "yayat"}, "is no address"),
        ({"nik": "123"}, "identity card"),
        ({"nik": 3214102509910004}, "as text"),
        ({"name": "x" * 501}, "501 characters"),
    ],
)
def test_what_is_refused_is_said_with_its_column(cells: dict[str, Any], said: str) -> None:
    assert said in problems(**cells)


def test_every_reason_of_a_row_is_told_at_once() -> None:
    found = row(received_at="x", way="merpati", what="", confidential="mungkin")
    assert isinstance(found, Unreadable)
    assert len(found.problems) == 4


def test_an_old_number_is_given_once() -> None:
    def cells(**more: Any) -> list[Any]:
        given: Mapping[str, Any] = {**ROW, "old_number": "12/2026", **more}
        return [given.get(field) for field in HEADINGS]

    rows = [(2, cells()), (3, []), (4, cells()), (5, cells(what="Lain", old_number="12 / 2026"))]
    found = read_register(rows, COLUMNS, NOW)
    assert [(each.row, type(each)) for each in found] == [(2, OldReport), (4, OldReport), (5, Unreadable)]


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes(), st.dates(), st.times(),
    st.timedeltas(), st.text(string.digits + "/-. ", max_size=12),
    st.sampled_from(["Surat", "3/2/2026", "saran", "ya", "Selesai", "09.30", "Yayat", "3 Maret 2026", "31/12/2099"]),
)  # fmt: skip


@given(cells=st.lists(CELLS, max_size=len(HEADINGS) + 2))
def test_any_cells_are_a_report_of_ours_or_refused_with_a_reason(cells: list[Any]) -> None:
    found = read_row(5, cells, COLUMNS, NOW)
    if isinstance(found, Unreadable):
        assert found.problems
        return
    assert _wrong(found.entry, NOW) is None
    assert judge(found.entry)[1].kind in ("complaint", "suggestion")
    assert found.answered_on or found.stage not in ("answered", "closed")


@given(
    received=st.dates(date(2000, 1, 1), date(2026, 11, 25)),
    way=st.sampled_from(sorted(WAYS)),
    what=st.text(st.characters(categories=("L", "N")), min_size=3),
    later=st.integers(0, 400),
    stage=st.sampled_from(["Diterima", "Selesai", "Dijawab", "Diproses", ""]),
)
def test_a_proper_row_always_comes_in(received: date, way: str, what: str, later: int, stage: str) -> None:
    answered = min(received + timedelta(days=later), date(2026, 11, 26))
    day = f"{received.day}/{received.month}/{received.year}"
    found = report(received_at=day, way=WAYS[way], what=f"Antrean {what}", stage=stage, answered_on=answered)
    assert found.entry.way == way
    assert found.entry.received_at.date() == received
