"""What the clock tells an officer of cases: the page, and the number beside the bell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.pages import render
from handlers import deadlines
from handlers.access import Actor, standing
from handlers.dialogue.officer_texts import STAGES
from handlers.dialogue.status_texts import days_left
from knowledge.calendar import WorkingDays, jakarta_day
from storage import reminders
from storage.reminders import Told

PATH = "/petugas/pengingat"
UNSEEN, SEEN = 200, 30  # reminders on the page
KINDS: Mapping[str, str] = {
    "seven_days": "Tinggal 7 hari kerja",
    "three_days": "Tinggal 3 hari kerja",
    "last_day": "Hari terakhir",
    "overdue": "Lewat tenggat",
}
_TONES: Mapping[str, str] = {"seven_days": "", "three_days": " tag--warn", "last_day": " tag--warn"}  # else: bad
_ENDED = ("answered", "closed", "withdrawn")
_ALL = "semua"


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    number: str
    kind: str
    tone: str  # class of its tag
    due_on: date
    days: str  # as of today; empty where they no longer count
    stage: str
    at: datetime
    from_below: bool  # it came up to them because nobody answered in time


class Reminders:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return render(request, "reminders.html", **await asyncio.to_thread(self._values, actor(request)))

    async def count(self, request: web.Request) -> web.StreamResponse:
        """The number alone, for a page that is open already."""
        return web.Response(text=str(await asyncio.to_thread(self._unseen, actor(request))))

    async def seen(self, request: web.Request) -> web.StreamResponse:
        """One of them, or all that the page showed."""
        fields, who = await request.post(), actor(request)
        chosen, newest = form_text(fields, "pengingat", 20), number_in(form_text(fields, "terbaru", 20))
        if chosen == _ALL and newest is not None:
            await self._console.writer.run(deadlines.all_seen, self._office, who, newest)
        elif (id_ := number_in(chosen)) is not None:
            await self._console.writer.run(deadlines.seen, self._office, who.id, id_)
        return see_other(PATH)

    def _values(self, who: Actor) -> dict[str, Any]:
        today = jakarta_day(self._office.clock())
        with self._office.database.reader() as conn:
            calendar = self._office.library.read(conn)[1]
            reader = standing(conn, self._office, who).reader
            unseen = reminders.told(conn, reader, seen=False, limit=UNSEEN)
            seen = reminders.told(conn, reader, seen=True, limit=SEEN)
        return {
            "unread": [_line(each, today, calendar) for each in unseen],
            "read": [_line(each, today, calendar) for each in seen],
            "newest": max((each.id for each in unseen), default=0),
            "may_open": who.may("cases.read"),
        }

    def _unseen(self, who: Actor) -> int:
        with self._office.database.reader() as conn:
            return deadlines.unseen(conn, self._office, who)


def _line(told: Told, today: date, calendar: WorkingDays) -> Line:
    return Line(
        id=told.id,
        number=told.number,
        kind=KINDS[told.kind],
        tone=_TONES.get(told.kind, " tag--bad"),
        due_on=told.due_on,
        days="" if told.stage in _ENDED else days_left(today, told.due_on, calendar),
        stage=STAGES[told.stage],
        at=told.at,
        from_below=told.level > 0,
    )


def routes(console: Console) -> list[Route]:
    pages = Reminders(console)
    return [
        Route("GET", PATH, pages.page, None),
        Route("GET", f"{PATH}/jumlah", pages.count, None),
        Route("POST", f"{PATH}/dibaca", pages.seen, None),
    ]
