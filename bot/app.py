"""The composition root: the only place that knows the concrete parts and puts them together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any, cast

import aiohttp
import structlog
from aiohttp import web

from bot import health
from bot.channels.channel import Channel
from bot.connections import Connection, asks_by_template, connect_telegram, connect_whatsapp
from bot.console.app import add_routes as add_console_routes
from bot.console.console import Console
from bot.console.feed import Feed
from bot.file_links import FileLinks
from bot.intake import Intake
from bot.keys import secret_of
from bot.live import Live, conversation_key
from bot.logs import where
from bot.media import MediaWorker
from bot.metrics import Metrics
from bot.neighbours import Neighbours
from bot.reception import Reception
from bot.scheduler import EVERY, Scheduler
from bot.sender import Sender
from bot.settings import Settings
from bot.spool import Spool
from bot.webchat.chat import Bubble, WebChat
from bot.webchat.routes import add_routes
from bot.writer import Writer
from handlers import messages
from handlers.dialogue.engine import greeting
from handlers.inbound import Decision
from handlers.messages import Address, Button, Inbound, Line
from handlers.office import Office
from handlers.parcels import OutgoingFile, Status
from handlers.shipped import publish_shipped
from storage import conversations, copying, notices, queries
from storage.database import Database, DatabaseUnavailableError
from storage.sealed import Sealer

log = structlog.get_logger()

SHUTDOWN_SECONDS = 0.8  # open requests get so long after Ctrl-C
CHECKPOINT = 1.0  # seconds
LARGEST_REQUEST = 1024 * 1024  # bytes; a webhook is a few thousand


def open_office(database_url: str, secret: str, *, shipped: bool) -> Office:
    """The office on a database, made and migrated if need be. shipped: an empty one gets the shipped standards."""
    database = Database.open(database_url)
    with ExitStack() as unless_opened:
        unless_opened.callback(database.close)
        database.migrate()
        copying.refuse_unfinished(database)
        office = Office(database, Sealer(secret))
        if shipped:
            publish_shipped(office)
        unless_opened.pop_all()
        return office


def office_from(settings: Settings, *, shipped: bool) -> Office:
    return open_office(settings.database_url, secret_of(settings), shipped=shipped)


class Pasti:
    """Everything that runs in one process. Made inside the event loop; `app` serves it, and closing that stops it."""

    def __init__(
        self, office: Office, settings: Settings, secret: str, *, line: notices.Line | None = None, place: int = 1
    ) -> None:
        """line: to the other processes, on PostgreSQL. place: of this one among those that share the data folder."""
        office.public_url = settings.public_url
        self.office = office
        self.settings = settings
        self.live = Live()
        self.feed = Feed()
        self._passing_on: set[asyncio.Task[None]] = set()
        self.writer = Writer()
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.metrics = Metrics()
        self.intake = Intake(office, self.writer, self._told, self.metrics.batch)
        self.neighbours = Neighbours(office, line, self._heard)
        self.reception = Reception(self.intake, Spool(settings.data_dir, place), self.metrics)
        self.metrics.watch(office.database, office.clock, lambda: self.reception.spooled)
        self.links = FileLinks(office, secret, settings.data_dir)
        self.connections = self._connect()
        self.channels: dict[messages.Channel, Channel] = {each.channel.name: each.channel for each in self.connections}
        self.sender = Sender(
            office,
            self.channels,
            self.writer,
            self._changed,
            self.metrics.tried,
            alone=line is None,
            sharers=lambda: self.neighbours.serving,
        )
        self.media = MediaWorker(office, self.channels, settings.data_dir, self.writer, told=self._file_settled)
        every = EVERY if line is None else EVERY / 3  # whoever takes the clock over does so soon
        self.scheduler = Scheduler(
            office, self.writer, self._answered, every=every, leads=lambda: self.neighbours.leads
        )
        self.console = Console(
            office=office,
            writer=self.writer,
            feed=self.feed,
            secret=secret,
            secure_cookies=self._secure_cookies,
            data_dir=settings.data_dir,
            public_url=settings.public_url,
            asks_by_template=lambda conn: asks_by_template(conn, settings),
            telegram=self._telegram_username,
            changed=self._answered,
        )
        self.app = self._make_app(secret)

    def _connect(self) -> list[Connection]:
        found = []
        if not self.settings.whatsapp_lacks:
            found.append(connect_whatsapp(self, self._report))
        if not self.settings.telegram_lacks:
            found.append(connect_telegram(self))
        return found

    def _telegram_username(self) -> str | None:
        """Empty while Telegram has not said it; None without Telegram."""
        return next((each.username() for each in self.connections if each.channel.name == "telegram"), None)

    # ------------------------------------------------------------ who is told of what

    def _told(self, decisions: Sequence[Decision]) -> None:
        """What a batch decided is on the disk: pages are told, answers go out, files are fetched."""
        self.metrics.decided(decisions)
        self._publish({decision.conversation for decision in decisions if not decision.duplicate})
        for decision in decisions:
            if decision.decided and not decision.duplicate:
                self.live.notify(conversation_key(decision.inbound.address))
        self.sender.wake((d.recipient, d.inbound.address.channel) for d in decisions if d.recipient is not None)
        if any(decision.files for decision in decisions):
            self.media.wake()

    def _publish(self, conversation_ids: Collection[int]) -> None:
        self.feed.publish(conversation_ids)
        self.neighbours.tell(conversation_ids)

    def _heard(self, conversation_ids: Collection[int]) -> None:
        """Another process did something in these conversations, and sends what is to be sent."""
        self.feed.publish(conversation_ids)
        if self.live.watched:
            self._in_background(self._pass_on(list(conversation_ids), wake=False))
        self.intake.look()

    def _changed(self, conversations: Mapping[int, Address]) -> None:
        self._publish(conversations.keys())
        for address in conversations.values():
            self.live.notify(conversation_key(address))

    def _answered(self, conversation_ids: Sequence[int]) -> None:
        """Officers, or the clock, did something in these conversations: it goes out, and all pages are told."""
        self._publish(conversation_ids)
        self._in_background(self._pass_on(conversation_ids, wake=True))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._passing_on.add(task)
        task.add_done_callback(self._passing_on.discard)

    async def _pass_on(self, conversation_ids: Sequence[int], *, wake: bool) -> None:
        try:
            addresses = await asyncio.to_thread(read_addresses, self.office, conversation_ids)
        except DatabaseUnavailableError:  # the sender's sweep finds what is to be sent
            return
        for address in addresses.values():
            self.live.notify(conversation_key(address))
        if wake:
            self.sender.wake((id_, address.channel) for id_, address in addresses.items())

    def _file_settled(self, conversation_id: int) -> None:
        """A citizen's file was fetched, or never will be; they may have been told."""
        self._publish([conversation_id])
        self.sender.look()

    async def _report(self, statuses: Sequence[Status]) -> None:
        await self.sender.report(statuses)

    # ------------------------------------------------------------ the web application

    def _make_app(self, secret: str) -> web.Application:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        add_routes(
            app,
            WebChat(
                take=self._take,
                thread=self._thread,
                file=self._sent_file,
                folder=self.settings.data_dir,
                greeting=greeting,
                live=self.live,
                secret=secret,
                secure_cookies=self._secure_cookies,
                now=self.office.clock,
            ),
        )
        add_console_routes(app, self.console)
        for connection in self.connections:
            connection.add_routes(app)
        checks = {"messages": self._decides, "database": health.database_answers(self.office.database)}
        health.add_routes(app, checks, self.metrics)
        app.cleanup_ctx.append(self._run)
        app.on_shutdown.append(self._close_streams)
        return app

    @property
    def _secure_cookies(self) -> bool:
        return (self.settings.public_url or "").startswith("https://")

    async def _decides(self) -> bool:
        """The knowledge is read, and messages are decided."""
        return self.intake.ready and not self.intake.away

    async def _take(self, inbound: Inbound) -> None:
        await self.intake.take(inbound)

    async def _thread(self, address: Address, after: int) -> Sequence[Bubble]:
        return await asyncio.to_thread(read_thread, self.office, address, after)

    async def _sent_file(self, address: Address, position: int) -> Mapping[str, Any] | None:
        return await asyncio.to_thread(read_sent_file, self.office, address, position)

    async def _run(self, _: web.Application) -> AsyncIterator[None]:
        """Start what runs in the background; stop it in the reverse order: first what brings messages in."""
        works = [self.sender.run(), self.intake.run(), self.reception.run(), self.media.run(), self.scheduler.run()]
        works += [self._checkpoint(), self.neighbours.run()]
        works += [work for connection in self.connections for work in connection.background()]
        tasks = [asyncio.create_task(work, name=str(getattr(work, "__qualname__", work))) for work in works]
        for task in tasks:
            task.add_done_callback(_say_if_it_failed)
        yield
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):  # it was logged when it happened
                await task
        for connection in self.connections:
            await connection.close()
        await self.session.close()
        self.writer.close()

    async def _checkpoint(self) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT)
            with suppress(DatabaseUnavailableError):  # whoever writes next will say so
                await asyncio.to_thread(self.office.database.checkpoint)

    async def _close_streams(self, _: web.Application) -> None:
        self.feed.close()
        self.live.close()  # an open stream would hold up the server's shutdown


def _say_if_it_failed(task: asyncio.Task[None]) -> None:
    """Nothing in the background should end with an error. If it does all the same, the log says what stands still."""
    if not task.cancelled() and (error := task.exception()):
        log.error("background work ended", work=task.get_name(), error=where(error))


def read_thread(office: Office, address: Address, after: int) -> list[Bubble]:
    """The bubbles of a conversation after a position."""
    with office.database.reader() as conn:
        found = queries.thread(conn, address.channel, address.user, after)
    return [
        Bubble(
            position=message.position,
            author="citizen" if message.sender == "citizen" else "officer" if message.sender == "officer" else "bot",
            lines=tuple(Line(text, style) for style, text in message.lines),  # type: ignore[arg-type]
            buttons=tuple(Button(title, payload) for title, payload in message.buttons),
            at=message.at,
            external_id=message.external_id,
            file=OutgoingFile.stored(message.file) if message.file else None,
        )
        for message in found
    ]


def read_sent_file(office: Office, address: Address, position: int) -> Mapping[str, Any] | None:
    """The file that an officer sent at this place of a conversation."""
    with office.database.reader() as conn:
        return queries.sent_file(conn, address.channel, address.user, position)


def read_addresses(office: Office, conversation_ids: Sequence[int]) -> dict[int, Address]:
    """Where the citizens of these conversations are reached."""
    with office.database.reader() as conn:
        found = conversations.addresses(conn, conversation_ids)
    return {id_: Address(cast(messages.Channel, channel), user) for id_, channel, user in found}
