"""Where citizens' files lie: `DATA_DIR/media/ab/abcdef…`, each by the hash of its content, readable by PASTI alone.

No name of a sender is part of a path, and the same content is one file. A file is written beside them (`.incoming`) and
renamed when it is whole and on the disk, so that whatever lies in its place is what its name says.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from bot.channels.channel import MediaTooLargeError

_FORGOTTEN = 3600.0  # seconds after which nobody is writing any more


def place_of(sha256: str) -> Path:
    """The path of a file below DATA_DIR."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise ValueError("not a SHA-256 in hexadecimal digits")
    return Path("media", sha256[:2], sha256)


class Incoming:
    """A file while it is being fetched. `discard` it in the end, whatever happened: what was kept stays."""

    def __init__(self, folder: Path, largest: int) -> None:
        incoming = _incoming(folder)
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, path = mkstemp(dir=incoming)  # 0600
        self.path = Path(path)
        self.size = 0
        self._file = os.fdopen(number, "wb")
        self._hash = hashlib.sha256()
        self._folder = folder
        self._largest = largest

    def write(self, chunk: bytes) -> None:
        """Raises MediaTooLargeError before there is more on the disk than may be."""
        if self.size + len(chunk) > self._largest:
            raise MediaTooLargeError(f"more than {self._largest >> 20} MB")
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def flush(self) -> None:
        """On the disk, so that it can be looked at."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self) -> str:
        """Moves the flushed file to its place, for good. Returns its SHA-256."""
        self._file.close()
        sha256 = self._hash.hexdigest()
        place = self._folder / place_of(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        self.path.replace(place)
        _sync(place.parent)
        _sync(place.parent.parent)  # its folder may be new
        return sha256

    def discard(self) -> None:
        with suppress(OSError):  # a full disk says so once more on closing
            self._file.close()
        self.path.unlink(missing_ok=True)


def remove_leftovers(folder: Path, now: float) -> int:
    """What a killed process has left half fetched. `now` is in the seconds of the file system."""
    removed = 0
    for path in _incoming(folder).glob("*"):
        with suppress(FileNotFoundError):  # another process tidies up too
            if path.stat().st_mtime < now - _FORGOTTEN:
                path.unlink()
                removed += 1
    return removed


def _incoming(folder: Path) -> Path:
    return folder / "media" / ".incoming"


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
