"""What PASTI stands on: its settings, its folder, the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryFile

from bot.doctor.findings import Finding, ok, spoken, warning, wrong
from bot.lock import is_held
from bot.settings import Settings
from bot.spool import FOLDER as SPOOL

LITTLE, TOO_LITTLE = 2_000_000_000, 200_000_000  # bytes free
_APART = timedelta(seconds=30)  # between the clocks of the machine and of its disk


def check_settings(settings: Settings) -> Iterator[Finding]:
    """A channel that was begun and not finished is wrong: somebody believes that it is on."""
    telegram, whatsapp = settings.telegram_lacks, settings.whatsapp_lacks
    found: list[Finding] = []
    if telegram and settings.telegram_token:
        found.append(_unfinished("Telegram", telegram))
    if whatsapp and (settings.twilio_account_sid or settings.twilio_auth_token or settings.twilio_whatsapp_from):
        found.append(_unfinished("WhatsApp", whatsapp))
    called = [] if whatsapp else ["Twilio"]
    called += ["Telegram"] if settings.telegram_mode == "webhook" and settings.telegram_token else []
    if called:
        found += _check_address(settings.public_url, " and ".join(called))
    yield from found or [ok("settings", "can be used")]


def _unfinished(channel: str, lacks: tuple[str, ...]) -> Finding:
    return wrong("settings", f"{channel} is off: {', '.join(lacks)} is not set", "Set it, or unset the others.")


def _check_address(public_url: str | None, called_by: str) -> Iterator[Finding]:
    if public_url is None:
        yield wrong(
            "settings",
            f"PUBLIC_URL is not set, and {called_by} calls it",
            "Set it to the address at which the internet reaches PASTI, such as https://pasti.example.go.id.",
        )
    elif not public_url.startswith("https://"):
        mend = "Put PASTI behind a proxy with a certificate (README, Run it on a server)."
        yield wrong("settings", f"PUBLIC_URL is not https, and {called_by} calls it", mend)


def check_folder(folder: Path, now: datetime) -> Iterator[Finding]:
    """DATA_DIR: private, writable, enough room, and a clock that agrees."""
    if not folder.is_dir():
        yield warning(
            "folder",
            f"{folder} is not there yet",
            "PASTI makes it when it starts. Should it be there? Then check DATA_DIR.",
        )
        yield _check_room(next(path for path in folder.absolute().parents if path.is_dir()))
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        yield warning(
            "folder", f"{folder} belongs to another user than this command runs as", "Run it as that user: sudo -u."
        )
    if found.st_mode & 0o027:
        yield warning("folder", f"others may look into {folder}", f"chmod 700 {folder}")
    yield from _check_writing(folder, now)
    yield _check_room(folder)


def _check_writing(folder: Path, now: datetime) -> Iterator[Finding]:
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(b"written by pasti doctor")
            file.flush()
            written = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError as error:
        yield wrong("folder", f"{folder} cannot be written: {error.strerror}", "Give it to the user that runs PASTI.")
        return
    yield ok("folder", f"{folder} can be written" + (", and PASTI is running on it" if is_held(folder) else ""))
    newest = max((path.stat().st_mtime for path in folder.glob("pasti.db*")), default=0.0)
    ahead = max(written, datetime.fromtimestamp(newest, UTC)) - now
    if ahead > _APART or now - written > _APART:
        apart = spoken(ahead if ahead > _APART else now - written)
        mend = "Was the clock set back? Let the system keep it: timedatectl set-ntp true."
        yield warning("folder", f"the times of the files are {apart} from the clock", mend)


def _check_room(folder: Path) -> Finding:
    free = disk_usage(folder).free
    what = f"{free / 1e9:.1f} GB free"
    if free < TOO_LITTLE:
        return wrong("disk", what, "Make room: PASTI cannot keep messages without it.")
    if free < LITTLE:
        return warning("disk", what, "Make room soon.")
    return ok("disk", what)


def check_spool(folder: Path, now: datetime) -> Iterator[Finding]:
    """Messages that were kept while the database was away."""
    times = [path.stat().st_mtime for path in (folder / SPOOL).glob("*.json")]
    if not times:
        yield ok("spool", "empty")
        return
    age = spoken(now - datetime.fromtimestamp(min(times), UTC))
    mend = "PASTI takes them in when it runs and its database can be written; its log names those that it cannot read."
    yield warning("spool", f"{len(times)} messages wait for the database, for {age}", mend)
