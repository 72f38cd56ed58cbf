"""Files on their way from a provider to the disk: large, endless, slow, false, twice, and cut off at any step."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Iterable, Iterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import count, repeat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.channels.channel import MediaTooLargeError, MediaUnavailableError
from bot.media import AT_ONCE, MediaWorker
from bot.media_store import Incoming, place_of, remove_leftovers
from handlers import attachments
from handlers.attachments import LARGEST, MEGABYTE
from handlers.office import now
from storage import conversations, inbox, media
from storage.inbox import InboxRow
from storage.media import MediaRow
from tests.bot.file_channel import FileChannel, Piece, WatchedWriter
from tests.bot.files import DOCX, picture, png_of, zipped
from tests.offices import Desk, desk_at
from tests.storage.fresh import away, document

PHOTO = picture("JPEG", (300, 200))
_positions = count(1)
Files = dict[str, Iterable[Piece]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, "empty") as desk:
        yield desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, object]]]:
    with capture_logs() as logs:
        yield logs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def sent(desk: Desk, *sources: str, kind: str = "photo", said: str = "image/jpeg", name: str = "") -> list[int]:
    """Files that a citizen sent, in one message. Returns their ids."""
    office, at = desk.office, desk.clock.now
    with office.database.transaction() as tx:
        [row] = conversations.load_or_create(tx, [("whatsapp", "warga")], at, office.new_id).values()
        message, row.position = office.new_id(), next(_positions)
        inbox.claim(tx, [InboxRow(message, "whatsapp", f"m{message}", row.id, row.position, at, kind)])
        conversations.save(tx, [row])
        files = [
            MediaRow(office.new_id(), message, place, row.id, "whatsapp", kind, source, at, at, name, said)
            for place, source in enumerate(sources)
        ]
        media.add(tx, files)
    return [file.id for file in files]


def stored(desk: Desk) -> list[MediaRow]:
    with desk.office.database.reader() as conn:
        return media.of_messages(conn, [int(str(row["id"])) for row in desk.rows("inbox", "id")])


def told(desk: Desk) -> str:
    return "\n".join(text for row in desk.rows("outbox") for _, text in document(row["lines"]))


def files_in(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


@asynccontextmanager
async def at_work(
    desk: Desk, folder: Path, files: Files, idle: float = 60.0, whole: float = 60.0
) -> AsyncIterator[tuple[WatchedWriter, FileChannel, MediaWorker]]:
    channel, writer = FileChannel(files=files), WatchedWriter()
    worker = MediaWorker(desk.office, {"whatsapp": channel}, folder, writer, idle=idle, whole=whole)
    task = asyncio.create_task(worker.run())
    try:
        yield writer, channel, worker
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)
        writer.close()


async def fetched(desk: Desk, folder: Path, pieces: Iterable[Piece], **more: str) -> MediaRow:
    """What became of one file."""
    sent(desk, "it", **more)
    async with at_work(desk, folder, {"it": pieces}) as (writer, _, _):
        await writer.has(1, "kept", "refused", "postponed")
    return stored(desk)[-1]


async def test_a_photo_lies_under_the_hash_of_its_content(desk: Desk, folder: Path) -> None:
    row = await fetched(desk, folder, [PHOTO[:100], b"", PHOTO[100:]])
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    assert (row.state, row.sha256, row.size) == ("kept", sha256, len(PHOTO))
    assert (row.content_type, row.picture, row.error) == ("image/jpeg", True, None)
    path = folder / "media" / sha256[:2] / sha256
    assert files_in(folder) == [path.relative_to(folder)]
    assert path.read_bytes() == PHOTO
    assert [oct(each.stat().st_mode & 0o777) for each in (path, path.parent)] == ["0o600", "0o700"]
    assert told(desk) == ""


async def test_the_same_content_is_one_file(desk: Desk, folder: Path) -> None:
    sent(desk, "a", "b")
    sent(desk, "c")
    async with at_work(desk, folder, {source: [PHOTO] for source in "abc"}) as (writer, _, _):
        await writer.has(3, "kept")
    assert {row.sha256 for row in stored(desk)} == {hashlib.sha256(PHOTO).hexdigest()}
    assert len(files_in(folder)) == 1


async def test_a_file_that_comes_later_is_fetched_when_the_worker_is_woken(desk: Desk, folder: Path) -> None:
    async with at_work(desk, folder, {"it": [PHOTO]}) as (writer, _, worker):
        await writer.has(1, "wanted")
        sent(desk, "it")
        worker.wake()
        await writer.has(1, "kept", seconds=1.5)  # before it would have looked by itself


async def test_three_at_once_and_a_slow_one_holds_up_no_other(desk: Desk, folder: Path) -> None:
    slow = asyncio.Event()
    sent(desk, "slow", *map(str, range(8)))
    files: Files = {"slow": [slow, PHOTO], **{str(n): [PHOTO] for n in range(8)}}
    async with at_work(desk, folder, files) as (
        writer,
        channel,
        _,
    ):
        await writer.has(8, "kept")
        assert channel.most_files_at_once <= AT_ONCE
        assert [row.state for row in stored(desk)].count("wanted") == 1
        slow.set()
        await writer.has(9, "kept")
    assert channel.most_files_at_once > 1


# ---------------------------------------------------------------- too large, endless, slow


async def test_an_endless_file_is_cut_off_at_the_cap(desk: Desk, folder: Path) -> None:
    sent(desk, "it")
    async with at_work(desk, folder, {"it": repeat(PHOTO + bytes(60_000))}) as (writer, channel, _):
        await writer.has(1, "refused")
        assert channel.given["it"] <= LARGEST["whatsapp"] + len(PHOTO) + 60_000
        assert channel.at_once == 0, "its connection is closed"
    [row] = stored(desk)
    assert (row.state, row.error) == ("refused", "too_large: more than 16 MB")
    assert files_in(folder) == []
    assert "ukurannya lebih dari 16 MB" in told(desk)


@pytest.mark.parametrize(("more", "state"), [(0, "kept"), (1, "refused")])
async def test_the_cap_is_exact(desk: Desk, folder: Path, more: int, state: str) -> None:
    padding = bytes(LARGEST["whatsapp"] - len(PHOTO) + more)
    pieces = [PHOTO, *(padding[at : at + MEGABYTE] for at in range(0, len(padding), MEGABYTE))]
    assert (await fetched(desk, folder, pieces)).state == state


def test_never_more_than_the_cap_is_on_the_disk(folder: Path) -> None:
    incoming = Incoming(folder, 10)
    incoming.write(b"12345")
    with pytest.raises(MediaTooLargeError):
        incoming.write(b"678901")
    incoming.flush()
    assert incoming.path.read_bytes() == b"12345"
    incoming.discard()
    incoming.discard()
    assert files_in(folder) == []


async def test_what_the_channel_finds_too_large_is_told_as_that(desk: Desk, folder: Path) -> None:
    row = await fetched(desk, folder, [MediaTooLargeError("21 MB")])
    assert (row.state, row.error) == ("refused", "too_large: 21 MB")
    assert "ukurannya" in told(desk)


@pytest.mark.parametrize(("idle", "whole"), [(0.05, 60.0), (60.0, 0.05)])
async def test_a_file_that_stops_coming_is_put_off(desk: Desk, folder: Path, idle: float, whole: float) -> None:
    sent(desk, "it")
    async with at_work(desk, folder, {"it": [PHOTO[:50], asyncio.Event()]}, idle, whole) as (writer, channel, _):
        await writer.has(1, "postponed")
        assert channel.at_once == 0
    [row] = stored(desk)
    assert (row.state, row.error, row.attempts) == ("wanted", "TimeoutError", 1)
    assert row.due_at == desk.clock.now + timedelta(seconds=5)
    assert files_in(folder) == []


# ---------------------------------------------------------------- refused, put off


async def test_what_the_provider_no_longer_has_is_refused(desk: Desk, folder: Path) -> None:
    sent(desk, "gone")
    async with at_work(desk, folder, {}) as (writer, _, _):
        await writer.has(1, "refused")
    [row] = stored(desk)
    assert (row.state, row.error) == ("refused", "not_fetched: gone")
    assert "tidak berhasil kami ambil" in told(desk)


async def test_what_cannot_be_had_now_is_fetched_later(desk: Desk, folder: Path) -> None:
    sent(desk, "it")
    broken = ConnectionResetError(errno.ECONNRESET, "by +62812")
    async with at_work(desk, folder, {"it": [PHOTO[:9], MediaUnavailableError("503")]}) as (writer, channel, worker):
        then: list[tuple[str, list[Piece]]] = [("503", [PHOTO[:9], broken]), ("ECONNRESET", [PHOTO])]
        for n, (error, pieces) in enumerate(then, 1):
            await writer.has(n, "postponed")
            assert [(row.state, row.error, row.attempts) for row in stored(desk)] == [("wanted", error, n)]
            channel.files["it"] = pieces
            desk.clock.now += timedelta(minutes=1)
            worker.wake()
        await writer.has(1, "kept")
    [row] = stored(desk)
    assert (row.state, row.error, row.size) == ("kept", None, len(PHOTO))
    assert told(desk) == ""


async def test_a_disk_that_cannot_be_written_puts_it_off(
    desk: Desk, folder: Path, logs: list[MutableMapping[str, object]]
) -> None:
    folder.mkdir()  # noqa: ASYNC240 - a test may wait for the disk
    (folder / "media").write_text("not a folder")
    row = await fetched(desk, folder, [PHOTO])
    assert (row.state, row.error) == ("wanted", "ENOTDIR")
    assert [log["event"] for log in logs if log["log_level"] == "warning"] == ["media postponed"]


async def test_a_channel_that_is_off_may_come_back(desk: Desk, folder: Path) -> None:
    sent(desk, "it")
    writer = WatchedWriter()
    task = asyncio.create_task(MediaWorker(desk.office, {}, folder, writer).run())
    await writer.has(1, "postponed")
    task.cancel()
    await asyncio.wait([task])
    writer.close()
    assert [(row.state, row.error) for row in stored(desk)] == [("wanted", "the channel is off")]


@pytest.mark.parametrize(
    ("content", "said", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "image/jpeg", "foto.jpg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml", "foto.svg"),
        (b"MZ\x90\0" + bytes(200), "application/pdf", "surat.pdf"),
        (zipped({"classes.dex": b"x"}), "application/vnd.android.package-archive", "undangan.apk"),
        (zipped({"isi.txt": b"x"}), "application/zip", "berkas.zip"),
        (b"", "image/jpeg", ""),
    ],
)
async def test_other_kinds_are_refused_whatever_they_are_called(
    desk: Desk, folder: Path, content: bytes, said: str, name: str
) -> None:
    row = await fetched(desk, folder, [content], kind="document", said=said, name=name)
    assert (row.state, row.sha256) == ("refused", None)
    assert row.error is not None
    assert row.error.startswith("not_accepted: ")
    assert files_in(folder) == []
    assert "jenisnya belum bisa kami buka" in told(desk)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PHOTO[: len(PHOTO) // 2], "image/jpeg"),
        (png_of(14_000, 14_000), "image/png"),
        (b"GIF89a/*<script>alert(1)</script>*/=1;alert(1)", "image/gif"),
    ],
    ids=["truncated", "bomb", "polyglot"],
)
async def test_an_image_that_does_not_decode_is_kept_and_is_no_picture(
    desk: Desk, folder: Path, content: bytes, content_type: str
) -> None:
    row = await fetched(desk, folder, [content])
    assert (row.state, row.content_type, row.picture) == ("kept", content_type, False)


async def test_a_letter_is_kept_and_is_no_picture(desk: Desk, folder: Path) -> None:
    row = await fetched(desk, folder, [zipped(DOCX)], kind="document", said="", name="../../etc/passwd")
    assert (row.state, row.picture) == ("kept", False)
    assert [path.parts[0] for path in files_in(folder)] == ["media"], "no name is a path"


# ---------------------------------------------------------------- cut off


async def test_a_kill_between_file_and_row_leaves_it_wanted_and_the_next_start_ends_it(
    desk: Desk, folder: Path
) -> None:
    [file] = sent(desk, "it")
    [row] = attachments.wanted(desk.office, AT_ONCE)
    incoming = Incoming(folder, LARGEST["whatsapp"])
    incoming.write(PHOTO)
    incoming.flush()
    sha256 = incoming.keep()  # and here the process is killed
    assert (row.id, [each.state for each in stored(desk)]) == (file, ["wanted"])
    async with at_work(desk, folder, {"it": [PHOTO]}) as (writer, _, _):
        await writer.has(1, "kept")
    assert [(each.state, each.sha256) for each in stored(desk)] == [("kept", sha256)]
    assert files_in(folder) == [place_of(sha256)]


async def test_a_stop_in_the_middle_leaves_nothing_and_loses_nothing(desk: Desk, folder: Path) -> None:
    sent(desk, "it")
    async with at_work(desk, folder, {"it": [PHOTO[:50], asyncio.Event()]}) as (writer, channel, _):
        await writer.has(1, "wanted")
        await asyncio.wait_for(channel.waiting.wait(), 10)
    assert channel.at_once == 0
    assert files_in(folder) == []
    async with at_work(desk, folder, {"it": [PHOTO]}) as (writer, _, _):
        await writer.has(1, "kept")
    assert [row.state for row in stored(desk)] == ["kept"]


async def test_what_a_kill_left_behind_is_removed_at_the_next_start_but_what_another_process_writes(
    desk: Desk, folder: Path
) -> None:
    old, new = Incoming(folder, 10), Incoming(folder, 10)
    for incoming in (old, new):
        incoming.write(b"half")
        incoming.flush()
    an_hour_ago = now().timestamp() - 3601
    os.utime(old.path, (an_hour_ago, an_hour_ago))
    async with at_work(desk, folder, {}) as (writer, _, _):
        await writer.has(1, "wanted")
    assert [folder / path for path in files_in(folder)] == [new.path]
    for incoming in (old, new):
        incoming.discard()


def test_nothing_is_left_over_where_nothing_ever_was(folder: Path) -> None:
    assert remove_leftovers(folder, now().timestamp()) == 0
    assert not folder.exists()


async def test_without_a_database_the_file_stays_wanted(
    desk: Desk, folder: Path, logs: list[MutableMapping[str, object]]
) -> None:
    gate = asyncio.Event()
    sent(desk, "it")
    async with at_work(desk, folder, {"it": [gate, PHOTO]}) as (writer, _, worker):
        await writer.has(1, "wanted")
        with away(desk.office.database, "media"):
            gate.set()
            await writer.has(1, "kept")
            await writer.has(writer.written["wanted"] + 1, "wanted")
        assert [row.state for row in stored(desk)] == ["wanted"]
        desk.clock.now += attachments.LEASE
        worker.wake()
        await writer.has(2, "kept")
    assert [row.state for row in stored(desk)] == ["kept"]
    assert {log["event"] for log in logs} >= {"media not recorded", "media not looked for", "media kept"}


async def test_a_mistake_of_ours_costs_one_file_and_is_logged(
    desk: Desk, folder: Path, logs: list[MutableMapping[str, object]]
) -> None:
    sent(desk, "odd", "it")
    async with at_work(desk, folder, {"odd": [ZeroDivisionError()], "it": [PHOTO]}) as (writer, _, _):
        await writer.has(1, "kept")
        await writer.has(2, "wanted")
    assert [row.state for row in stored(desk)] == ["wanted", "kept"]
    assert "media worker failed" in [log["event"] for log in logs]


async def test_no_word_of_a_citizen_is_logged(
    desk: Desk, folder: Path, logs: list[MutableMapping[str, object]]
) -> None:
    await fetched(desk, folder, [PHOTO], name="KTP Rukmana.jpg")
    await fetched(desk, folder, [MediaUnavailableError("of Rukmana")], name="KTP Rukmana.jpg")
    assert logs
    assert "Rukmana" not in str(logs)


def test_a_path_is_made_of_a_hash_only() -> None:
    for hostile in ("", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"):
        with pytest.raises(ValueError, match="SHA-256"):
            place_of(hostile)
