"""One PASTI on a data folder: a lock that the system gives back when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bot.settings import SettingsError

LOCK_FILE = "pasti.lock"
PLACES = 32  # processes on one data folder


class AlreadyRunningError(SettingsError):
    """Another process holds the data folder; the message says which, and what to do."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """The folder is this process's until the block ends. Raises AlreadyRunningError, or SettingsError without a folder.

    The file stays: to remove it would let a second process lock a new one beside the first.
    """
    with _held(folder, LOCK_FILE):
        yield


@contextmanager
def _held(folder: Path, name: str) -> Iterator[None]:
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(f"{path} cannot be made: {error.strerror}. Set DATA_DIR to a folder of PASTI's.") from error
    try:
        if not _locked(descriptor):
            holder = _process_in(descriptor)
            raise AlreadyRunningError(f"PASTI is already running on this data folder{holder}. Stop it first.")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def hold_a_place(folder: Path) -> Iterator[int]:
    """For processes that share a data folder, on PostgreSQL: the first free place in it, from 1, until the block ends.

    The first place is the one that a lone process holds, so the two kinds keep each other out.
    """
    with ExitStack() as stack:
        for place in range(1, PLACES + 1):
            with suppress(AlreadyRunningError):
                stack.enter_context(_held(folder, LOCK_FILE if place == 1 else f"pasti-{place}.lock"))
                yield place
                return
        raise AlreadyRunningError(f"{PLACES} processes of PASTI run on {folder} already. Stop one of them first.")


def is_held(folder: Path) -> bool:
    """Whether a process holds it now. Makes no file."""
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _process_in(descriptor: int) -> str:
    written = os.pread(descriptor, 20, 0).strip()
    return f" (process {written.decode()})" if written.isdigit() else ""
