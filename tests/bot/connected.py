"""The whole program in this process, connected to peers that play the providers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from sqlalchemy import text

from bot.app import SHUTDOWN_SECONDS, Pasti, open_office
from bot.settings import Settings
from handlers.library import Library
from storage.database import sqlite_path
from tests import postgresql
from tests.peers.telegram import TOKEN, TelegramPeer
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioPeer
from tests.storage.fresh import copy_of

PUBLIC_URL = "https://pasti.example"
SECRET = "a secret for tests, long enough to be one"
WEBHOOK_SECRET = "invented-webhook-secret"


@dataclass
class Connected:
    """A running program and what stands in its database."""

    pasti: Pasti
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rows(self, table: str, columns: str = "*") -> list[Mapping[str, object]]:
        with self.pasti.office.database.reader() as conn:
            return [dict(row) for row in conn.execute(text(f"SELECT {columns} FROM {table} ORDER BY id")).mappings()]

    def states(self) -> list[object]:
        return [row["state"] for row in self.rows("outbox")]


def settings_for(
    folder: Path, twilio: TwilioPeer | None, telegram: TelegramPeer | None, mode: str, **more: object
) -> Settings:
    values: dict[str, object] = {"data_dir": folder / "data", "public_url": PUBLIC_URL, "secret_key": SECRET, **more}
    if postgresql.ON_POSTGRESQL:
        values["database_url"] = _on_postgresql(folder)
    if twilio:
        values |= {
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": AUTH_TOKEN,
            "twilio_whatsapp_from": SENDER,
            "twilio_api_url": twilio.url,
        }
    if telegram:
        values |= {
            "telegram_token": TOKEN,
            "telegram_api_url": telegram.url,
            "telegram_mode": mode,
            "telegram_webhook_secret": WEBHOOK_SECRET,
        }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


@cache
def _on_postgresql(_folder: Path) -> str:
    """The database of the office in this folder, however often it is started."""
    return postgresql.new_database("published", _publish)


def _publish(url: str) -> None:
    open_office(url, SECRET, shipped=True).database.close()


@cache
def _library() -> Library:
    """What is read of the shipped standard: once, so that a program starts in no time."""
    with TemporaryDirectory() as folder:
        office = open_office(copy_of("published", _publish, Path(folder)), SECRET, shipped=True)
        with office.database.reader() as conn:
            office.library.read(conn)
        office.database.close()
        return office.library


def _start_with_published(database_url: str) -> None:
    path = sqlite_path(database_url)
    if path and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        copy_of("published", _publish, path.parent)


@asynccontextmanager
async def connected(
    folder: Path,
    *,
    twilio: TwilioPeer | None = None,
    telegram: TelegramPeer | None = None,
    mode: str = "polling",
    **more: object,
) -> AsyncIterator[Connected]:
    """Started, reachable by the peers, and stopped at the end."""
    settings = settings_for(folder, twilio, telegram, mode, **more)
    _start_with_published(settings.database_url)
    office = open_office(settings.database_url, SECRET, shipped=True)
    office.library = copy(_library())  # it reads anew whatever has changed
    pasti = Pasti(office, settings, SECRET)
    runner = web.AppRunner(pasti.app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    program = Connected(pasti, runner.addresses[0][1])
    for peer in (twilio, telegram):
        if peer:
            peer.reroute(PUBLIC_URL, program.url)
    try:
        yield program
    finally:
        await runner.cleanup()
        office.database.close()
