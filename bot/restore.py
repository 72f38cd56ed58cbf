"""`pasti restore`: reads a file of `pasti backup` back into a data folder in which no PASTI runs.

Everything is unpacked beside what is there, compared with the manifest, and migrated, before anything is touched. What
it replaces is set aside and not deleted. A member has a name that a backup gives, or the file is refused; only contents
are taken from it, never a path, a link or a mode.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import spool
from bot.backup import DATABASE, FORMAT, MANIFEST, MEDIA, SPOOLED, BackupError
from bot.keys import key_folder, sealer_if_any
from bot.lock import LOCK_FILE, hold
from bot.settings import Settings
from storage import outbox_report, sealed_values
from storage.database import HEAD, Database, sqlite_path
from storage.sealed import SECRET_FILE

STAGING = ".restoring"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 256 << 20  # 2 million files


@dataclass(slots=True)
class Restored:
    """What was put in place."""

    database: Path
    created: datetime  # when the backup was begun: nothing later is in it
    migrated_from: str
    members: frozenset[str]
    unsent: int = 0  # messages that will be sent when PASTI starts
    opens: bool | None = None  # whether the key in place opens the contacts; None: there are none
    set_aside: list[Path] = field(default_factory=list)

    def count(self, folder: str) -> int:
        return sum(name.startswith(f"{folder}/") for name in self.members)


def restore(settings: Settings, file: Path, now: datetime, *, force: bool) -> Restored:
    """Put a backup in place. Raises BackupError or OSError before anything was touched, AlreadyRunningError too."""
    database = sqlite_path(settings.database_url)
    if database is None:
        raise BackupError(
            "DATABASE_URL is PostgreSQL's: put its dump back with pg_restore, and the files into DATA_DIR."
        )
    if not file.is_file():
        raise BackupError(f"There is no backup at {file}.")
    with hold(settings.data_dir):
        if not force and (there := [*_contents(settings.data_dir), *([database] if database.exists() else [])]):
            raise BackupError(f"{there[0]} is there already. With --force it is set aside, and nothing is deleted.")
        staging = settings.data_dir / STAGING
        with _emptied(staging):
            manifest = _unpack(file, staging)
            restored = Restored(
                database, _created(manifest), str(manifest.get("migration")), frozenset(manifest["members"])
            )
            _bring_up_to_date(staging / DATABASE, restored)
            os.sync()  # before the old is moved away
            _put_in_place(settings, staging, restored, f"replaced-{now:%Y%m%d-%H%M%S}")
        _try_key(settings, restored)
    return restored


def _contents(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.name not in {LOCK_FILE, STAGING}]


@contextmanager
def _emptied(staging: Path) -> Iterator[None]:
    """A folder of its own on the same disk, so that what is in it can be renamed into place."""
    shutil.rmtree(staging, ignore_errors=True)  # of one that was killed
    staging.mkdir(mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unpack(file: Path, staging: Path) -> dict[str, Any]:
    """Everything that the manifest names, as it was when it was written, and nothing else."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(file, "r:*") as tar:
            for member in tar:
                if member.name == MANIFEST and member.isreg() and member.size <= _LARGEST_MANIFEST:
                    manifest = _manifest(tar, member)
                else:
                    found[member.name] = _unpack_member(tar, member, staging)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise BackupError(f"{file} is no backup of PASTI, or not all of it is there.") from error
    if manifest is None or DATABASE not in manifest["members"]:
        raise BackupError(f"{file} is no backup of PASTI, or not all of it is there.")
    if found != manifest["members"]:
        wrong = sorted(name for name, _ in found.items() ^ manifest["members"].items())
        raise BackupError(f"{file} is damaged: {wrong[0]} is not what was written. Take another backup.")
    return manifest


def _manifest(tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
    try:
        read = tar.extractfile(member)
        manifest = json.loads(read.read()) if read else None
    except ValueError as error:
        raise BackupError("The manifest of this backup cannot be read.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("members"), dict):
        raise BackupError("The manifest of this backup cannot be read.")
    if manifest.get("format") != FORMAT:
        raise BackupError("This backup was written by a newer PASTI. Install that one, then restore.")
    return manifest


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, staging: Path) -> str:
    """Writes one file, and returns its SHA-256."""
    known = member.name in {DATABASE, SECRET_FILE} or MEDIA.fullmatch(member.name) or SPOOLED.fullmatch(member.name)
    content = tar.extractfile(member) if known and member.isreg() else None
    if content is None:
        raise BackupError(f"{member.name!r} does not belong into a backup of PASTI. Nothing was restored.")
    path = staging / member.name
    for folder in reversed(Path(member.name).parents[:-1]):
        (staging / folder).mkdir(mode=0o700, exist_ok=True)  # `parents=True` would make them readable by everybody
    sha256 = hashlib.sha256()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(f"{member.name!r} is in this backup twice. Nothing was restored.") from None
    with os.fdopen(descriptor, "wb") as out:
        while chunk := content.read(_CHUNK):
            sha256.update(chunk)
            out.write(chunk)
    return sha256.hexdigest()


def _created(manifest: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(manifest.get("created")))
    except ValueError as error:
        raise BackupError("The manifest of this backup cannot be read.") from error


def _bring_up_to_date(path: Path, restored: Restored) -> None:
    """Raises DatabaseUnavailableError when a newer version of PASTI made it."""
    with closing(Database.open(str(path))) as database:
        database.migrate()
        with database.reader() as conn:
            rows = outbox_report.backlog(conn).rows
    restored.unsent = rows["queued"] + rows["sending"] + rows["unknown"]


def _put_in_place(settings: Settings, staging: Path, restored: Restored, aside: str) -> None:
    """The database last: until it is there, a PASTI that is started has none of the old either."""
    pairs = [(staging / name, settings.data_dir / name) for name in (spool.FOLDER, "media")]
    if SECRET_FILE in restored.members:  # else the one in place stays
        pairs.insert(0, (staging / SECRET_FILE, key_folder(settings) / SECRET_FILE))
    log = [restored.database.with_name(restored.database.name + end) for end in ("-wal", "-shm", "-journal")]
    for old in (*log, restored.database, *(target for _, target in pairs)):  # an old log would be read into the new
        if old.exists():
            folder = old.parent / aside
            folder.mkdir(mode=0o700, exist_ok=True)
            old.rename(folder / old.name)
            if folder not in restored.set_aside:
                restored.set_aside.append(folder)
    for source, target in (*pairs, (staging / DATABASE, restored.database)):
        if source.exists():
            _move(source, target)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(target.name + STAGING)  # DATABASE_URL may lie on another disk
        shutil.copyfile(source, beside)
        beside.chmod(0o600)
        beside.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _try_key(settings: Settings, restored: Restored) -> None:
    keys = sealer_if_any(settings)
    with closing(Database.open(str(restored.database))) as database, database.reader() as conn:
        restored.opens = sealed_values.opens(conn, keys)


def is_migrated(restored: Restored) -> bool:
    return restored.migrated_from != HEAD
