"""The officers' work lists of cases: each list with its count, filtered, searched and paged."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.console import case_words, cases_page, cases_query
from bot.console.cases_query import PATH, Query, in_address, in_form
from bot.console.console import Console, Route
from bot.console.guard import actor, asked_by_script, see_other
from bot.console.inbox import reader_of
from bot.console.pages import render
from handlers.access import Actor, standing
from knowledge.calendar import jakarta_day
from knowledge.standards import COMPONENTS
from storage import case_lists
from storage.case_sight import CaseReader

PAGE = 50  # cases


class _Pages:
    def __init__(self, console: Console) -> None:
        self._office = console.office

    async def listed(self, request: web.Request) -> web.StreamResponse:
        query = in_address(request.query, cases_page.ALL_WAYS)
        return render(request, "cases.html", **await asyncio.to_thread(self._values, actor(request), query))

    async def asked(self, request: web.Request) -> web.StreamResponse:
        """The form over the list: it leads to an address, unless there is in it what belongs in none."""
        query = in_form(await request.post(), cases_page.ALL_WAYS)
        if not query.private and not asked_by_script(request):
            return see_other(query.address(page=query.page))
        return render(request, "cases.html", **await asyncio.to_thread(self._values, actor(request), query))

    def _values(self, who: Actor, query: Query) -> dict[str, Any]:
        now = self._office.clock()
        today = jakarta_day(now)
        with self._office.database.reader() as conn:
            reader = standing(conn, self._office, who).reader
            calendar = self._office.library.read(conn)[1]
            counts = case_lists.counts(conn, reader, today)
            if query.work is None:
                query = replace(query, work="mine" if counts["mine"] else "open")
            wanted = query.wanted(today, self._office.keys.look_up)
            known = counts.get(wanted.work) if not query.search and not query.filters else None
            total = case_lists.count(conn, reader, wanted) if known is None else known
            pages = max(1, -(-total // PAGE))
            query = replace(query, page=min(query.page, pages))
            lines = case_lists.listed(conn, reader, wanted, page=query.page, limit=PAGE)
            around = self._around(conn, who, reader, query)
        first = (query.page - 1) * PAGE
        return {
            "query": query,
            "lists": [(work, title, counts.get(work)) for work, title in cases_page.LISTS.items()],
            "rows": [cases_page.row_of(line, now, calendar) for line in lines],
            "total": total,
            "first": first + 1,
            "last": first + len(lines),
            "pages": pages,
            "near": near(query.page, pages),
            "nothing": cases_page.NOTHING[query.work or "all"],
            **around,
        }

    def _around(self, conn: Connection, who: Actor, reader: CaseReader, query: Query) -> dict[str, Any]:
        """What there is to choose from, and whom to telephone."""
        services = case_lists.services(conn, reader)
        if query.service and query.service not in services:
            services.append(query.service)
        telephones = who.may("conversations.read")
        return {
            "to_telephone": len(case_lists.to_telephone(conn, reader_of(who))) if telephones else None,
            "services": services,
            "choices": {
                "jenis": cases_page.KINDS,
                "tahap": {word: case_words.STAGES[stage] for word, stage in cases_query.STAGES.items()},
                "jalur": {word: case_words.SHORT_ROUTES[route] for word, route in cases_query.ROUTES.items()},
                "masuk": cases_page.ALL_WAYS,
                "komponen": {str(number): f"{number}. {title}" for number, title in COMPONENTS.items()},
            },
        }


def near(page: int, pages: int) -> list[int | None]:
    """The pages that are worth a link: the ends, and those beside this one. None: some are left out."""
    shown = sorted({1, pages, *(each for each in range(page - 1, page + 2) if 1 <= each <= pages)})
    found: list[int | None] = []
    for before, each in zip([0, *shown], shown, strict=False):
        found += [None, each] if each > before + 1 else [each]
    return found


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.listed, "cases.read"),
        Route("POST", PATH, pages.asked, "cases.read"),
    ]
