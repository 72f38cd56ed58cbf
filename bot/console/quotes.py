"""Official words for the composer: standards found by what is typed, and a component of one, word for word."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from aiohttp import web

from bot.console.console import Console, Route
from handlers import quotes
from handlers.access import NotFoundError
from knowledge.base import KnowledgeBase

_LONGEST = 200


class _Pages:
    def __init__(self, console: Console) -> None:
        self._office = console.office

    async def found(self, request: web.Request) -> web.StreamResponse:
        text = request.query.get("cari", "")[:_LONGEST].replace("\x00", "")
        knowledge = await asyncio.to_thread(self._knowledge)
        standards = await asyncio.to_thread(quotes.found, knowledge, text)
        return web.json_response(
            [
                {
                    **asdict(each),
                    "components": [{"number": number, "title": title} for number, title in each.components],
                }
                for each in standards
            ]
        )

    async def quoted(self, request: web.Request) -> web.StreamResponse:
        component = request.match_info["component"]
        knowledge = await asyncio.to_thread(self._knowledge)
        number = int(component) if component.isascii() and component.isdecimal() and len(component) < 3 else 0
        quoted = quotes.quoted(knowledge, request.match_info["key"], number)
        if quoted is None:
            raise NotFoundError
        lines, source = quoted
        return web.json_response({"lines": [[line.style, line.text] for line in lines], "source": source})

    def _knowledge(self) -> KnowledgeBase:
        with self._office.database.reader() as conn:
            return self._office.library.current(conn)


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", "/petugas/kutipan.json", pages.found, "conversations.read"),
        Route("GET", "/petugas/kutipan/{key}/{component}.json", pages.quoted, "conversations.read"),
    ]
