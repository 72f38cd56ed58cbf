"""Whom to telephone: citizens whom no message reaches, with their number for those who may see it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import Connection

from bot.console import inbox_page
from bot.console.console import Console, Route
from bot.console.fields import form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.inbox import reader_of
from bot.console.pages import render
from handlers import handover
from handlers.access import Actor, NotFoundError, standing
from handlers.handover import Refused
from handlers.permissions import may_in
from storage import case_lists, case_sight, cases, conversations
from storage.case_sight import CaseReader
from storage.conversations import ConversationRow
from storage.tasks import TaskRow

PATH = "/petugas/telepon"
_NOTICES = {"1": "Tercatat: warga ini sudah ditelepon.", "sudah": "Tugas ini sudah diselesaikan."}
_CLOSED = "Jendela WhatsApp tertutup, dan permintaan agar warga menulis lagi tidak dapat dikirim."
_LONG = timedelta(days=1)  # that a citizen should not wait for a call


@dataclass(frozen=True, slots=True)
class Call:
    """A citizen to be telephoned."""

    task_id: int
    conversation_id: int
    name: str
    phone: str | None
    dial: str | None  # None: masked, or there is none
    why: str
    since: datetime
    waiting: str
    long: bool
    confidential: bool
    cases: tuple[str, ...]  # numbers
    may_settle: bool


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        found = await asyncio.to_thread(self._calls, actor(request))
        return render(request, "calls.html", calls=found, notice=_NOTICES.get(request.query.get("selesai", ""), ""))

    async def settle(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        conversation, task = (number_in(form_text(fields, name)) for name in ("percakapan", "tugas"))
        if conversation is None or task is None:
            raise NotFoundError
        done = await self._console.writer.run(handover.settle_task, self._office, actor(request), conversation, task)
        self._console.changed([conversation])
        return see_other(f"{PATH}?selesai={'sudah' if isinstance(done, Refused) else '1'}")

    def _calls(self, who: Actor) -> list[Call]:
        now = self._office.clock()
        with self._office.database.reader() as conn:
            reader = standing(conn, self._office, who).reader
            found = []
            for task in case_lists.to_telephone(conn, reader_of(who)):
                row = conversations.by_id(conn, task.conversation_id)
                assert row is not None
                found.append(self._call(conn, who, reader, task, row, now))
            return found

    def _call(
        self, conn: Connection, who: Actor, reader: CaseReader, task: TaskRow, row: ConversationRow, now: datetime
    ) -> Call:
        confidential = row.visible_to is not None
        seen = (case_sight.find(conn, reader, each.id) for each in cases.of_conversation(conn, row.id))
        shown = inbox_page.phone_of(row, self._office.keys)
        why = inbox_page.FAILURES.get(row.unreachable or "")
        return Call(
            task_id=task.id,
            conversation_id=row.id,
            name=inbox_page.name_of(row.channel, row.address, row.name, confidential=confidential),
            phone=shown,
            dial=None if confidential else inbox_page.number_of(row, self._office.keys),
            why=f"Pesan tidak sampai: {why}." if why else _CLOSED,
            since=task.created_at,
            waiting=inbox_page.span(now - task.created_at),
            long=now - task.created_at >= _LONG,
            confidential=confidential,
            cases=tuple(case.number for case in seen if case is not None and case.merged_into is None),
            may_settle=may_in(who.role, "conversations.answer", row.visible_to),
        )


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "conversations.read"),
        Route("POST", PATH, pages.settle, "conversations.read"),
    ]
