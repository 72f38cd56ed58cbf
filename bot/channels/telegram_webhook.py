"""Telegram by webhook: it calls us. Registered at the start, and checked by the secret that only it knows."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web
from telegram import Bot, BotCommand, WebhookInfo
from telegram.error import TelegramError

from bot.channels.channel import Accept, NotKeptError
from bot.channels.telegram import Telegram
from bot.channels.telegram_api import garbage_told
from bot.channels.telegram_updates import WANTED

ADDRESS = "/webhooks/telegram"
CONNECTIONS = 40
COMMANDS: Sequence[tuple[str, str]] = (
    ("start", "Mulai"),
    ("menu", "Menu utama"),
    ("lapor", "Sampaikan pengaduan atau saran"),
    ("status", "Cek status laporan"),
    ("petugas", "Hubungi petugas"),
    ("batal", "Batalkan yang sedang berjalan"),
    ("bantuan", "Cara memakai PASTI"),
)
_LONGEST = 300.0  # seconds between tries to register

log = structlog.get_logger()


class Webhook:
    """The address that Telegram calls. Only a 2xx counts there; all else is sent again."""

    def __init__(
        self, telegram: Telegram, accept: Accept, secret: str, rejected: Callable[[], None] = lambda: None
    ) -> None:
        self._telegram = telegram
        self._accept = accept
        self._secret = secret.encode()
        self._rejected = rejected

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(ADDRESS, self.update)

    async def update(self, request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(self._secret, given.encode("utf-8", "replace")):
            self._rejected()
            log.warning("webhook not signed", channel="telegram")
            return web.Response(status=403, text="The secret is not the one that was agreed on.")
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400, text="The body is not JSON.")
        try:
            await self._telegram.handle(update, self._accept)
        except NotKeptError:
            return web.Response(status=503, headers={"Retry-After": "5"})
        return web.Response()


def differs(info: WebhookInfo, public_url: str) -> bool:
    """Whether the address or the kinds of updates are not those that we want."""
    wanted = (public_url + ADDRESS, sorted(WANTED))
    return (info.url, sorted(info.allowed_updates or ())) != wanted


async def set_webhook(bot: Bot, public_url: str, secret: str) -> None:
    await bot.set_webhook(
        public_url + ADDRESS, secret_token=secret, allowed_updates=list(WANTED), max_connections=CONNECTIONS
    )


async def register(bot: Bot, public_url: str, secret: str) -> None:
    """Tells Telegram where we are. Again at every start: whether the secret has changed cannot be asked."""

    async def once() -> None:
        changed = differs(await bot.get_webhook_info(), public_url)
        await set_webhook(bot, public_url, secret)
        log.info("webhook registered", channel="telegram", changed=changed)

    await _until_done(once, "webhook not registered")


async def publish_commands(bot: Bot) -> None:
    """The menu of commands, where it is not the one that we want."""

    async def once() -> None:
        shown = [(command.command, command.description) for command in await bot.get_my_commands()]
        if shown != list(COMMANDS):
            await bot.set_my_commands([BotCommand(name, words) for name, words in COMMANDS])

    await _until_done(once, "commands not published")


async def learn_username(telegram: Telegram) -> None:
    """What the bot is called, for links that lead to it."""
    await _until_done(telegram.learn_username, "username not learnt")


async def _until_done(once: Callable[[], Awaitable[None]], otherwise: str) -> None:
    wait = 1.0
    while True:
        try:
            with garbage_told():
                await once()
            return
        except TelegramError as error:
            log.warning(otherwise, channel="telegram", error=type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST)
