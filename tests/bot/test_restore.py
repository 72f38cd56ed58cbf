"""`pasti restore`: a whole backup into an empty folder, and nothing else into anything."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from alembic import command

from bot.lock import LOCK_FILE, hold
from bot.restore import STAGING
from storage.database import HEAD, alembic_config
from storage.sealed import SECRET_FILE
from tests.bot.kept_offices import members, pasti, tree, working, written
from tests.bot.serving import serving
from tests.postgresql import about_sqlite

pytestmark = about_sqlite  # PostgreSQL keeps its own backups


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no settings of this machine."""
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_restore_does_not_replace_unasked_and_then_sets_aside(folder: Path) -> None:
    with working(folder / "data") as office:
        office.say("biaya 29102")
        pasti("backup", "pasti.tar")
        office.say("after the backup")
        (folder / "data" / "pasti.db-wal").touch()
    before = tree(folder / "data")
    assert "is there already. With --force" in pasti("restore", "pasti.tar", exit_code=1).stderr
    assert tree(folder / "data") == {**before, LOCK_FILE: f"{os.getpid()}\n".encode()}
    said = pasti("restore", "pasti.tar", "--force").stdout
    [aside] = (folder / "data").glob("replaced-*")
    assert f"What was there before is in data/{aside.name}" in said
    assert {name: tree(aside)[name] for name in ("pasti.db", SECRET_FILE)} == {
        name: before[name] for name in ("pasti.db", SECRET_FILE)
    }
    with working(folder / "data") as after:
        assert len(after.received()) == 1


def test_a_running_pasti_is_not_restored_under_its_feet(folder: Path) -> None:
    with working(folder / "data"):
        pasti("backup", "pasti.tar")
    before = tree(folder / "data")
    with hold(folder / "data"):
        said = pasti("restore", "pasti.tar", "--force", exit_code=1).stderr
    assert said == f"PASTI is already running on this data folder (process {os.getpid()}). Stop it first.\n"
    assert tree(folder / "data") == {**before, LOCK_FILE: f"{os.getpid()}\n".encode()}


def test_a_served_office_is_kept_and_not_replaced(folder: Path) -> None:
    with serving(folder) as served:
        pasti("backup", "pasti.tar.gz")
        said = pasti("restore", "pasti.tar.gz", "--force", exit_code=1).stderr
        assert f"(process {served.process.pid}). Stop it first." in said
        served.interrupt()
    assert "Restored, as of" in pasti("restore", "pasti.tar.gz", "--force").stdout
    with serving(folder) as served:
        assert "1 in force" in served.announced


def test_the_database_may_lie_elsewhere(folder: Path) -> None:
    with working(folder / "data"):
        pasti("backup", "pasti.tar")
    elsewhere = f"sqlite:///{folder}/elsewhere/office.db"
    pasti("restore", "pasti.tar", DATA_DIR="other", DATABASE_URL=elsewhere)
    assert (folder / "elsewhere" / "office.db").is_file()
    assert sorted(tree(folder / "other")) == [LOCK_FILE, SECRET_FILE]
    said = pasti("restore", "pasti.tar", exit_code=1, DATA_DIR="third", DATABASE_URL=elsewhere).stderr
    assert "elsewhere/office.db is there already" in said


def test_an_older_database_is_brought_up_to_date(folder: Path) -> None:
    with working(folder / "data") as office, office.office.database.schema_change() as tx:
        command.downgrade(alembic_config(tx), "0001")
    held: dict[str, bytes] = {"pasti.db": (folder / "data" / "pasti.db").read_bytes()}
    written(folder / "old.tar.gz", held, migration="0001")
    said = pasti("restore", "old.tar.gz", DATA_DIR="other").stdout
    assert f"brought from migration 0001 to {HEAD}" in said


# What is no backup


@pytest.fixture
def contents(folder: Path) -> dict[str, bytes]:
    """What a whole backup holds."""
    with working(folder / "data"):
        pasti("backup", "whole.tar.gz")
    held = members(folder / "whole.tar.gz")
    del held["manifest.json"]
    return held


@pytest.mark.parametrize(
    "name",
    [
        "../escaped.txt",
        "/tmp/escaped.txt",
        "media/../../escaped.txt",
        f"media/ab/{'c' * 64}",
        "spool/.hidden.json",
        "spool/a/b.json",
        "pasti.lock",
        "authorized_keys",
    ],
)
def test_a_member_of_another_name_is_refused(folder: Path, contents: dict[str, bytes], name: str) -> None:
    file = written(folder / "bad.tar.gz", {name: b"x", **contents})
    assert "does not belong into a backup" in pasti("restore", str(file), DATA_DIR="other", exit_code=1).stderr
    assert sorted(tree(folder / "other")) == [LOCK_FILE]
    assert not (folder / "escaped.txt").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_plain_files_are_unpacked(folder: Path, kind: bytes) -> None:
    (folder / "secret.txt").write_text("of the system")
    with tarfile.open(folder / "bad.tar", "w") as tar:
        member = tarfile.TarInfo("pasti.db")
        member.type, member.linkname = kind, str(folder / "secret.txt")
        tar.addfile(member)
    assert "does not belong" in pasti("restore", "bad.tar", DATA_DIR="other", exit_code=1).stderr
    assert sorted(tree(folder / "other")) == [LOCK_FILE]


def test_a_changed_a_missing_and_a_doubled_member_are_found(folder: Path, contents: dict[str, bytes]) -> None:
    def refusal(file: Path) -> str:
        said = pasti("restore", str(file), DATA_DIR="other", exit_code=1).stderr
        assert sorted(tree(folder / "other")) == [LOCK_FILE]
        assert not (folder / "other" / STAGING).exists()
        return said

    hashes = json.loads(members(folder / "whole.tar.gz")["manifest.json"])["members"]
    changed = contents | {SECRET_FILE: b"another key"}
    assert f"{SECRET_FILE} is not what was written" in refusal(written(folder / "a.tar.gz", changed, members=hashes))
    fewer = {"pasti.db": contents["pasti.db"]}
    assert f"{SECRET_FILE} is not what was written" in refusal(written(folder / "b.tar.gz", fewer, members=hashes))
    assert "is no backup" in refusal(written(folder / "c.tar.gz", {SECRET_FILE: b"x"}))
    assert "newer PASTI" in refusal(written(folder / "d.tar.gz", contents, format=2))
    assert "manifest of this backup cannot be read" in refusal(written(folder / "e.tar.gz", contents, created="once"))
    assert "manifest of this backup cannot be read" in refusal(written(folder / "f.tar.gz", contents, members=[]))
    with tarfile.open(folder / "g.tar", "w") as tar:
        for _ in range(2):
            tar.addfile(tarfile.TarInfo("pasti.db"), io.BytesIO())
    assert "twice" in refusal(folder / "g.tar")


def test_a_newer_database_is_not_taken(folder: Path) -> None:
    with working(folder / "data") as office, office.office.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    pasti("backup", "pasti.tar")
    said = pasti("restore", "pasti.tar", DATA_DIR="other", exit_code=1).stderr
    assert "made by a newer version of PASTI" in said
    assert sorted(tree(folder / "other")) == [LOCK_FILE]


def test_half_a_backup_is_none(folder: Path, contents: dict[str, bytes]) -> None:
    whole = (folder / "whole.tar.gz").read_bytes()
    for length in (0, 10, 1000, len(whole) // 2, len(whole) - 300):
        (folder / "half.tar.gz").write_bytes(whole[:length])
        said = pasti("restore", "half.tar.gz", DATA_DIR="other", exit_code=1).stderr
        assert "is no backup of PASTI, or not all of it is there" in said
        assert sorted(tree(folder / "other")) == [LOCK_FILE]
    assert "There is no backup at none.tar" in pasti("restore", "none.tar", exit_code=1).stderr
