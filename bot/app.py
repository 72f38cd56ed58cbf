"""The composition root: the only place that knows the concrete parts and puts them together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from aiohttp import web

from bot.intake import Intake
from bot.keys import secret_of
from bot.live import Live
from bot.settings import Settings
from bot.webchat.chat import Bubble, WebChat
from bot.webchat.routes import add_routes
from handlers.dialogue.engine import greeting
from handlers.messages import Address, Button, Inbound, Line
from handlers.office import Office
from handlers.shipped import publish_shipped
from storage import queries
from storage.database import Database
from storage.sealed import Sealer

SHUTDOWN_SECONDS = 2.0  # open requests get so long after Ctrl-C


def open_office(database_url: str, secret: str, *, shipped: bool) -> Office:
    """The office on a database, made and migrated if need be. shipped: an empty one gets the shipped standards."""
    database = Database.open(database_url)
    database.migrate()
    office = Office(database, Sealer(secret))
    if shipped:
        publish_shipped(office)
    return office


def office_from(settings: Settings, *, shipped: bool) -> Office:
    return open_office(settings.database_url, secret_of(settings), shipped=shipped)


def make_app(office: Office, settings: Settings, secret: str) -> web.Application:
    """The web application with its background tasks; closing it finishes what was taken."""
    app = web.Application(client_max_size=256 * 1024)
    live = Live()
    intake = Intake(office, live)

    async def take(inbound: Inbound) -> None:
        await intake.take(inbound)

    async def thread(address: Address, after: int) -> Sequence[Bubble]:
        return await asyncio.to_thread(read_thread, office, address, after)

    add_routes(
        app,
        WebChat(
            take=take,
            thread=thread,
            greeting=greeting,
            live=live,
            secret=secret,
            secure_cookies=(settings.public_url or "").startswith("https://"),
            now=office.clock,
        ),
    )

    async def run_intake(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(intake.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def close_streams(_: web.Application) -> None:
        live.close()  # an open stream would hold up the server's shutdown

    app.cleanup_ctx.append(run_intake)
    app.on_shutdown.append(close_streams)
    return app


def read_thread(office: Office, address: Address, after: int) -> list[Bubble]:
    """The bubbles of a conversation after a position."""
    with office.database.reader() as conn:
        messages = queries.thread(conn, address.channel, address.user, after)
    return [
        Bubble(
            position=message.position,
            author="citizen" if message.sender == "citizen" else "officer" if message.sender == "officer" else "bot",
            lines=tuple(Line(text, style) for style, text in message.lines),  # type: ignore[arg-type]
            buttons=tuple(Button(title, payload) for title, payload in message.buttons),
            at=message.at,
            external_id=message.external_id,
        )
        for message in messages
    ]
