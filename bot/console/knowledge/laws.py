"""The register of laws: every instrument that a standard cites, and whether it is still in force."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from aiohttp import web

from bot.console.activity import line_of
from bot.console.console import Console, Route
from bot.console.fields import clean, form_text
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import ROOT, names_of, page
from handlers import law_register
from handlers.access import NotFoundError
from handlers.dialogue.texts import revoked_basis
from handlers.law_register import STATUS_NAMES, Entry, LawProblemError
from knowledge.laws import shipped_laws
from storage import office_events

PATH = f"{ROOT}/dasar-hukum"
_LONGEST_KEY = 300


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def form(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._form, request, clean(request.query.get("kunci", ""))[:_LONGEST_KEY])

    async def keep(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        law = form_text(fields, "kunci", _LONGEST_KEY)
        entry = Entry(**{name: form_text(fields, name, 2 * law_register.LONGEST) for name in asdict(Entry())})
        try:
            await self._console.writer.run(law_register.keep, self._office, actor(request), law, entry)
        except LawProblemError as error:
            return await asyncio.to_thread(self._form, request, law, entry, error.problems)
        return see_other(f"{PATH}?tersimpan=1")

    def _page(self, request: web.Request) -> web.Response:
        with self._office.database.reader() as conn:
            laws = law_register.everything(conn, self._office)
        return page(
            request,
            "laws.html",
            laws=laws,
            status_names=STATUS_NAMES,
            shipped=shipped_laws(),
            saved="tersimpan" in request.query,
        )

    def _form(
        self,
        request: web.Request,
        law_key: str,
        entry: Entry | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> web.Response:
        with self._office.database.reader() as conn:
            found = next(
                (each for each in law_register.everything(conn, self._office) if each.law.key == law_key), None
            )
            if found is None:
                raise NotFoundError(law_key)
            names = names_of(conn)
            events = office_events.of(conn, f"law:{law_key}")
        return page(
            request,
            "law.html",
            status=422 if problems else 200,
            each=found,
            entry=entry or law_register.entry_of(found.law),
            status_names=STATUS_NAMES,
            problems=problems or {},
            notice=revoked_basis([found.law]) if found.law.status == "revoked" else (),
            lines=[line_of(event, names) for event in events],
            longest=law_register.LONGEST,
        )


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "knowledge.read"),
        Route("GET", f"{PATH}/ubah", pages.form, "knowledge.keep"),
        Route("POST", f"{PATH}/ubah", pages.keep, "knowledge.keep"),
    ]
