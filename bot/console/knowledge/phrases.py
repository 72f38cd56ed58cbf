"""Other words for a standard, or for a question about it: added after a look at what they would change, and undone."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import in_words, page, standard_path
from bot.console.knowledge.standard import PATH, of_standard
from handlers import drafts, phrasing
from handlers.access import NotFoundError
from handlers.phrasing import PhraseProblemError, Preview, Wanted
from knowledge.businesses import other_names
from knowledge.standards import COMPONENTS
from storage import phrases

_NOTICES = {
    "1": "Sebutan tersimpan. Bot memakainya mulai pesan berikutnya.",
    "hapus": "Sebutan sudah dihapus. Masih bisa dipulihkan di bawah.",
    "pulih": "Sebutan sudah dipakai lagi.",
}


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def add(self, request: web.Request) -> web.StreamResponse:
        fields, name = await request.post(), request.match_info["key"]
        try:
            wanted = await asyncio.to_thread(self._wanted, name, fields)
            preview = await asyncio.to_thread(phrasing.preview, self._office, wanted)
            if form_text(fields, "tindakan") == "lihat" or (preview.takes_over and not form_text(fields, "setuju")):
                status = 200 if form_text(fields, "tindakan") == "lihat" else 409
                return await asyncio.to_thread(self._page, request, wanted, preview, "", status)
            await self._console.writer.run(phrasing.add, self._office, actor(request), wanted)
        except PhraseProblemError as error:
            typed = Wanted(form_text(fields, "kata"), component=_component(form_text(fields, "komponen")))
            return await asyncio.to_thread(self._page, request, typed, None, str(error), 422)
        return see_other(standard_path(name, "/sebutan?tersimpan=1"))

    async def remove(self, request: web.Request) -> web.StreamResponse:
        fields, name = await request.post(), request.match_info["key"]
        id_ = number_in(form_text(fields, "id", 20))
        if id_ is None:
            raise NotFoundError
        undo = form_text(fields, "tindakan") == "pulihkan"
        await self._console.writer.run(phrasing.remove, self._office, actor(request), id_, undo=undo)
        return see_other(standard_path(name, f"/sebutan?tersimpan={'pulih' if undo else 'hapus'}"))

    def _wanted(self, name: str, fields: object) -> Wanted:
        with self._office.database.reader() as conn:
            kept = drafts.find(conn, name)
        component = _component(form_text(fields, "komponen"))
        whole = form_text(fields, "kode") == "ya"
        return Wanted(form_text(fields, "kata"), kept.row.identity, component, whole)

    def _page(
        self,
        request: web.Request,
        wanted: Wanted | None = None,
        preview: Preview | None = None,
        problem: str = "",
        status: int = 200,
    ) -> web.Response:
        with self._office.database.reader() as conn:
            kept = drafts.find(conn, request.match_info["key"])
            values = of_standard(conn, request, kept)
            knowledge = self._office.library.current(conn)
            same = knowledge.catalogue.by_code.get(kept.row.kbli or "", [])
            identities = {kept.row.identity, *(entry.standard.identity for entry in same)}
            found = phrases.of_standards(conn, identities)
        shown = [phrase for phrase in found if phrase.identity == kept.row.identity or phrase.whole_code]
        return page(
            request,
            "phrases.html",
            status=status,
            **values,
            phrases=[phrase for phrase in shown if phrase.removed_at is None],
            removed=[phrase for phrase in shown if phrase.removed_at is not None],
            shipped=other_names(kept.row.kbli),
            several=len(same) > 1,
            components={n: name for n, name in COMPONENTS.items() if n in kept.published.standard.components},
            names_of_components=COMPONENTS,
            wanted=wanted or Wanted("", whole_code=len(same) > 1),
            preview=preview,
            problem=problem,
            words=in_words(knowledge),
            longest=phrasing.LONGEST,
            notice=_NOTICES.get(request.query.get("tersimpan", ""), ""),
        )


def _component(written: str) -> int | None:
    number = number_in(written)
    return number if number in COMPONENTS else None


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", f"{PATH}/sebutan", pages.page, "knowledge.read"),
        Route("POST", f"{PATH}/sebutan", pages.add, "knowledge.keep"),
        Route("POST", f"{PATH}/sebutan/hapus", pages.remove, "knowledge.keep"),
    ]
