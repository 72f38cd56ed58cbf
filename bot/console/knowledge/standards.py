"""The standards in force: searched, with what is doubtful and what is being changed; and the rule of approval."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import clean, form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import ROOT, page, waiting
from handlers import publishing
from handlers.quotes import matching
from knowledge.base import KnowledgeBase
from knowledge.search import Published, key
from storage import drafts
from storage.models import StandardDraft

PAGE = 50
FILTERS: Mapping[str, str] = {
    "": "Semua standar",
    "catatan": "Ada catatan pemeriksaan",
    "rancangan": "Ada rancangan",
}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    key: str
    entry: Published
    draft: StandardDraft | None

    @property
    def findings(self) -> int:
        return len(self.draft.findings) if self.draft else len(self.entry.standard.findings)


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def rule(self, request: web.Request) -> web.StreamResponse:
        needed = form_text(await request.post(), "setuju") == "ya"
        await self._console.writer.run(publishing.set_approval, self._office, actor(request), needed)
        return see_other(f"{ROOT}?tersimpan=1")

    def _page(self, request: web.Request) -> web.Response:
        search = clean(request.query.get("cari", ""))[:_LONGEST]
        chosen = request.query.get("saring", "")
        start = number_in(request.query.get("mulai", "0")) or 0
        with self._office.database.reader() as conn:
            knowledge = self._office.library.current(conn)
            drafted = {draft.identity: draft for draft in drafts.everything(conn)}
            approval, waits = publishing.approval_needed(conn), waiting(conn, request)
        found = _found(knowledge, search, chosen, drafted)
        shown = found[start : start + PAGE]
        return page(
            request,
            "standards.html",
            standards=shown,
            total=len(found),
            every=len(knowledge.catalogue.published),
            start=start,
            more=start + PAGE if len(found) > start + PAGE else None,
            before=max(0, start - PAGE) if start else None,
            search=search,
            chosen=chosen if chosen in FILTERS else "",
            filters=FILTERS,
            approval=approval,
            waits=waits,
            saved="tersimpan" in request.query,
        )


def _found(knowledge: KnowledgeBase, search: str, chosen: str, drafted: Mapping[str, StandardDraft]) -> list[Listed]:
    entries = matching(knowledge, search) if search else knowledge.catalogue.published
    listed = [Listed(key(entry), entry, drafted.get(entry.standard.identity)) for entry in entries]
    if chosen == "catatan":
        return [each for each in listed if each.findings]
    return [each for each in listed if each.draft] if chosen == "rancangan" else listed


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", ROOT, pages.page, "knowledge.read"),
        Route("POST", f"{ROOT}/persetujuan", pages.rule, "knowledge.publish"),
    ]
