"""Telegram by polling: we ask, so nothing of ours needs to be reachable from the internet.

The offset moves past an update only when it is kept, for with that Telegram forgets it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.channel import Accept, NotKeptError
from bot.channels.telegram import Telegram
from bot.channels.telegram_api import ThrottledError
from bot.channels.telegram_updates import WANTED

LONG = 25  # seconds that Telegram holds a question open
_BATCH = 100
_FIRST, _LONGEST = 0.5, 30.0  # seconds between tries
_CONFLICT = 10.0
_UNAUTHORISED = 60.0

log = structlog.get_logger()


class Polling:
    """Start `run` as a task; cancel it to stop: what was taken is kept, what was not comes again."""

    def __init__(self, telegram: Telegram, accept: Accept) -> None:
        self._telegram = telegram
        self._accept = accept
        self._offset: int | None = None
        self._wait = _FIRST

    async def run(self) -> None:
        while True:
            try:
                updates = await _updates(self._telegram.bot, self._offset)
                await self._take(updates)
                self._wait = _FIRST
            except NotKeptError:
                log.warning("updates not kept", channel="telegram")
                await self._rest()
            except Conflict:
                log.error(
                    "Telegram refuses polling: a webhook is set (pasti telegram webhook delete), "
                    "or another program polls with the same token (stop it)"
                )
                await asyncio.sleep(_CONFLICT)
            except InvalidToken:
                log.error("Telegram refuses the token: check TELEGRAM_TOKEN")
                await asyncio.sleep(_UNAUTHORISED)
            except ThrottledError as error:
                await asyncio.sleep(error.after)
            except TelegramError as error:
                log.warning("no updates", channel="telegram", error=type(error).__name__)
                await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(self._wait)
        self._wait = min(self._wait * 2, _LONGEST)

    async def _take(self, updates: Sequence[dict[str, Any]]) -> None:
        """All side by side, begun in their order, which is the order within each chat."""
        taken = await asyncio.gather(
            *(self._telegram.handle(update, self._accept) for update in updates), return_exceptions=True
        )
        for update, result in zip(updates, taken, strict=True):
            if isinstance(result, BaseException):
                raise result  # this one, and all after it, come again; the inbox knows those that it has
            self._offset = _id(update) + 1


async def _updates(bot: Bot, offset: int | None) -> list[dict[str, Any]]:
    """As JSON: the library's classes would reject what they do not know yet."""
    asked: dict[str, object] = {"limit": _BATCH, "timeout": LONG, "allowed_updates": list(WANTED)}
    if offset is not None:
        asked["offset"] = offset
    parameters = RequestData([RequestParameter.from_input(name, value) for name, value in asked.items()])
    found = await bot.request.post(f"{bot.base_url}/getUpdates", parameters, read_timeout=LONG + 10)
    items = found if isinstance(found, list) else []
    return sorted(
        (each for each in items if isinstance(each, dict) and isinstance(each.get("update_id"), int)), key=_id
    )


def _id(update: dict[str, Any]) -> int:
    return int(update["update_id"])
