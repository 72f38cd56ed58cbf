"""The inbox: the list of conversations, and one of them opened beside it; whole, and as fragments that keep it new."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.carriage import LARGEST
from bot.console import inbox_page
from bot.console.console import Console, Route
from bot.console.fields import form_text, id_in, number_in
from bot.console.guard import actor
from bot.console.pages import render
from bot.outgoing_files import TOO_LARGE
from handlers.access import Actor, access_conversation
from handlers.dialogue.status_texts import STAGE_NAMES, days_left
from handlers.permissions import audiences, may, may_in
from knowledge.calendar import jakarta_day
from storage import cases, officer_requests, officers, tasks
from storage.conversations import ConversationRow
from storage.inbox_view import Filter, Reader, Wanted, counts, listed
from storage.thread_view import thread

PAGE = 50  # conversations in the list, until more are asked for
FILTERS: Mapping[Filter, str] = {"waiting": "Menunggu", "mine": "Saya", "bot": "Bot", "all": "Semua"}
_OF_WORDS: Mapping[str, Filter] = {"menunggu": "waiting", "saya": "mine", "bot": "bot", "semua": "all"}
WORDS: Mapping[Filter, str] = {filter_: word for word, filter_ in _OF_WORDS.items()}


def reader_of(who: Actor) -> Reader:
    return Reader(who.id, audiences(who.role), reads=may(who.role, "conversations.read"))


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks to be listed."""

    filter: Filter
    channel: str
    search: str
    before: tuple[datetime, int] | None = None

    @property
    def words(self) -> str:
        """As the end of an address. What is searched for stays out: names and numbers belong in no address."""
        channel = f"&kanal={self.channel}" if self.channel else ""
        return f"saring={WORDS[self.filter]}{channel}"


class Inbox:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Whoever may read conversations begins there; the others with their cases, or the settings."""
        who = actor(request)
        others = "kasus" if who.may("cases.read") else "pengaturan"
        start = "kotak-masuk" if who.may("conversations.read") else others
        raise web.HTTPSeeOther(f"/petugas/{start}")

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The list, and the conversation of the address beside it."""
        opened = id_in(request) if "id" in request.match_info else None
        query, who = _query(request, {}), actor(request)
        values = await asyncio.to_thread(self._values, who, query, opened)
        return render(request, "inbox.html", **values)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """The lines of the list alone. Posted, because a search is a name or a number."""
        fields = await request.post()
        query, who = _query(request, fields), actor(request)
        opened = form_text(fields, "terbuka", 20)
        values = await asyncio.to_thread(self._list_values, who, query, number_in(opened))
        return render(request, "inbox_list.html", **values)

    async def conversation(self, request: web.Request) -> web.StreamResponse:
        """One conversation: thread and the citizen beside it."""
        who, before = actor(request), request.query.get("sebelum", "")
        opened = id_in(request)
        values = await asyncio.to_thread(self._thread_values, who, opened, number_in(before))
        return render(request, "inbox_thread.html", **values)

    def _values(self, who: Actor, query: Query, opened: int | None) -> dict[str, Any]:
        values = self._list_values(who, query, opened)
        return {**values, **(self._thread_values(who, opened) if opened is not None else {"conversation": None})}

    def _list_values(self, who: Actor, query: Query, opened: int | None) -> dict[str, Any]:
        now = self._office.clock()
        phone_hash = self._office.keys.look_up("phone", query.search) if _like_a_number(query.search) else None
        wanted = Wanted(query.filter, query.channel or None, query.search, phone_hash, query.before)
        with self._office.database.reader() as conn:
            found = listed(conn, reader_of(who), wanted, PAGE + 1)
            numbers = counts(conn, reader_of(who))
        last = found[PAGE - 1] if len(found) > PAGE else None
        return {
            "query": query,
            "filters": [(key, WORDS[key], title) for key, title in FILTERS.items()],
            "channels": inbox_page.CHANNELS,
            "lines": [inbox_page.list_line(line, who.id, now) for line in found[:PAGE]],
            "counts": numbers,
            "opened": opened,
            "next": _cursor(query, last.waiting_since if query.filter == "waiting" else last.updated_at, last.id)
            if last
            else None,
        }

    def _thread_values(self, who: Actor, opened: int, before: int | None = None) -> dict[str, Any]:
        now = self._office.clock()
        with self._office.database.reader() as conn:
            row = access_conversation(conn, who, opened, "conversations.read")
            found = thread(conn, opened, before=before)
            holder = officers.by_id(conn, row.officer_id) if row.officer_id else None
            templates = self._console.asks_by_template(conn)
            around = self._around(conn, who, row)
        name = inbox_page.name_of(row.channel, row.address, row.name, confidential=row.visible_to is not None)
        return {
            "conversation": row,
            "name": name,
            "channel": inbox_page.CHANNELS[row.channel],
            "channel_icon": inbox_page.ICONS[row.channel],
            "entries": inbox_page.thread_lines(found.entries, opened, name, now),
            "more": found.more,
            "holder": holder,
            "mine": row.officer_id == who.id,
            "may_answer": may_in(who.role, "conversations.answer", row.visible_to),
            "may_open": row.visible_to is not None and may_in(who.role, "conversations.open", row.visible_to),
            "may_mute": may_in(who.role, "conversations.mute", row.visible_to),
            "may_reassign": who.may("conversations.reassign"),
            "waiting": inbox_page.span(now - row.waiting_for_officer_since) if row.waiting_for_officer_since else None,
            "muted": row.muted_until if row.muted_until and row.muted_until > now else None,
            "window": inbox_page.window_of(row, now, templates=templates),
            "largest_file": LARGEST,
            "too_large": TOO_LARGE,
            "today": jakarta_day(now),
            **around,
        }

    def _around(self, conn: Connection, who: Actor, row: ConversationRow) -> dict[str, Any]:
        """What stands beside the thread: the number, their cases, what they wished, what is to be done."""
        _, calendar = self._office.library.read(conn)
        today = jakarta_day(self._office.clock())
        theirs = audiences(who.role)
        own = [case for case in cases.of_conversation(conn, row.id) if not case.visible_to or case.visible_to in theirs]
        return {
            "phone": inbox_page.phone_of(row, self._office.keys),
            "unreachable": inbox_page.FAILURES.get(row.unreachable or ""),
            "cases": [
                {
                    "number": case.number,
                    "kind": "Pengaduan" if case.kind == "complaint" else "Saran/masukan",
                    "stage": STAGE_NAMES[case.stage].replace(" Bapak/Ibu", " pelapor"),
                    "due": days_left(today, case.due_on, calendar)
                    if case.due_on and case.stage not in ("answered", "closed", "withdrawn")
                    else None,
                    "subject": case.subject,
                }
                for case in own
            ],
            "requests": officer_requests.of_conversation(conn, row.id),
            "tasks": tasks.of_conversation(conn, row.id),
        }


def routes(console: Console) -> list[Route]:
    inbox = Inbox(console)
    return [
        Route("GET", "/petugas", inbox.home, None),
        Route("GET", "/petugas/kotak-masuk", inbox.page, "conversations.read"),
        Route("POST", "/petugas/kotak-masuk/daftar", inbox.list, "conversations.read"),
        Route("GET", r"/petugas/kotak-masuk/{id:\d{1,19}}", inbox.page, "conversations.read"),
        Route("GET", r"/petugas/percakapan/{id:\d{1,19}}", inbox.conversation, "conversations.read"),
    ]


def _query(request: web.Request, fields: Mapping[str, Any]) -> Query:
    filter_ = _OF_WORDS.get(form_text(fields, "saring") or request.query.get("saring", ""), "all")
    assert filter_ in get_args(Filter)
    channel = form_text(fields, "kanal") or request.query.get("kanal", "")
    before = None
    at, _, id_ = form_text(fields, "sesudah").partition("/")
    if (last := number_in(id_)) is not None:
        with suppress(ValueError, OverflowError):
            before = datetime.fromisoformat(at).astimezone(UTC), last
    channel = channel if channel in inbox_page.CHANNELS else ""
    return Query(filter_, channel, form_text(fields, "cari", 100), before)


def _cursor(query: Query, at: datetime | None, id_: int) -> str:
    assert at is not None, query
    return f"{at.isoformat()}/{id_}"


def _like_a_number(search: str) -> bool:
    return sum(c.isdigit() for c in search) >= 8 and not any(c.isalpha() for c in search)
