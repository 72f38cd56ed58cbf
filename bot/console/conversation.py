"""What an officer does in a conversation: takes it over, answers, notes, gives it back; and the files in it.

The page asks in the background and gets a sentence for the officer, empty when there is nothing to say; a plain form is
led back to the conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from aiohttp import web

from bot import media_files
from bot.channels.carriage import can_carry
from bot.console.console import Console, Route
from bot.console.fields import day_in, form_text, id_in, number_in
from bot.console.guard import actor
from bot.console.upload import read_reply
from handlers import handover, quotes
from handlers.access import NotFoundError, access_conversation
from handlers.dialogue import handover_texts
from handlers.handover import HeldBy
from handlers.messages import Channel, Line
from storage import media, outbox


class Conversation:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def take(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        expected = form_text(fields, "pemegang", 20)
        id_, who = id_in(request), actor(request)
        taken = await self._do(handover.take_over, who, id_, expected=number_in(expected))
        if isinstance(taken, HeldBy):
            return self._back(request, taken.sentence, 409)
        return self._done(request)

    async def give_back(self, request: web.Request) -> web.StreamResponse:
        return await self._act(request, handover.give_back)

    async def call(self, request: web.Request) -> web.StreamResponse:
        return await self._act(request, handover.call)

    async def unmute(self, request: web.Request) -> web.StreamResponse:
        return await self._act(request, handover.unmute)

    async def mute(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        until = day_in(form_text(fields, "sampai", 10))
        reason = form_text(fields, "alasan")
        if until is None or not reason:
            return self._back(request, "Isi alasan dan tanggal akhirnya.", 422)
        return await self._act(request, handover.mute, reason, until)

    async def open_wider(self, request: web.Request) -> web.StreamResponse:
        reason = form_text(await request.post(), "alasan")
        return await self._act(request, handover.open_wider, reason)

    async def note(self, request: web.Request) -> web.StreamResponse:
        """Stays among officers. A file or a quote that was chosen for a reply has no place in it."""
        fields = await request.post()
        text = form_text(fields, "text", handover.LONGEST + 1)
        if not text:
            return self._back(request, "Catatannya masih kosong.", 422)
        return await self._act(request, handover.note, text)

    async def reply(self, request: web.Request) -> web.StreamResponse:
        if refused := await asyncio.to_thread(self._not_theirs, request):
            return self._back(request, refused, 409)  # before a file of theirs is kept
        reply = await read_reply(request, self._console.data_dir)
        lines = [Line(line) for line in reply.text.split("\n")] if reply.text else []
        for quote in await asyncio.to_thread(self._quoted, reply.quotes):
            lines += [Line("")] * bool(lines) + quote
        if not lines and reply.file is None:
            return self._back(request, "Balasannya masih kosong.", 422)
        if reply.file is not None:
            channel = await asyncio.to_thread(self._channel_of, request)
            if reason := can_carry(channel, reply.file, public_url=self._console.public_url):
                return self._back(request, reason, 422)
        return await self._act(request, handover.reply, lines, file=reply.file, key=reply.key)

    async def settle(self, request: web.Request) -> web.StreamResponse:
        return await self._act(request, handover.settle_task, id_in(request, "task"))

    async def read(self, request: web.Request) -> web.StreamResponse:
        """How far the officer has read. Nobody else is told."""
        fields = await request.post()
        position = form_text(fields, "posisi", 10)
        await self._do(handover.mark_read, actor(request), id_in(request), number_in(position) or 0)
        return web.Response(status=204)

    async def received_file(self, request: web.Request) -> web.StreamResponse:
        """A file of the citizen."""
        kept = await asyncio.to_thread(self._received, request)
        return media_files.response(kept, self._console.data_dir)

    async def sent_file(self, request: web.Request) -> web.StreamResponse:
        """A file that an officer sent."""
        file = await asyncio.to_thread(self._sent, request)
        return media_files.sent_response(file, self._console.data_dir)

    def _not_theirs(self, request: web.Request) -> str:
        """Why nothing that is posted here would be sent; empty for the one who holds the conversation."""
        with self._office.database.reader() as conn:
            row = access_conversation(conn, actor(request), id_in(request), "conversations.answer")
        return "" if row.officer_id == actor(request).id else handover_texts.TAKE_FIRST

    def _channel_of(self, request: web.Request) -> Channel:
        with self._office.database.reader() as conn:
            row = access_conversation(conn, actor(request), id_in(request), "conversations.answer")
        return cast(Channel, row.channel)

    def _quoted(self, places: Sequence[tuple[str, int]]) -> list[list[Line]]:
        """The passages that the page named, word for word, each with its source; what is no longer in force is not."""
        with self._office.database.reader() as conn:
            knowledge = self._office.library.current(conn)
        found = [quotes.quoted(knowledge, key, component) for key, component in places]
        return [[*lines, Line(source, "source")] for lines, source in filter(None, found)]

    def _received(self, request: web.Request) -> media.MediaRow:
        with self._office.database.reader() as conn:
            row = access_conversation(conn, actor(request), id_in(request), "conversations.read")
            kept = media.by_id(conn, id_in(request, "file"))
        if kept is None or kept.conversation_id != row.id:
            raise NotFoundError("file")
        return kept

    def _sent(self, request: web.Request) -> Mapping[str, Any]:
        with self._office.database.reader() as conn:
            row = access_conversation(conn, actor(request), id_in(request), "conversations.read")
            file = outbox.file_of(conn, row.id, id_in(request, "file"))
        if file is None:
            raise NotFoundError("file")
        return file

    async def _act(self, request: web.Request, event: Callable[..., Any], *facts: Any, **more: Any) -> web.Response:
        refused = await self._do(event, actor(request), id_in(request), *facts, **more)
        sentence = getattr(refused, "sentence", "")
        return self._back(request, sentence, 409) if sentence else self._done(request)

    async def _do(self, event: Callable[..., Any], who: Any, id_: int, *facts: Any, **more: Any) -> Any:
        """In the writer's thread, like all that writes."""
        return await self._console.writer.run(event, self._office, who, id_, *facts, **more)

    def _done(self, request: web.Request) -> web.Response:
        self._console.changed([id_in(request)])
        return self._back(request, "", 200)

    def _back(self, request: web.Request, sentence: str, status: int) -> web.Response:
        if request.headers.get("X-Requested-With") == "pasti":
            return web.Response(text=sentence, status=status)
        raise web.HTTPSeeOther(f"/petugas/kotak-masuk/{id_in(request)}")


def routes(console: Console) -> list[Route]:
    conversation = Conversation(console)
    base = r"/petugas/percakapan/{id:\d{1,19}}"
    return [
        Route("POST", f"{base}/ambil", conversation.take, "conversations.read"),
        Route("POST", f"{base}/kembalikan", conversation.give_back, "conversations.read"),
        Route("POST", f"{base}/antrekan", conversation.call, "conversations.read"),
        Route("POST", f"{base}/balas", conversation.reply, "conversations.read", takes_files=True),
        Route("POST", f"{base}/catatan", conversation.note, "conversations.read"),
        Route("POST", f"{base}/bisukan", conversation.mute, "conversations.read"),
        Route("POST", f"{base}/buka", conversation.open_wider, "conversations.read"),
        Route("POST", f"{base}/bunyikan", conversation.unmute, "conversations.read"),
        Route("POST", base + r"/tugas/{task:\d{1,19}}", conversation.settle, "conversations.read"),
        Route("POST", f"{base}/dibaca", conversation.read, "conversations.read"),
        Route("GET", base + r"/berkas/{file:\d{1,19}}", conversation.received_file, "conversations.read"),
        Route("GET", base + r"/kiriman/{file:\d{1,19}}", conversation.sent_file, "conversations.read"),
    ]
