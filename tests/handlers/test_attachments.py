from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from handlers import attachments, register
from handlers.attachments import GIVE_UP, LEASE, MOST_ATTEMPTS, KeptFile
from handlers.case_rules import classify
from handlers.dialogue.effects import AddToCase, OpenCase
from handlers.dialogue.form import Form
from handlers.dialogue.texts import FileProblem
from handlers.messages import Attachment
from knowledge.calendar import jakarta_day
from storage import cases, conversations, inbox, media
from storage.inbox import InboxRow
from storage.media import MediaRow
from tests.offices import Desk, desk_at
from tests.storage.fresh import document

PHOTO = KeptFile("ab" + 62 * "0", 1234, "image/jpeg", True)
_positions = count(1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, "empty") as desk:
        yield desk


def sent(desk: Desk, *kinds: str, user: str = "warga", channel: str = "whatsapp") -> list[int]:
    """A message with files of these kinds, as the intake enters it. Returns the ids of the files."""
    office, now = desk.office, desk.clock.now
    with office.database.transaction() as tx:
        [row] = conversations.load_or_create(tx, [(channel, user)], now, office.new_id).values()
        message, position = office.new_id(), next(_positions)
        entry = InboxRow(message, channel, f"m{message}", row.id, position, now, kinds[0])
        inbox.claim(tx, [entry])
        row.position = position
        conversations.save(tx, [row])
        files = [
            MediaRow(office.new_id(), message, place, row.id, channel, kind, f"source-{place}", now, now)
            for place, kind in enumerate(kinds)
        ]
        media.add(tx, files)
    return [file.id for file in files]


def stored(desk: Desk, media_id: int) -> dict[str, object]:
    [row] = [row for row in desk.rows("media") if row["id"] == media_id]
    return dict(row)


def told(desk: Desk) -> list[str]:
    return ["\n".join(text for _, text in document(row["lines"])) for row in desk.rows("outbox")]


def test_wanted_files_are_leased(desk: Desk) -> None:
    first, second, third = sent(desk, "photo", "voice", "document")
    assert [row.id for row in attachments.wanted(desk.office, 2)] == [first, second]
    assert [(row.id, row.attempts) for row in attachments.wanted(desk.office, 2)] == [(third, 1)]
    assert attachments.wanted(desk.office, 2) == []
    desk.clock.now += LEASE
    assert [(row.id, row.attempts) for row in attachments.wanted(desk.office, 5)] == [
        (first, 2),
        (second, 2),
        (third, 2),
    ]


def test_after_a_start_what_was_begun_goes_on_at_once(desk: Desk) -> None:
    [file] = sent(desk, "photo")
    for _ in range(5):
        assert [row.id for row in attachments.wanted(desk.office, 2)] == [file]
        assert attachments.wanted(desk.office, 2) == []
        attachments.resumed(desk.office)
    assert attachments.wanted(desk.office, 2) == [], "perhaps it is the file that ends us"


def test_a_kept_file_is_entered_and_nobody_is_told(desk: Desk) -> None:
    [file] = sent(desk, "photo")
    attachments.wanted(desk.office, 1)
    attachments.kept(desk.office, file, PHOTO)
    row = stored(desk, file)
    assert (row["state"], row["sha256"], row["size"]) == ("kept", PHOTO.sha256, PHOTO.size)
    assert (row["content_type"], row["picture"], row["error"]) == ("image/jpeg", 1, None)
    desk.clock.now += timedelta(days=3)
    attachments.postponed(desk.office, file, "late")
    attachments.refused(desk.office, file, "too_large", "late")
    assert stored(desk, file) == row
    assert told(desk) == []


def test_attempts_are_further_and_further_apart(desk: Desk) -> None:
    [file] = sent(desk, "photo")
    pauses = []
    for _ in range(9):
        [row] = attachments.wanted(desk.office, 1)
        attachments.postponed(desk.office, file, "503")
        begun = desk.clock.now
        while not _due(desk):
            desk.clock.now += timedelta(seconds=5)
        pauses.append(int((desk.clock.now - begun).total_seconds()))
        assert row.id == file
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert stored(desk, file)["error"] == "503"


def _due(desk: Desk) -> bool:
    with desk.office.database.reader() as conn:
        return bool(media.due(conn, desk.clock.now, 1))


def test_a_file_that_cannot_be_had_is_given_up_while_its_sender_can_still_be_told(desk: Desk) -> None:
    [file] = sent(desk, "photo")
    desk.clock.now += GIVE_UP - timedelta(seconds=1)
    attachments.postponed(desk.office, file, "503")
    assert (stored(desk, file)["state"], told(desk)) == ("wanted", [])
    desk.clock.now += timedelta(seconds=1)
    attachments.postponed(desk.office, file, "503")
    assert (stored(desk, file)["state"], stored(desk, file)["error"]) == ("failed", "not_fetched: 503")
    assert told(desk) == [
        "Maaf, berkas yang Bapak/Ibu kirim tidak berhasil kami ambil. Boleh dikirim ulang, atau ceritakan isinya."
    ]
    assert GIVE_UP + timedelta(minutes=30) < timedelta(hours=24), "WhatsApp's window"


def test_attempts_that_nobody_tells_the_end_of_are_given_up_too(desk: Desk) -> None:
    killer, harmless = sent(desk, "photo", "photo")
    with desk.office.database.transaction() as tx:
        for _ in range(MOST_ATTEMPTS):
            media.lease(tx, [killer], desk.clock.now)
    assert [row.id for row in attachments.wanted(desk.office, 3)] == [harmless]
    assert stored(desk, killer)["state"] == "failed"
    assert len(told(desk)) == 1


@pytest.mark.parametrize(
    ("channel", "problem", "words"),
    [
        ("whatsapp", "too_large", "ukurannya lebih dari 16 MB. Boleh dikirim ulang dalam ukuran lebih kecil"),
        ("telegram", "too_large", "ukurannya lebih dari 20 MB."),
        ("telegram", "not_accepted", "jenisnya belum bisa kami buka. Boleh dikirim ulang sebagai foto atau PDF"),
        ("telegram", "not_fetched", "tidak berhasil kami ambil."),
    ],
)
def test_who_sent_a_refused_file_is_told_why(desk: Desk, channel: str, problem: FileProblem, words: str) -> None:
    [file] = sent(desk, "document", channel=channel)
    attachments.refused(desk.office, file, problem, "it is so")
    assert (stored(desk, file)["state"], stored(desk, file)["error"]) == ("refused", f"{problem}: it is so")
    [text] = told(desk)
    assert words in text
    assert text.startswith("Maaf, berkas yang Bapak/Ibu kirim")
    [row] = desk.rows("outbox")
    assert (row["sender"], row["state"], row["inbox_id"]) == ("system", "queued", stored(desk, file)["inbox_id"])
    [conversation] = desk.rows("conversations")
    assert (conversation["position"], conversation["version"]) == (row["position"], 1)


def test_of_files_sent_in_one_go_one_word_is_said(desk: Desk) -> None:
    one, two = sent(desk, "photo", "photo")
    desk.clock.now += timedelta(seconds=2)
    [three] = sent(desk, "photo")  # an album is a message a picture
    [other] = sent(desk, "photo", user="tetangga")
    for file in (one, two, three, other):
        attachments.refused(desk.office, file, "too_large", "more than 16 MB")
    assert len(told(desk)) == 2, "one for each citizen"
    [two_problems] = sent(desk, "document")
    attachments.refused(desk.office, two_problems, "not_accepted", "zip")
    assert "jenisnya" in told(desk)[-1]
    desk.clock.now += timedelta(minutes=1)
    [again] = sent(desk, "photo")
    attachments.refused(desk.office, again, "too_large", "more than 16 MB")
    assert len(told(desk)) == 4, "sent again, answered again"


def test_a_file_that_is_gone_from_the_database_is_no_matter(desk: Desk) -> None:
    attachments.kept(desk.office, 1, PHOTO)
    attachments.postponed(desk.office, 1, "503")
    attachments.refused(desk.office, 1, "too_large", "x")
    assert told(desk) == []


@pytest.mark.parametrize("fetched", ["before", "after"])
def test_evidence_of_a_case_leads_to_its_files(desk: Desk, fetched: str) -> None:
    files = sent(desk, "photo", "photo")
    if fetched == "before":
        attachments.kept(desk.office, files[1], PHOTO)
    number = filed(desk, [("photo", ""), ("photo", "")])
    if fetched == "after":
        attachments.kept(desk.office, files[1], PHOTO)
    later = sent(desk, "voice")
    with desk.office.database.transaction() as tx:
        case, row = (
            cases.get_by_number(tx, number),
            conversations.by_id(tx, int(str(stored(desk, files[0])["conversation_id"]))),
        )
        assert case
        assert row
        said = Attachment("voice", message=f"m{stored(desk, later[0])['inbox_id']}")
        register.add_to_case(tx, desk.office, AddToCase(case.id, "", (said,)), row)
    with desk.office.database.reader() as conn:
        found = media.of_case(conn, case.id)
    assert [(row.id, row.state) for row in found] == [(files[0], "wanted"), (files[1], "kept"), (later[0], "wanted")]
    assert found[1].sha256 == PHOTO.sha256


def test_a_photo_in_the_conversation_becomes_evidence_with_a_file(desk: Desk) -> None:
    photo = (Attachment("photo", "ruang.jpg", source="file-1"), Attachment("location", "Loket MPP"))
    desk.say("saran: ruang tunggunya dikasih AC", attachments=photo)
    desk.say("ya")
    desk.say(attachments=(Attachment("photo", "lagi.jpg", source="file-2"),))
    [first, second] = desk.rows("media")
    assert (first["source"], first["place"], second["source"]) == ("file-1", 0, "file-2")
    evidence = [(row["name"], row["media_id"]) for row in desk.rows("evidence")]
    assert evidence == [("ruang.jpg", first["id"]), ("Loket MPP", None), ("lagi.jpg", second["id"])]


def filed(desk: Desk, handed_in: list[tuple[str, str]]) -> str:
    """A suggestion with evidence of the last message."""
    office = desk.office
    [*_, message] = desk.rows("inbox")
    evidence = tuple((str(message["external_id"]), kind, name) for kind, name in handed_in)
    form = Form(what="ruang tunggunya panas", suggestion=True, evidence=evidence)
    judged = classify(form.report(True), jakarta_day(office.clock()))
    with office.database.transaction() as tx:
        row = conversations.by_id(tx, int(str(message["conversation_id"])))
        assert row
        return register.open_case(tx, office, OpenCase(form, judged, None), row, office.clock(), None).number
