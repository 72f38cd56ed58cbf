"""The officers' list of conversations: what it holds, in which order, and for whose eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from storage import cases, conversations, inbox, outbox
from storage.conversations import ConversationRow
from storage.database import Database
from storage.handover import handover_events, read_marks
from storage.inbox import InboxRow
from storage.inbox_view import (
    Listed,
    Reader,
    Wanted,
    counts,
    listed,
    newest_ids,
    visible_ids,
)
from storage.models import Case, Officer, table
from storage.outbox import OutboxRow
from tests.storage.fresh import NOW

RINA, DEWI, MANAGER = 901, 902, 903
EVERYBODY = Reader(RINA, frozenset())
OF_MANAGER = Reader(MANAGER, frozenset({"manager"}))
OF_INSPECTOR = Reader(MANAGER, frozenset({"inspectorate"}))


@dataclass
class Town:
    """Conversations and what stands in them, written as the program writes."""

    tx: Connection
    last: int = 0

    def talks(self, name: str, *messages: str, channel: str = "whatsapp", **facts: object) -> int:
        """A citizen writes; each message of theirs is answered. Later ones are later. Returns the conversation's id."""
        self.last += 100
        id_, at = self.last, NOW + timedelta(minutes=self.last)
        row = ConversationRow(id_, channel, f"+628121000{id_:04d}", at, {}, len(messages) * 2, name=name)
        self.tx.execute(insert(conversations.conversations).values(_columns(replace(row, **facts))))  # type: ignore[arg-type]
        for n, text in enumerate(messages):
            place = 2 * n + 1
            inbox.claim(self.tx, [InboxRow(id_ + place, channel, f"m{id_ + place}", id_, place, at, "text", text)])
            answer = OutboxRow(id_ + place, id_, place + 1, at, at, [["plain", f"jawaban untuk {name}"]])
            outbox.add(self.tx, [answer])
        return id_

    def writes_on(self, id_: int, text: str, position: int) -> None:
        inbox.claim(
            self.tx, [InboxRow(id_ + position, "whatsapp", f"m{id_ + position}", id_, position, NOW, "text", text)]
        )


def _columns(row: ConversationRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}


@pytest.fixture
def town(database: Database) -> Iterator[Town]:
    with database.transaction() as tx:
        for id_, name in ((RINA, "Rina"), (DEWI, "Dewi"), (MANAGER, "Ibu Manajer")):
            role = "complaint_manager" if id_ == MANAGER else "officer"
            tx.execute(insert(table(Officer)).values(Officer(id=id_, name=name, username=name, role=role).model_dump()))
        yield Town(tx)


def names(lines: list[Listed]) -> list[str | None]:
    return [line.name for line in lines]


def test_the_newest_stand_first_with_their_last_words(town: Town) -> None:
    town.talks("Asep", "berapa biaya bengkel")
    town.talks("Euis", "halo", "syaratnya apa")
    lines = listed(town.tx, EVERYBODY, Wanted())
    assert names(lines) == ["Euis", "Asep"]
    assert (lines[0].said_by, lines[0].words) == ("bot", "jawaban untuk Euis")
    town.writes_on(lines[1].id, "makasih ya", 3)
    assert [(line.said_by, line.words) for line in listed(town.tx, EVERYBODY, Wanted())][1] == ("citizen", "makasih ya")


def test_filters_tell_who_waits_who_is_held_and_who_talks_to_the_bot(town: Town) -> None:
    town.talks("Bot saja", "halo")
    town.talks("Lama menunggu", "petugas", waiting_for_officer_since=NOW)
    town.talks("Baru menunggu", "petugas", waiting_for_officer_since=NOW + timedelta(hours=1))
    town.talks("Punya Rina", "petugas", officer_id=RINA)
    town.talks("Punya Dewi", "petugas", officer_id=DEWI)
    assert names(listed(town.tx, EVERYBODY, Wanted("waiting"))) == ["Lama menunggu", "Baru menunggu"]
    mine = listed(town.tx, EVERYBODY, Wanted("mine"))
    assert [(line.name, line.officer_name) for line in mine] == [("Punya Rina", "Rina")]
    assert names(listed(town.tx, EVERYBODY, Wanted("bot"))) == ["Bot saja"]
    assert len(listed(town.tx, EVERYBODY, Wanted("all"))) == 5
    assert counts(town.tx, EVERYBODY) == {"waiting": 2, "mine": 1}


def test_a_channel_can_be_asked_for(town: Town) -> None:
    town.talks("Di WhatsApp", "halo")
    town.talks("Di web", "halo", channel="web")
    assert names(listed(town.tx, EVERYBODY, Wanted(channel="web"))) == ["Di web"]


def test_pages_follow_each_other_without_a_gap(town: Town) -> None:
    for n in range(7):
        town.talks(f"Warga {n}", "halo")
    town.tx.execute(update(conversations.conversations).values(updated_at=NOW))  # all at the same time
    seen: list[str | None] = []
    before = None
    while page := listed(town.tx, EVERYBODY, Wanted(before=before), limit=3):
        seen += names(page)
        before = (page[-1].updated_at, page[-1].id)
    assert seen == [f"Warga {n}" for n in reversed(range(7))]


def test_unread_counts_what_came_after_the_mark_of_this_officer(town: Town) -> None:
    id_ = town.talks("Asep", "petugas", "halo", "masih ada?", waiting_for_officer_since=NOW)
    assert listed(town.tx, EVERYBODY, Wanted())[0].unread == 3
    town.tx.execute(insert(read_marks).values(officer_id=RINA, conversation_id=id_, position=4))
    assert listed(town.tx, EVERYBODY, Wanted())[0].unread == 1
    assert listed(town.tx, replace(EVERYBODY, officer_id=DEWI), Wanted())[0].unread == 3


@pytest.mark.parametrize(
    "search",
    [
        "ujang",
        "UJANG",
        "dipungli",
        "jawaban untuk uj",
        "catatan penting",
        "adu-2026-00007",
        "1000-0200",
        "0812 1000 0200",
    ],
)
def test_a_search_finds_by_name_words_note_case_and_number(town: Town, search: str) -> None:
    town.talks("Asep", "berapa biaya")
    id_ = town.talks("Ujang", "saya dipungli di loket")
    _note(town, id_, "catatan penting: sudah ditelepon")
    _case(town, id_)
    assert names(listed(town.tx, EVERYBODY, Wanted(search=search))) == ["Ujang"]


def test_a_search_takes_its_words_literally(town: Town) -> None:
    town.talks("Asep", "100% yakin")
    town.talks("Euis", "1000 yakin")
    assert names(listed(town.tx, EVERYBODY, Wanted(search="100%"))) == ["Asep"]
    assert listed(town.tx, EVERYBODY, Wanted(search="_")) == []


@pytest.mark.parametrize(
    "search", ["", "Rahasia", "suap", "catatan", "ADU-2026-00007", "jawaban untuk Rahasia", "81210000"]
)
@pytest.mark.parametrize("filter_", ["waiting", "all", "mine", "bot"])
def test_what_is_confidential_is_in_no_list_count_or_search_of_others(town: Town, search: str, filter_: str) -> None:
    id_ = town.talks("Rahasia", "ada suap", visible_to="manager", waiting_for_officer_since=NOW)
    _note(town, id_, "catatan")
    _case(town, id_)
    wanted = Wanted(filter_, search=search)  # type: ignore[arg-type]
    for reader in (EVERYBODY, OF_INSPECTOR):
        assert listed(town.tx, reader, wanted) == []
        assert counts(town.tx, reader) == {"waiting": 0, "mine": 0}
        assert visible_ids(town.tx, reader, [id_]) == newest_ids(town.tx, reader, 10) == []
    if filter_ in ("waiting", "all"):
        assert names(listed(town.tx, OF_MANAGER, wanted)) == ["Rahasia"]
        assert visible_ids(town.tx, OF_MANAGER, [id_]) == newest_ids(town.tx, OF_MANAGER, 10) == [id_]


def test_who_reads_only_what_is_theirs_sees_nothing_else(town: Town) -> None:
    town.talks("Terbuka", "halo")
    theirs = town.talks("Tentang kepala", "suap", visible_to="inspectorate")
    reader = replace(OF_INSPECTOR, reads=False)
    assert [line.id for line in listed(town.tx, reader, Wanted())] == [theirs]


def _note(town: Town, id_: int, text: str) -> None:
    row = {"id": id_ + 50, "conversation_id": id_, "position": 90, "at": NOW, "officer_id": RINA, "kind": "note"}
    town.tx.execute(insert(handover_events).values(row | {"text": text}))


def _case(town: Town, id_: int) -> None:
    number = "ADU-2026-00007-2"
    case = Case(
        id=id_ + 60,
        number=number,
        kind="complaint",
        conversation_id=id_,
        channel="whatsapp",
        received_at=NOW,
        clock_started_at=NOW,
        updated_at=NOW,
    )
    cases.add(town.tx, case)
