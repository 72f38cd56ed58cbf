"""`pasti run`: serves until Ctrl-C, and says first what is on, what is off and why."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
from collections.abc import Coroutine, Iterator

import structlog
from aiohttp import web
from rich.console import Console
from rich.table import Table

from bot.app import SHUTDOWN_SECONDS, Pasti, open_office
from bot.keys import key_name, secret_of
from bot.lock import hold, hold_a_place
from bot.logs import set_up_logs
from bot.settings import Settings, SettingsError
from handlers.accounts import first_admin
from handlers.office import Office, any_process, process_ids
from storage import standards
from storage.models.knowledge import CURRENT
from storage.notices import Line

try:
    import uvloop
except ModuleNotFoundError:  # there is none for Windows
    uvloop = None  # type: ignore[assignment]

OPEN_FILES = 1 << 16  # every page that is open keeps a connection

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Opens the database, serves, and returns when it was asked to stop."""
    set_up_logs(settings.log_level)
    _allow_open_files()
    with hold_a_place(settings.data_dir) if settings.on_postgresql else hold(settings.data_dir) as place:
        secret = secret_of(settings)
        office = open_office(settings.database_url, secret, shipped=True)
        try:
            line = _line(office) if settings.on_postgresql else None
            _run(_serve(office, settings, secret, line, place or 1))
        finally:
            office.database.close()


def _allow_open_files() -> None:
    """As many as the system lets us take: it begins with 1,024, after which nobody is let in, and nobody told."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _line(office: Office) -> Line:
    """To the other processes: from now on its ids are made under a number that none of them has."""
    line = Line(office.database, any_process())
    line.connect()
    office.new_id = process_ids(line.process)
    return line


def _run(serving: Coroutine[None, None, None]) -> None:
    """On uvloop where there is one: it reads twice as many requests a second."""
    factory = uvloop.new_event_loop if uvloop else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serving)


async def _serve(office: Office, settings: Settings, secret: str, line: Line | None, place: int) -> None:
    with office.database.reader() as conn:
        in_force = sum(entry.status == CURRENT for entry in standards.all_entries(conn))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pasti = Pasti(office, settings, secret, line=line, place=place)
    runner = web.AppRunner(pasti.app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(_cannot_listen(settings, error)) from error
    port = runner.addresses[0][1]
    _announce(settings, port, in_force, first_admin(office))
    await stop.wait()
    log.info("stopping")
    await runner.cleanup()
    log.info("stopped")


def _cannot_listen(settings: Settings, error: OSError) -> str:
    why = error.strerror
    if error.errno and error.errno > 0:
        why = os.strerror(error.errno)  # asyncio's own words repeat the address
    advice = "Set HOST and PORT to what this machine may listen on."
    if error.errno == errno.EADDRINUSE:
        advice = "Is PASTI running already? Stop it, or set PORT to another number."
    return f"Cannot listen on {settings.host}:{settings.port}: {why}. {advice}"


def _announce(settings: Settings, port: int, in_force: int, admin_password: str | None) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    console = Console()
    table = Table(title="PASTI is running", title_justify="left", title_style="bold", show_header=False, box=None)
    for name, is_on, detail in _facts(settings, f"http://{host}:{port}/", in_force, admin_password):
        table.add_row("[green]on [/]" if is_on else "[yellow]off[/]", name, detail)
    console.print(table)
    console.print("Ctrl-C stops it.", style="dim")


def _facts(
    settings: Settings, address: str, in_force: int, admin_password: str | None
) -> Iterator[tuple[str, bool, str]]:
    yield "Web chat", True, address
    yield "Console", True, f"{address}petugas"
    if admin_password and "JOURNAL_STREAM" in os.environ:  # systemd keeps what is printed
        yield "First officer", True, "admin; `pasti officer reset admin` gives a one-time password"
    elif admin_password:  # this once, and in no log
        yield "First officer", True, f"admin, with the one-time password {admin_password}"
    yield "Standards", in_force > 0, f"{in_force} in force" if in_force else "none: pasti knowledge import FILE"
    yield "Database", True, settings.shown_database
    yield "Key", True, f"{key_name(settings)}; without it no contact in the database can be read"
    for name, lacks, how in (
        ("WhatsApp", settings.whatsapp_lacks, f"by Twilio, as {settings.twilio_whatsapp_from}"),
        ("Telegram", settings.telegram_lacks, f"by {settings.telegram_mode}"),
    ):
        yield name, not lacks, f"not set: {', '.join(lacks)}" if lacks else how
