"""`pasti run`: serves until Ctrl-C, and says first what is on, what is off and why."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Iterator

import structlog
from aiohttp import web
from rich.console import Console
from rich.table import Table

from bot.app import SHUTDOWN_SECONDS, make_app, open_office
from bot.keys import key_name, secret_of
from bot.logs import set_up_logs
from bot.settings import Settings, SettingsError
from handlers.office import Office

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Opens the database, serves, and returns when it was asked to stop."""
    set_up_logs(settings.log_level)
    secret = secret_of(settings)
    office = open_office(settings.database_url, secret, shipped=True)
    try:
        asyncio.run(_serve(office, settings, secret))
    finally:
        office.database.close()


async def _serve(office: Office, settings: Settings, secret: str) -> None:
    with office.database.reader() as conn:
        standards = len(office.library.current(conn).catalogue.published)  # built before the first citizen waits
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(make_app(office, settings, secret), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(_cannot_listen(settings, error)) from error
    port = runner.addresses[0][1]
    _announce(settings, port, standards)
    await stop.wait()
    log.info("stopping")
    await runner.cleanup()
    log.info("stopped")


def _cannot_listen(settings: Settings, error: OSError) -> str:
    why = (
        os.strerror(error.errno) if (error.errno or 0) > 0 else error.strerror
    )  # asyncio repeats the address in its own
    advice = "Set HOST and PORT to what this machine may listen on."
    if error.errno == errno.EADDRINUSE:
        advice = "Is PASTI running already? Stop it, or set PORT to another number."
    return f"Cannot listen on {settings.host}:{settings.port}: {why}. {advice}"


def _announce(settings: Settings, port: int, standards: int) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    console = Console()
    table = Table(title="PASTI is running", title_justify="left", title_style="bold", show_header=False, box=None)
    for name, is_on, detail in _facts(settings, f"http://{host}:{port}/", standards):
        table.add_row("[green]on [/]" if is_on else "[yellow]off[/]", name, detail)
    console.print(table)
    console.print("Ctrl-C stops it.", style="dim")


def _facts(settings: Settings, address: str, standards: int) -> Iterator[tuple[str, bool, str]]:
    yield "Web chat", True, address
    yield "Standards", standards > 0, f"{standards} in force" if standards else "none: pasti knowledge import FILE"
    yield "Database", True, settings.database_url
    yield "Key", True, f"{key_name(settings)}; without it no contact in the database can be read"
    for name, lacks in (("WhatsApp", settings.whatsapp_lacks), ("Telegram", settings.telegram_lacks)):
        yield (
            name,
            False,
            "this version does not connect to it yet" + (f"; not set: {', '.join(lacks)}" if lacks else ""),
        )
