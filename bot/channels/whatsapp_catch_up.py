"""At the start: what citizens wrote while nobody listened. Twilio lists it, and does not send it again by itself.

Everything of the last 24 hours is handed in once more; the inbox knows what it has. Buttons are told from words there
as everywhere, so a press that was missed is read as its title.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.channels.channel import Accept, NotKeptError
from bot.channels.twilio_api import (
    UNREADABLE,
    CutOffError,
    NotReachedError,
    ServerFailedError,
    ThrottledError,
    TwilioException,
)
from bot.channels.whatsapp_updates import PREFIX, file_name, kind_of, may_go_on
from handlers.messages import Address, Attachment, Inbound

BACK = timedelta(hours=24)  # as long as WhatsApp's window: what is older could not be answered
_PAGE, _MOST = 500, 5_000
_AGAIN = (2.0, 10.0, 60.0, 300.0)  # seconds until the next try

log = structlog.get_logger()

_TROUBLE = (NotReachedError, CutOffError, ServerFailedError, ThrottledError, TwilioException, *UNREADABLE)


async def catch_up(client: Any, sender: str, api_root: str, accept: Accept, now: Callable[[], datetime]) -> None:
    """Takes in what is missing, and returns; tries again when Twilio or the database is away."""
    for wait in (*_AGAIN, None):
        try:
            count = await _take_in(client, sender, api_root, accept, now())
        except (*_TROUBLE, NotKeptError) as error:
            log.warning("recent messages not listed", channel="whatsapp", error=type(error).__name__)
            if wait is not None:
                await asyncio.sleep(wait)
        else:
            log.info("recent messages listed", channel="whatsapp", messages=count)
            return


async def _take_in(client: Any, sender: str, api_root: str, accept: Accept, now: datetime) -> int:
    since = now - BACK
    listed = await client.messages.list_async(to=sender, date_sent_after=since, page_size=_PAGE, limit=_MOST)
    inbound = [m for m in reversed(listed) if m.direction == "inbound" and m.sid and m.from_]
    count = 0
    for message in sorted(inbound, key=_made):  # times are whole seconds; within one Twilio's order tells, newest first
        if _made(message) >= since:
            await accept(await _inbound(message, api_root, now))
            count += 1
    return count


async def _inbound(message: Any, api_root: str, now: datetime) -> Inbound:
    text = message.body or ""
    attachments: tuple[Attachment, ...] = ()
    if int(message.num_media or 0):
        files = await message.media.list_async(limit=10)
        attachments = tuple(_attachment(file, text, message.sid, api_root) for file in files)
    elif not text.strip():
        attachments = (Attachment("unsupported", "", message.sid),)
    if any(a.kind == "document" for a in attachments) and file_name(text):
        text = ""
    return Inbound(
        address=Address("whatsapp", str(message.from_).removeprefix(PREFIX)),
        external_id=str(message.sid),
        received_at=min(_made(message), now),
        text=text,
        attachments=attachments,
        burst=may_go_on(text, None, attachments),
        provider_ref=str(message.sid),
    )


def _attachment(file: Any, text: str, sid: str, api_root: str) -> Attachment:
    said = str(file.content_type or "")
    kind = kind_of(said)
    address = f"{api_root}{str(file.uri).removesuffix('.json')}"
    return Attachment(kind, file_name(text) if kind == "document" else "", sid, address, said[:100])


def _made(message: Any) -> datetime:
    made = message.date_sent or message.date_created
    if not isinstance(made, datetime):
        raise ValueError("a message without a time")
    return made if made.tzinfo else made.replace(tzinfo=UTC)
