"""`pasti backup`: everything in one file, while PASTI runs. What is in it, and how it is read back, is in `restore`.

The order in which things are copied decides what could be lost. A spooled message goes into the database and is removed
from the spool after that: so the spool is copied first, and a message that moves meanwhile is in the database that is
copied later (in both at worst; the inbox takes it once). A file, of a citizen or of an officer, is in its place before
the database names it, and never changes: so the files come after the database, and each that it knows is among them.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from bot import spool
from bot.keys import key_folder
from bot.settings import Settings
from storage.database import sqlite_path
from storage.sealed import SECRET_FILE
from storage.sqlite_engine import PATIENCE

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "pasti.db"
MEDIA = re.compile(r"media/([0-9a-f]{2})/(\1[0-9a-f]{62})")
SPOOLED = re.compile(rf"{spool.FOLDER}/[0-9A-Za-z]+\.json")
ENDINGS = (".tar.gz", ".tgz", ".tar")

_PAGES = 2048  # of the database in one step: other threads of this process get their turn in between


class BackupError(Exception):
    """No backup was written, and no file of that name was changed. The message is for the operator."""


@dataclass(slots=True)
class Backup:
    """What was written."""

    file: Path
    created: datetime
    size: int = 0
    migration: str = ""
    key: bool = False  # whether the key is in it
    members: dict[str, str] = field(default_factory=dict)  # name to SHA-256
    missing: int = 0  # files that the database knows and the disk does not have
    damaged: list[str] = field(default_factory=list)  # files whose content is not what their name says

    def count(self, folder: str) -> int:
        return sum(name.startswith(f"{folder}/") for name in self.members)


def back_up(settings: Settings, file: Path, now: datetime, *, force: bool) -> Backup:
    """Write everything into `file`. Raises BackupError, or OSError when a file can be neither read nor written."""
    source = sqlite_path(settings.database_url)
    if source is None:
        raise BackupError(
            "DATABASE_URL is PostgreSQL's: keep that with pg_dump --format=custom, or by archiving its log (PITR), and "
            f"copy {settings.data_dir}, where the files of citizens lie. Keep SECRET_KEY elsewhere."
        )
    if not source.is_file():
        raise BackupError(f"There is no database at {source}: nothing to keep yet.")
    if not file.name.endswith(ENDINGS):
        raise BackupError(f"{file}: the name should end with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.")
    if file.exists() and not force:
        raise BackupError(f"{file} is there already. Take another name, or --force to replace it.")
    made = Backup(file, now)
    with _written_whole(file) as part:
        _pack(settings, source, part, made)
        made.size = part.tell()
    return made


def _pack(settings: Settings, source: Path, part: BinaryIO, made: Backup) -> None:
    with ExitStack() as stack:
        out: BinaryIO = part
        if not made.file.name.endswith(".tar"):
            packed = gzip.GzipFile(fileobj=part, mode="wb", compresslevel=6)
            out = stack.enter_context(closing(packed))  # type: ignore[assignment]  # it writes, which is all tar asks
        tar = stack.enter_context(tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT))
        for path in _files(settings.data_dir, f"{spool.FOLDER}/*.json", SPOOLED):
            _add(tar, made, path.relative_to(settings.data_dir).as_posix(), path)
        with TemporaryDirectory(prefix=".pasti-backup-", dir=made.file.parent) as folder:
            copy = Path(folder, DATABASE)
            kept = _copy_database(source, copy, made)
            _add(tar, made, DATABASE, copy)
        for path in _files(settings.data_dir, "media/*/*", MEDIA):
            _add(tar, made, path.relative_to(settings.data_dir).as_posix(), path)
        made.damaged = [name for name, sha256 in made.members.items() if MEDIA.fullmatch(name) and name[9:] != sha256]
        made.missing = sum(f"media/{sha256[:2]}/{sha256}" not in made.members for sha256 in kept)
        if settings.secret_key is None:  # else it lies elsewhere, and belongs elsewhere
            made.key = _add(tar, made, SECRET_FILE, key_folder(settings) / SECRET_FILE)
        manifest = {
            "format": FORMAT,
            "pasti": version("pasti"),
            "created": made.created.isoformat(),
            "migration": made.migration,
            "members": made.members,
        }
        _write(tar, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()), made.created.timestamp())


def _files(folder: Path, pattern: str, name: re.Pattern[str]) -> Iterator[Path]:
    """Those that are whole: what is half written goes by another name."""
    return (path for path in sorted(folder.glob(pattern)) if name.fullmatch(path.relative_to(folder).as_posix()))


def _add(tar: tarfile.TarFile, made: Backup, name: str, path: Path) -> bool:
    """False: it is gone. A spooled message is in the database by now."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        made.members[name] = _write(tar, name, file, os.fstat(file.fileno()).st_mtime)
    return True


def _write(tar: tarfile.TarFile, name: str, file: BinaryIO, modified: float) -> str:
    """Adds a member, and returns the SHA-256 of what was added."""
    member = tarfile.TarInfo(name)
    member.size = file.seek(0, os.SEEK_END)
    file.seek(0)
    member.mode, member.mtime = 0o600, int(modified)
    hashing = _Hashing(file)
    tar.addfile(member, hashing)
    return hashing.sha256.hexdigest()


class _Hashing:
    """Reads a file, and hashes what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.sha256.update(chunk)
        return chunk


def _copy_database(source: Path, copy: Path, made: Backup) -> list[str]:
    """One consistent state of a database in use, checked. Returns the hashes of the files that it knows.

    The reading transaction pins that state: SQLite would otherwise begin anew after each step in which somebody wrote,
    and beside a busy writer never end.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", PATIENCE, 0, None, uri=True)) as origin,
            closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            target.execute("PRAGMA synchronous=OFF")  # it is thrown away after a crash
            origin.execute("BEGIN")
            origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
            origin.backup(target, pages=_PAGES)
            origin.execute("ROLLBACK")
            if target.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                raise BackupError(f"The database {source} is damaged: `pasti doctor` says more. Nothing was written.")
            made.migration = target.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            return _files_known(target)
    except sqlite3.Error as error:
        raise BackupError(f"The database {source} cannot be copied: {error}. Nothing was written.") from error


def _files_known(database: sqlite3.Connection) -> list[str]:
    """Hashes of what citizens sent, and of what officers did; the database may be one of before they could."""
    known = "SELECT sha256 FROM media WHERE state = 'kept' AND sha256 IS NOT NULL"
    if database.execute("SELECT 1 FROM pragma_table_info('outbox') WHERE name = 'file'").fetchone():
        known += " UNION SELECT json_extract(file, '$.sha256') FROM outbox WHERE json_type(file) = 'object'"
    return [sha256 for (sha256,) in database.execute(f"SELECT DISTINCT sha256 FROM ({known})")]  # noqa: S608


@contextmanager
def _written_whole(file: Path) -> Iterator[BinaryIO]:
    """A new file that gets its name when all of it is on the disk; whatever happens, there is never half of one."""
    part = file.with_name(file.name + ".part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+b") as out, ExitStack() as unfinished:
        _lock(out, part)
        unfinished.callback(part.unlink)
        out.truncate()  # what a killed one left
        yield out
        out.flush()
        os.fsync(out.fileno())
        part.rename(file)
        unfinished.pop_all()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # its name too
    finally:
        os.close(folder)


def _lock(out: BinaryIO, part: Path) -> None:
    """Two that write one file at the same time: the second gives up, also when the first has just finished."""
    try:
        fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ours = os.path.samestat(part.stat(), os.fstat(out.fileno()))
    except (BlockingIOError, FileNotFoundError):
        ours = False
    if not ours:
        raise BackupError(f"Another backup is writing {part}.")
