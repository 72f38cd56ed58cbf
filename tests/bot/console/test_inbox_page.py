"""What the inbox says in words: names, times, WhatsApp's window, and what became of a message."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.console.inbox_page import ago, name_of, span, thread_lines, window_of
from storage.conversations import ConversationRow
from storage.models.messages import HANDOVER_EVENTS, SEND_STATES, UNREACHABLE
from storage.thread_view import Entry
from tests.storage.fresh import NOW


@pytest.mark.parametrize(
    ("channel", "address", "name", "shown", "hidden"),
    [
        ("whatsapp", "+6281210002000", "Euis", "Euis", "Euis"),
        ("whatsapp", "+6281210002000", None, "0812-1000-2000", "0812-••••-00"),
        ("whatsapp", "+12025550143", " ", "+1 202-555-0143", "+1 2-••••-43"),
        ("whatsapp", "bukan nomor", None, "bukan nomor", "buka-••••-or"),
        ("telegram", "7100020003", None, "Telegram 7100020003", "Telegram 7100020003"),
        ("web", "AbCdEfGh", None, "Pengunjung web AbCd", "Pengunjung web AbCd"),
    ],
)
def test_a_conversation_is_called_by_name_or_number_masked_where_it_is_confidential(
    channel: str, address: str, name: str | None, shown: str, hidden: str
) -> None:
    assert name_of(channel, address, name, confidential=False) == shown
    assert name_of(channel, address, name, confidential=True) == hidden


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (timedelta(minutes=5), "10.25"),
        (timedelta(hours=11), "Kemarin"),
        (timedelta(days=3), "6 Nov"),
        (timedelta(days=400), "5 Okt 2025"),
        (timedelta(seconds=-5), "10.30"),
    ],
)
def test_a_time_in_the_list_is_as_short_as_it_may_be(before: timedelta, says: str) -> None:
    assert ago(NOW - before, NOW) == says


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (timedelta(seconds=59), "kurang dari semenit"),
        (timedelta(minutes=59), "59 menit"),
        (timedelta(hours=2), "2 jam"),
        (timedelta(hours=23, minutes=10), "23 jam 10 menit"),
        (timedelta(days=3), "3 hari"),
    ],
)
def test_a_while_is_told_in_words(length: timedelta, says: str) -> None:
    assert span(length) == says


def conversation(channel: str = "whatsapp", ago: timedelta | None = None, **facts: object) -> ConversationRow:
    at = NOW - ago if ago is not None else None
    return ConversationRow(1, channel, "+6281210002000", NOW, {}, last_inbound_at=at, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "is_open", "says"),
    [
        (conversation(ago=timedelta(hours=1)), True, "Jendela WhatsApp terbuka 23 jam lagi"),
        (conversation(ago=timedelta(hours=23, minutes=59)), True, "terbuka 1 menit lagi"),
        (conversation(ago=timedelta(hours=24)), False, "balasan ditahan, dan warga diminta menulis lagi"),
        (conversation(), False, "balasan ditahan"),
        (conversation(ago=timedelta(hours=1), window_closed_at=NOW), False, "balasan ditahan"),
    ],
)
def test_whatsapps_window_is_counted(row: ConversationRow, is_open: bool, says: str) -> None:
    window = window_of(row, NOW, templates=True)
    assert window
    assert (window.is_open, says in window.words) == (is_open, True), window.words


def test_without_a_template_a_closed_window_means_the_telephone() -> None:
    window = window_of(conversation(), NOW, templates=False)
    assert window
    assert window.words.endswith("balasan menjadi tugas menelepon")


@pytest.mark.parametrize("channel", ["web", "telegram"])
def test_other_channels_have_no_window(channel: str) -> None:
    assert window_of(conversation(channel), NOW, templates=True) is None


@pytest.mark.parametrize("why", UNREACHABLE)
@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
def test_whoever_cannot_be_reached_is_said_so_on_every_channel(channel: str, why: str) -> None:
    window = window_of(conversation(channel, timedelta(hours=1), unreachable=why), NOW, templates=True)
    assert window
    assert window.words.startswith("Balasan tidak akan sampai: ")


def entry(position: int, by: str, at: datetime = NOW, **facts: object) -> Entry:
    return Entry(position, at, by, 100 + position, **facts)  # type: ignore[arg-type]


def test_every_state_of_sending_has_its_mark_and_a_failure_its_reason() -> None:
    lines = thread_lines([entry(n, "officer", state=s) for n, s in enumerate(SEND_STATES, 1)], 1, "Euis", NOW)
    marks = [line.mark[1] if line.mark else None for line in lines]
    assert None not in marks
    assert len(set(marks)) == len(SEND_STATES)
    [failed] = thread_lines([entry(1, "officer", state="failed", error="blocked")], 1, "Euis", NOW)
    assert failed.mark
    assert failed.mark[1] == "Gagal dikirim: warga memblokir akun ini"


BY_OFFICERS = {"called", "taken", "given_back", "muted", "unmuted", "settled"}
BY_THEMSELVES = {"called", "left", "given_back", "quiet", "confided", "released"}


@pytest.mark.parametrize(
    ("kind", "officer"),
    [*((kind, "Rina") for kind in sorted(BY_OFFICERS)), *((kind, None) for kind in sorted(BY_THEMSELVES))],
)
def test_every_event_has_words(kind: str, officer: str | None) -> None:
    [line] = thread_lines([entry(1, "event", kind=kind, officer=officer)], 1, "Euis", NOW)
    assert kind not in line.text
    assert len(line.text.split()) > 1


def test_no_kind_of_event_was_forgotten_here() -> None:
    assert BY_OFFICERS | BY_THEMSELVES | {"note"} == set(HANDOVER_EVENTS)


def test_each_day_has_one_heading() -> None:
    times = (NOW - timedelta(days=2), NOW - timedelta(days=1), NOW - timedelta(days=1), NOW)
    lines = thread_lines([entry(n, "citizen", at) for n, at in enumerate(times, 1)], 1, "Euis", NOW)
    assert [line.day for line in lines] == ["7 Nov 2026", "Kemarin", None, "Hari ini"]
