"""The office's calendar: a year of holidays, collective leave, and days worked all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import day_in, form_text
from bot.console.guard import actor, see_other
from bot.console.pages import render
from handlers import holidays
from handlers.access import NotFoundError
from handlers.holidays import KINDS, Entry, HolidayProblemError, Year
from knowledge.calendar import jakarta_day

PATH = "/petugas/pengaturan/libur"
_NOTICES = {
    "1": "Tersimpan. Batas waktu yang dihitung mulai sekarang sudah memakainya.",
    "hapus": "Sudah dihapus. Batas waktu yang dihitung mulai sekarang sudah memakainya.",
}
_LONGEST = 400


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        year = self._year_of(request.query.get("tahun", ""))
        was = day_in(request.query.get("ubah", ""))
        notice = _NOTICES.get(request.query.get("tersimpan", ""), "")
        return await self._page(request, year if was is None else was.year, was=was, notice=notice)

    async def keep(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        entry = Entry(**{name: form_text(fields, name, _LONGEST) for name in asdict(Entry())})
        was = day_in(form_text(fields, "semula"))
        try:
            day = await self._console.writer.run(holidays.keep, self._office, actor(request), entry, was)
        except HolidayProblemError as error:
            shown = day_in(entry.day) or was
            year = shown.year if shown else self._today().year
            return await self._page(request, year, was=was, entry=entry, problems=error.problems)
        return see_other(f"{PATH}?tahun={day.year}&tersimpan=1")

    async def remove(self, request: web.Request) -> web.StreamResponse:
        day = day_in(form_text(await request.post(), "day"))
        if day is None:
            raise NotFoundError
        await self._console.writer.run(holidays.remove, self._office, actor(request), day)
        return see_other(f"{PATH}?tahun={day.year}&tersimpan=hapus")

    async def _page(
        self,
        request: web.Request,
        number: int,
        *,
        was: date | None = None,
        entry: Entry | None = None,
        problems: Mapping[str, str] | None = None,
        notice: str = "",
    ) -> web.Response:
        this = self._today().year
        year, coming = await asyncio.to_thread(self._years, number, this + 1)
        listed = next((each for each in year.days if each.day == was), None)
        return render(
            request,
            "holidays.html",
            status=422 if problems else 200,
            year=year,
            years=sorted({*range(this - 1, this + 3), number}),
            coming=coming,
            kinds=KINDS,
            was=was if listed or entry else None,
            entry=entry or (listed.entry if listed else Entry()),
            problems=problems or {},
            notice=notice,
        )

    def _years(self, *numbers: int) -> list[Year]:
        with self._office.database.reader() as conn:
            return [holidays.year(conn, number) for number in numbers]

    def _today(self) -> date:
        return jakarta_day(self._office.clock())

    def _year_of(self, written: str) -> int:
        good = written.isascii() and written.isdecimal() and holidays.FIRST <= int(written[:5]) <= holidays.LAST
        return int(written) if good else self._today().year


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, None),
        Route("POST", PATH, pages.keep, "holidays.keep"),
        Route("POST", f"{PATH}/hapus", pages.remove, "holidays.keep"),
    ]
