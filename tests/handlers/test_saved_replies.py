"""Texts that officers send often: kept by shortcut, and every change put down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import saved_replies
from handlers.access import NotAllowedError, NotFoundError
from handlers.saved_replies import ReplyProblemError
from tests.offices import Desk, desk_at
from tests.staff import employed

GREETING = "Halo {nama}, saya bantu untuk laporan {nomor_kasus}."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, "empty") as desk:
        yield desk


def listed(desk: Desk) -> list[tuple[str, str]]:
    with desk.office.database.reader() as conn:
        return [(reply.shortcut, reply.text) for reply in saved_replies.everything(conn)]


def test_replies_are_kept_changed_and_removed(desk: Desk) -> None:
    officer = employed(desk, "officer")
    second = saved_replies.keep(desk.office, officer, None, "salam", GREETING)
    first = saved_replies.keep(desk.office, officer, None, " /Berkas-1 ", "Mohon lengkapi berkasnya.\n")
    assert listed(desk) == [("berkas-1", "Mohon lengkapi berkasnya."), ("salam", GREETING)]
    assert saved_replies.keep(desk.office, officer, first, "berkas", "Mohon lengkapi.") == first
    saved_replies.remove(desk.office, officer, second)
    assert listed(desk) == [("berkas", "Mohon lengkapi.")]
    assert [(row["kind"], row["subject"]) for row in desk.rows("office_events")] == [
        ("saved_reply_added", "salam"),
        ("saved_reply_added", "berkas-1"),
        ("saved_reply_changed", "berkas"),
        ("saved_reply_removed", "salam"),
    ]


def test_nothing_changed_is_nothing_put_down(desk: Desk) -> None:
    officer = employed(desk, "officer")
    kept = saved_replies.keep(desk.office, officer, None, "salam", GREETING)
    saved_replies.keep(desk.office, officer, kept, "salam", GREETING)
    assert len(desk.rows("office_events")) == 1


@pytest.mark.parametrize(
    ("shortcut", "text", "field"),
    [
        ("x", GREETING, "shortcut"),
        ("jam buka", GREETING, "shortcut"),
        ("é-mail", GREETING, "shortcut"),
        ("a" * 31, GREETING, "shortcut"),
        ("salam", " ", "text"),
        ("salam", "x" * 2001, "text"),
        ("salam", "Halo {nmaa}", "text"),
        ("sudah-ada", GREETING, "shortcut"),
    ],
)
def test_what_cannot_be_kept_is_named(desk: Desk, shortcut: str, text: str, field: str) -> None:
    officer = employed(desk, "officer")
    saved_replies.keep(desk.office, officer, None, "sudah-ada", "Ada.")
    with pytest.raises(ReplyProblemError) as raised:
        saved_replies.keep(desk.office, officer, None, shortcut, text)
    assert list(raised.value.problems) == [field]
    assert listed(desk) == [("sudah-ada", "Ada.")]


def test_only_those_who_answer_keep_them(desk: Desk) -> None:
    kept = saved_replies.keep(desk.office, employed(desk, "officer"), None, "salam", GREETING)
    inspector = employed(desk, "inspector", "ira")
    with pytest.raises(NotAllowedError):
        saved_replies.keep(desk.office, inspector, None, "baru", GREETING)
    with pytest.raises(NotAllowedError):
        saved_replies.remove(desk.office, inspector, kept)


def test_what_is_gone_is_not_there(desk: Desk) -> None:
    officer = employed(desk, "officer")
    with pytest.raises(NotFoundError):
        saved_replies.keep(desk.office, officer, 404, "salam", GREETING)
    with pytest.raises(NotFoundError):
        saved_replies.remove(desk.office, officer, 404)
