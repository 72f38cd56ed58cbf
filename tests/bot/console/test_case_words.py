"""Stages, days left and the history of a case, in an officer's words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.console import case_words
from storage.models import Case, CaseEvent

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
NAMES = {1: "Rina", 2: "Bu Manajer"}


def case(**facts: Any) -> Case:
    given = {"number": "ADU-2026-00001-6", "kind": "complaint", "channel": "letter", "received_at": NOW, **facts}
    return Case(id=1, updated_at=NOW, **given)


def event(kind: str, **facts: Any) -> CaseEvent:
    return CaseEvent(
        id=1, case_id=1, sequence=1, at=NOW, kind=kind, previous_hash="", hash="", **{"actor": "officer", **facts}
    )


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (8, "8 hari kerja lagi", ""),
        (3, "3 hari kerja lagi", "warn"),
        (1, "1 hari kerja lagi", "warn"),
        (0, "Hari ini batasnya", "bad"),
        (-2, "Lewat 2 hari kerja", "bad"),
    ],
)
def test_days_left_are_said_in_words_and_colour(left: int, words: str, tone: str) -> None:
    assert case_words.deadline(case(due_on=date(2026, 12, 1)), left) == case_words.Deadline(words, tone)


def test_a_delivered_answer_ends_the_count_and_says_whether_it_was_in_time() -> None:
    in_time = case(due_on=date(2026, 12, 1), delivered_on=date(2026, 12, 1))
    late = case(due_on=date(2026, 12, 1), delivered_on=date(2026, 12, 2))
    assert case_words.deadline(in_time, -9) == case_words.Deadline("Jawaban sampai 1 Des 2026", "good")
    assert case_words.deadline(late, -9) == case_words.Deadline("Jawaban sampai 2 Des 2026, lewat waktu", "bad")
    assert case_words.deadline(case(), None) is None
    assert case_words.deadline(case(stage="withdrawn", due_on=date(2026, 12, 1)), 3) is None


def test_history_names_people_and_says_before_and_after() -> None:
    changed = event(
        "routed",
        officer_id=1,
        before={"stage": "under_review", "route": None},
        after={"stage": "in_progress", "route": "internal", "to": "2"},
        note="hasil telaah",
    )
    line = case_words.history_line(changed, NAMES)
    assert (line.who, line.what, line.note) == ("Rina", "Jalur dipilih", "hasil telaah")
    assert line.details == (("tahap", "Ditelaah → Ditindaklanjuti"), ("jalur", "Internal"), ("kepada", "Bu Manajer"))


def test_history_tells_the_sheet_and_whom_it_accuses() -> None:
    sheet = {"core_problem": "kasar", "basis": ["Standar 61"], "plan": [], "findings": "benar", "found_with": ""}
    studied = case_words.history_line(event("studied", officer_id=1, after={"sheet": sheet}), NAMES)
    assert studied.details == (("dasar", "Standar 61"), ("temuan", "benar"))
    named = case_words.history_line(event("accused_named", after={"accused": ["1"], "accused_before": []}), NAMES)
    assert named.details == (("diadukan", "Rina"),)


def test_what_the_clock_and_the_citizen_did_is_theirs() -> None:
    assert case_words.history_line(event("delivered", actor="system"), NAMES).who == "PASTI"
    assert case_words.history_line(event("opened", actor="citizen"), NAMES).who == "Pelapor"
    assert case_words.history_line(event("something_new", officer_id=9), NAMES).who == "Petugas"


def test_what_a_case_began_without_is_not_told() -> None:
    opened = event(
        "opened", actor="citizen", after={"number": "ADU-2026-00001-6", "kind": "complaint", "visible_to": None}
    )
    assert case_words.history_line(opened, NAMES).details == (("nomor", "ADU-2026-00001-6"), ("jenis", "Pengaduan"))
    emptied = event("widened", before={"visible_to": "manager"}, after={"visible_to": None})
    [(name, value)] = case_words.history_line(emptied, NAMES).details
    assert name == "hanya untuk"
    assert value
