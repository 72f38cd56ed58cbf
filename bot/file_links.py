"""`/files/<token>`: where Twilio fetches a file for WhatsApp. No sign-in: the token is signed, and good for a day.

It names the row of the outbox whose file it is, so it leads to that one file and to nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from itsdangerous import BadSignature, TimestampSigner

from bot.media_files import sent_response
from handlers.office import Office
from storage import outbox
from storage.database import DatabaseUnavailableError

GOOD_FOR = timedelta(hours=24)  # Twilio fetches at once; it may be told to try again


class FileLinks:
    """Makes the addresses, and answers at them. `folder` is DATA_DIR."""

    def __init__(self, office: Office, secret: str, folder: Path) -> None:
        self._office = office
        self._signer = _Signer(secret, office.clock)
        self._folder = folder

    def path(self, outbox_id: int) -> str:
        """The path of the file of this row, from now on for a day."""
        return f"/files/{self._signer.sign(str(outbox_id)).decode()}"

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/files/{token}", self.give)  # and HEAD: Twilio looks before it fetches

    async def give(self, request: web.Request) -> web.StreamResponse:
        """The file; 404 for any token that is not, or no longer, one of ours."""
        try:
            said = self._signer.unsign(request.match_info["token"], max_age=int(GOOD_FOR.total_seconds()))
        except BadSignature:
            raise web.HTTPNotFound from None
        try:
            file = await asyncio.to_thread(self._file_of, int(said))
        except DatabaseUnavailableError:
            raise web.HTTPServiceUnavailable from None
        if file is None:
            raise web.HTTPNotFound
        return sent_response(file, self._folder)

    def _file_of(self, outbox_id: int) -> Mapping[str, Any] | None:
        with self._office.database.reader() as conn:
            return next((row.file for row in outbox.by_ids(conn, [outbox_id])), None)


class _Signer(TimestampSigner):
    """A signer on the clock of the program."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        super().__init__(secret, salt="bot.file_links")
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now().timestamp())
