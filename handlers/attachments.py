"""What becomes of the files that citizens send: fetched and kept, tried again, or given up, and then they are told.

The bytes are fetched elsewhere (`bot.media`). One public function is one event and one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from sqlalchemy import Connection

from handlers.dialogue import texts
from handlers.dialogue.texts import FileProblem
from handlers.messages import Channel
from handlers.notices import tell
from handlers.office import Office
from storage import media
from storage.media import MediaRow

MEGABYTE = 1 << 20
LARGEST: Mapping[Channel, int] = {"whatsapp": 16 * MEGABYTE, "telegram": 20 * MEGABYTE, "web": 20 * MEGABYTE}
"""Bytes of one file. Twilio takes no more than 16 MB, and Telegram gives a bot no more than 20 MB."""

LEASE = timedelta(minutes=10)  # longer than an attempt may take: after a crash the file is taken up again
GIVE_UP = timedelta(hours=23)  # WhatsApp lets us say so for 24 hours after the message
MOST_ATTEMPTS = 150  # attempts of which nothing was heard count too: a file that kills us does not do so for ever
_TRUSTED = 5  # attempts; whether one ended in a crash is not known
TOGETHER = timedelta(seconds=15)  # files that came so close to each other were sent in one go: an album
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(minutes=10)  # until the next attempt


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies in its place on the disk."""

    sha256: str
    size: int  # bytes
    content_type: str  # as its bytes say
    picture: bool  # decoded, so that it may be shown


def resumed(office: Office) -> None:
    """After a start: what the last process was fetching is due at once, unless that is what ended it before."""
    with office.database.transaction() as tx:
        media.hurry(tx, office.clock(), fewer_than=_TRUSTED)


def wanted(office: Office, limit: int) -> list[MediaRow]:
    """The files to be fetched now, leased: whoever asks next gets others."""
    with office.database.transaction() as tx:
        now = office.clock()
        rows = media.due(tx, now, limit)
        if not rows:
            return []
        for row in rows:
            if row.attempts >= MOST_ATTEMPTS:
                _give_up(tx, office, row, "failed", "not_fetched", row.error or "too many attempts")
        rows = [replace(row, attempts=row.attempts + 1) for row in rows if row.attempts < MOST_ATTEMPTS]
        media.lease(tx, [row.id for row in rows], now + LEASE)
        return rows


def kept(office: Office, media_id: int, file: KeptFile) -> None:
    """It lies on the disk."""
    with office.database.transaction() as tx:
        media.keep(tx, media_id, file.sha256, file.size, file.content_type, file.picture)


def postponed(office: Office, media_id: int, error: str) -> None:
    """It could not be had this time."""
    with office.database.transaction() as tx:
        row = media.wanted_by_id(tx, media_id)
        if row is None:
            return
        now = office.clock()
        if now - row.created_at >= GIVE_UP:
            _give_up(tx, office, row, "failed", "not_fetched", error)
        else:
            media.retry(tx, row.id, now + _pause(row.attempts), error)


def refused(office: Office, media_id: int, problem: FileProblem, error: str) -> None:
    """It will not be had, or must not be kept."""
    with office.database.transaction() as tx:
        row = media.wanted_by_id(tx, media_id)
        if row is not None:
            _give_up(tx, office, row, "refused", problem, error)


def _pause(attempts: int) -> timedelta:
    return min(_LONGEST, _FIRST * (1 << min(max(attempts - 1, 0), 10)))


def _give_up(tx: Connection, office: Office, row: MediaRow, state: str, problem: FileProblem, error: str) -> None:
    """The citizen is told, once for what they sent in one go."""
    together = media.given_up(tx, row.conversation_id, row.created_at - TOGETHER, row.created_at + TOGETHER)
    media.refuse(tx, row.id, state, f"{problem}: {error}")
    if not any((other.error or "").startswith(f"{problem}:") for other in together):
        megabytes = LARGEST[cast(Channel, row.channel)] // MEGABYTE
        tell(tx, office, row.conversation_id, texts.file_problem(problem, megabytes), inbox_id=row.inbox_id)
