"""`pasti backup` while PASTI works: all that was acknowledged is in it, nothing is half there, nothing is overrun."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from bot import backup as backup_module
from bot.lock import LOCK_FILE
from bot.spool import Spool
from handlers.inbound import receive
from storage.sealed import SECRET_FILE
from tests.bot.kept_offices import COMPLAINT, members, pasti, tree, working
from tests.postgresql import about_sqlite

pytestmark = about_sqlite  # PostgreSQL keeps its own backups


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no settings of this machine."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Does this again and again in another thread until the block ends; what it raises, this raises."""
    stop, started = Event(), Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            while not stop.is_set():
                work()
                started.set()
        except (RuntimeError, AssertionError, OSError) as error:
            failed.append(error)
            started.set()

    thread = Thread(target=run)
    thread.start()
    try:
        assert started.wait(30)
        yield
    finally:
        stop.set()
        thread.join()
    assert failed == []


# There and back


def test_a_restored_office_knows_and_answers_as_before(folder: Path) -> None:
    with working(folder / "data") as before:
        before.say(COMPLAINT)
        confirmed = before.say("ya")
        assert confirmed.case
        sha256 = before.keep_file(b"a photo")
        Spool(folder / "data").put(before.message("spooled"))
        said = pasti("backup", "pasti.tar.gz").stdout
        before.say("after the backup")
    assert "1 file of citizens" in said
    assert "1 message that waited" in said
    assert "the key: whoever has this file can read everything" in said
    assert (folder / "pasti.tar.gz").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["data", "pasti.tar.gz"]

    said = pasti("restore", "pasti.tar.gz", DATA_DIR="other").stdout
    assert f"the contacts open with other/{SECRET_FILE}" in said
    assert "2 messages were not sent yet then" in said
    restored = tree(folder / "other")
    assert sorted(restored) == sorted(
        ["pasti.db", LOCK_FILE, SECRET_FILE, f"media/{sha256[:2]}/{sha256}", f"spool/{before_spooled(restored)}"]
    )
    assert restored[f"media/{sha256[:2]}/{sha256}"] == b"a photo"
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "other").rglob("*"))
    with working(folder / "other") as after:
        after.numbers = count(1000)
        assert len(after.received()) == 2, "what came after the backup is not in it"
        [spooled] = Spool(folder / "other").waiting()
        assert spooled.inbound.text == "spooled"
        status = "\n".join(reply.text for reply in after.say(f"status {confirmed.case['number']}").replies)
        assert str(confirmed.case["number"]) in status
        assert "Gratis" in after.say("biaya 29102", user="tetangga").replies[0].text


def before_spooled(files: dict[str, bytes]) -> str:
    [name] = [name.removeprefix("spool/") for name in files if name.startswith("spool/")]
    return name


def test_a_backup_beside_a_busy_writer_ends_and_has_all_that_was_acknowledged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_module, "_PAGES", 4)  # many steps: between any two of them somebody writes
    with working(folder / "data") as office:
        acknowledged: list[str] = []

        def write() -> None:
            acknowledged.append(office.say("biaya 29102").inbound.external_id)

        for number in range(3):
            with meanwhile(write):
                certain = set(acknowledged)
                pasti("backup", f"{number}.tar")
                pasti("restore", f"{number}.tar", DATA_DIR=f"other-{number}")
            with working(folder / f"other-{number}") as after:
                assert certain <= after.received()
                after.numbers = count(10_000)
                assert "Gratis" in after.say("biaya 29102", user=f"tetangga-{number}").replies[0].text


def test_a_message_that_leaves_the_spool_meanwhile_is_in_the_backup(folder: Path) -> None:
    with working(folder / "data") as office:
        spool = Spool(folder / "data")
        for _ in range(60):
            spool.put(office.message("biaya 29102"))
        everything = {spooled.inbound.external_id for spooled in spool.waiting()}
        waiting = iter(spool.waiting())

        def drain() -> None:
            if spooled := next(waiting, None):
                receive(office.office, [spooled.inbound])
                spool.remove(spooled)

        with meanwhile(drain):
            pasti("backup", "pasti.tar")
    pasti("restore", "pasti.tar", DATA_DIR="other")
    with working(folder / "other") as after:
        still = {spooled.inbound.external_id for spooled in Spool(folder / "other").waiting()}
        assert still | after.received() == everything


def test_a_file_that_the_database_knows_is_in_the_backup(folder: Path) -> None:
    with working(folder / "data") as office:
        office.say("halo")
        contents = (f"photo {number}".encode() for number in count())

        def fetch() -> None:
            office.keep_file(next(contents))

        with meanwhile(fetch):
            said = pasti("backup", "pasti.tar")
    assert said.stderr == ""
    held = members(folder / "pasti.tar")
    (folder / "copy.db").write_bytes(held["pasti.db"])
    with closing(sqlite3.connect(folder / "copy.db")) as copy:
        known = [row[0] for row in copy.execute("SELECT sha256 FROM media")]
    assert known
    assert {f"media/{sha256[:2]}/{sha256}" for sha256 in known} <= held.keys()


def test_a_file_that_is_gone_or_changed_is_said_so(folder: Path) -> None:
    with working(folder / "data") as office:
        office.say("halo")
        gone, changed = (office.keep_file(content) for content in (b"gone", b"changed"))
        (folder / "data" / "media" / gone[:2] / gone).unlink()
        (folder / "data" / "media" / changed[:2] / changed).write_bytes(b"rotten")
        said = pasti("backup", "pasti.tar").stderr
    assert "1 file of citizens or officers is not where the database knows it." in said
    assert f"media/{changed[:2]}/{changed} is not what it was" in said


def test_what_officers_send_along_is_in_it_and_missed_when_it_is_not(folder: Path) -> None:
    with working(folder / "data") as office:
        office.say("halo")
        there, gone = (office.send_file(content) for content in (b"an invented letter", b"another"))
        (folder / "data" / "media" / gone[:2] / gone).unlink()
        said = pasti("backup", "pasti.tar").stderr
    assert f"media/{there[:2]}/{there}" in members(folder / "pasti.tar")
    assert "1 file of citizens or officers is not where the database knows it." in said


def test_a_database_of_before_officers_sent_files_is_kept_too(folder: Path) -> None:
    with working(folder / "data") as office:
        office.say("halo")
        with office.office.database.transaction() as tx:
            tx.exec_driver_sql("ALTER TABLE outbox DROP COLUMN file")
        assert pasti("backup", "pasti.tar").stderr == ""


def test_only_whole_files_are_taken(folder: Path) -> None:
    with working(folder / "data"):
        for name in ("media/.incoming/tmp1", "media/ab/notes.txt", "spool/SM1.part", "letter.txt", "pasti.db-old"):
            path = folder / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("no part of PASTI")
        pasti("backup", "pasti.tgz")
    assert sorted(members(folder / "pasti.tgz")) == ["manifest.json", "pasti.db", SECRET_FILE]


def test_a_key_that_is_a_setting_is_not_in_the_backup(folder: Path) -> None:
    with working(folder / "data") as office:
        office.say(COMPLAINT)
        office.say("ya")
        secret = (folder / "data" / SECRET_FILE).read_text()
        said = pasti("backup", "pasti.tar", SECRET_KEY=secret).stdout
    assert "but not the key, SECRET_KEY" in said
    assert SECRET_FILE not in members(folder / "pasti.tar")
    assert "the contacts open with SECRET_KEY" in pasti("restore", "pasti.tar", DATA_DIR="a", SECRET_KEY=secret).stdout
    lost = pasti("restore", "pasti.tar", DATA_DIR="b", SECRET_KEY="another key of thirty-two letters")
    assert "The contacts do not open with SECRET_KEY." in lost.stderr
    assert not (folder / "b" / SECRET_FILE).exists()


# Nothing is overrun


def test_a_backup_does_not_replace_another_unasked(folder: Path) -> None:
    (folder / "pasti.tar").write_text("the last one")
    with working(folder / "data"):
        assert "pasti.tar is there already." in pasti("backup", "pasti.tar", exit_code=1).stderr
        assert (folder / "pasti.tar").read_text() == "the last one"
        pasti("backup", "pasti.tar", "--force")
    assert "pasti.db" in members(folder / "pasti.tar")


def test_two_backups_do_not_write_one_file(folder: Path) -> None:
    with working(folder / "data"), backup_module._written_whole(folder / "pasti.tar") as first:
        first.write(b"half")
        assert "Another backup is writing" in pasti("backup", "pasti.tar", exit_code=1).stderr
    assert (folder / "pasti.tar").read_bytes() == b"half"


def test_what_a_killed_backup_left_is_in_nobodys_way(folder: Path) -> None:
    (folder / "pasti.tar.part").write_bytes(b"left" * 1_000_000)
    with working(folder / "data"):
        pasti("backup", "pasti.tar")
    assert sorted(path.name for path in folder.iterdir()) == ["data", "pasti.tar"]
    assert "pasti.db" in members(folder / "pasti.tar")


@pytest.mark.parametrize(
    ("file", "said"),
    [("pasti.zip", "should end with .tar.gz, .tgz or .tar"), ("nowhere/pasti.tar", "No such file or directory")],
)
def test_what_cannot_be_written_is_a_sentence(folder: Path, file: str, said: str) -> None:
    with working(folder / "data"):
        assert said in pasti("backup", file, exit_code=1).stderr
    assert list(folder.iterdir()) == [folder / "data"]


def test_a_database_that_is_damaged_or_missing_is_not_kept(folder: Path) -> None:
    assert "There is no database at data/pasti.db" in pasti("backup", "pasti.tar", exit_code=1).stderr
    with working(folder / "data") as office:
        for number in range(30):
            office.say("biaya 29102", user=str(number))
    with (folder / "data" / "pasti.db").open("r+b") as database:
        size = database.seek(0, os.SEEK_END)
        for page in range(8, size // 4096):
            database.seek(page * 4096)
            database.write(b"rotten" * 100)
    said = pasti("backup", "pasti.tar", exit_code=1).stderr
    assert "damaged" in said or "cannot be copied" in said
    assert list(folder.iterdir()) == [folder / "data"]
