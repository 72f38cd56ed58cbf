"""Telegram by polling: we ask, so nothing of ours needs to be reachable from the internet.

The offset moves past an update only when it is kept, for with that Telegram forgets it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.channels.channel import Accept, NotKeptError
from bot.channels.telegram import Telegram
from bot.channels.telegram_api import CutOffError, ThrottledError
from bot.channels.telegram_updates import WANTED
from bot.logs import where

LONG = 25  # seconds that Telegram holds a question open
_BATCH = 100
_FIRST, _LONGEST = 0.5, 30.0  # seconds between tries
_CONFLICT = 10.0
_UNAUTHORISED = 60.0
_TRIES = 5  # of an update that fails by itself

log = structlog.get_logger()


class Polling:
    """Start `run` as a task; cancel it to stop: what was taken is kept, what was not comes again.

    leads: whether it is for this process to ask; Telegram answers only one. second: how long one is, shorter in tests.
    """

    def __init__(
        self, telegram: Telegram, accept: Accept, *, leads: Callable[[], bool] = lambda: True, second: float = 1.0
    ) -> None:
        self._telegram = telegram
        self._accept = accept
        self._leads = leads
        self._offset: int | None = None
        self._wait = _FIRST
        self._second = second
        self._tries: dict[int, int] = {}  # of updates that failed by themselves, by their ids

    async def run(self) -> None:
        while True:
            if not self._leads():
                await self._sleep(_FIRST)
                continue
            try:
                updates = await _updates(self._telegram.bot, self._offset)
            except Conflict:
                log.error(
                    "Telegram refuses polling: a webhook is set (pasti telegram webhook delete), "
                    "or another program polls with the same token (stop it)"
                )
                await self._sleep(_CONFLICT)
            except InvalidToken:
                log.error("Telegram refuses the token: check TELEGRAM_TOKEN")
                await self._sleep(_UNAUTHORISED)
            except ThrottledError as error:
                await self._sleep(max(error.after, _FIRST))
            except TelegramError as error:
                log.warning("no updates", channel="telegram", error=type(error).__name__)
                await self._rest()
            else:
                if await self._take(updates):
                    self._wait = _FIRST
                else:
                    log.warning("updates not kept", channel="telegram")
                    await self._rest()

    async def _rest(self) -> None:
        await self._sleep(self._wait)
        self._wait = min(self._wait * 2, _LONGEST)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self._second)

    async def _take(self, updates: Sequence[dict[str, Any]]) -> bool:
        """All side by side, begun in their order, which is the order within each chat. Whether all are done with: the
        first that is not, and all after it, come again; the inbox knows those that it has."""
        taken = await asyncio.gather(
            *(self._telegram.handle(update, self._accept) for update in updates), return_exceptions=True
        )
        results = [(update, result) for update, result in zip(updates, taken, strict=True)]
        failed = [_id(update) for update, result in results if _is_defect(result)]
        self._tries = {id_: self._tries.get(id_, 0) + 1 for id_ in failed}
        for update, result in results:
            if _is_defect(result) and self._tries[_id(update)] >= _TRIES:
                log.error("update skipped", channel="telegram", kind=_kind(update), error=where(result))
            elif isinstance(result, BaseException):
                return False
            self._offset = _id(update) + 1
        return True


def _is_defect(result: BaseException | None) -> TypeGuard[BaseException]:
    """A failure of this update by itself, which would hold up all others for ever; not the database's, nor a stop."""
    return isinstance(result, Exception) and not isinstance(result, NotKeptError)


def _kind(update: dict[str, Any]) -> str:
    return next((kind for kind in WANTED if kind in update), "unknown")


async def _updates(bot: Bot, offset: int | None) -> list[dict[str, Any]]:
    """As JSON: the library's classes would reject what they do not know yet."""
    asked: dict[str, object] = {"limit": _BATCH, "timeout": LONG, "allowed_updates": list(WANTED)}
    if offset is not None:
        asked["offset"] = offset
    parameters = RequestData([RequestParameter.from_input(name, value) for name, value in asked.items()])
    found = await bot.request.post(f"{bot.base_url}/getUpdates", parameters, read_timeout=LONG + 10)
    if not isinstance(found, list) or not all(
        isinstance(each, dict) and type(each.get("update_id")) is int for each in found
    ):
        raise CutOffError("garbage")
    return sorted(found, key=_id)


def _id(update: dict[str, Any]) -> int:
    return int(update["update_id"])
