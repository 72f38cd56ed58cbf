"""One standard: its components beside the doubts about them, changed as a draft, and tried out before anybody else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.console.console import Console, Route
from bot.console.fields import form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import LONGEST_QUESTION, ROOT, in_words, names_of, page, standard_path
from handlers import drafts, golden, publishing
from handlers.access import NotFoundError
from handlers.drafts import LONGEST, DraftChangedError, DraftProblemError, Kept
from handlers.messages import Line
from handlers.trial import Trial
from knowledge.standards import COMPONENTS, Finding

PATH = f"{ROOT}/standar/{{key:[\\w-]+}}"
_HEADING = 0  # the title and what is doubtful about the whole
_ALL_DIGITS = 20
_LONGEST_MARK = 40  # characters
_NOTICES: Mapping[str, str] = {
    "1": "Rancangan tersimpan. Warga masih dijawab dengan yang berlaku sampai rancangan ini diterbitkan.",
    "terbit": "Sudah diterbitkan. Bot memakainya mulai pesan berikutnya.",
    "jadwal": "Disetujui. Akan berlaku pada tanggalnya.",
    "usul": "Sudah diusulkan. Petugas lain yang berwenang dapat menerbitkannya.",
    "buang": "Rancangan sudah dibuang.",
    "pulih": "Versi itu sudah diterbitkan lagi.",
}


@dataclass(frozen=True, slots=True)
class Component:
    """A component as its card shows it."""

    number: int
    name: str
    lines: tuple[Line, ...]  # as it would be published
    doubtful: re.Pattern[str] | None  # the words that findings are about
    changed: bool
    findings: tuple[tuple[int, Finding], ...]  # with their places


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def tried(self, request: web.Request) -> web.StreamResponse:
        question = form_text(await request.post(), "pertanyaan", LONGEST_QUESTION)
        return await asyncio.to_thread(self._page, request, question)

    async def form(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._form, request)

    async def save(self, request: web.Request) -> web.StreamResponse:
        fields, number = await request.post(), _component(request)
        name = request.match_info["key"]
        text = form_text(fields, "isi", 2 * LONGEST)
        settled = [place for value in fields.getall("selesai", ()) if (place := number_in(str(value))) is not None]
        try:
            await self._console.writer.run(
                drafts.save,
                self._office,
                actor(request),
                name,
                version_in(fields),
                title=form_text(fields, "judul", 2 * drafts.LONGEST_TITLE) if number == _HEADING else None,
                components={} if number == _HEADING else {number: text},
                settled=settled,
            )
        except DraftProblemError as error:
            return await asyncio.to_thread(self._form, request, text, error.problems, 422)
        except DraftChangedError:
            return await asyncio.to_thread(self._form, request, text, None, 409)
        return see_other(standard_path(name, f"?tersimpan=1#komponen-{number}"))

    def _page(self, request: web.Request, question: str = "") -> web.Response:
        name = request.match_info["key"]
        with self._office.database.reader() as conn:
            kept = drafts.find(conn, name)
            values = of_standard(conn, request, kept)
            bot = golden.bot(self._office, conn)
        published: Trial | None = None
        drafted: Trial | None = None
        if question:
            published = bot.tried(question)
            if kept.draft:
                drafted = publishing.with_standard(bot, kept.drafted).tried(question)
        return page(
            request,
            "standard.html",
            **values,
            components=_components(kept),
            general=[(place, f) for place, f in enumerate(kept.drafted.findings) if f.component is None],
            question=question,
            longest=LONGEST_QUESTION,
            published=published,
            drafted=drafted,
            words=in_words(bot.knowledge),
            notice=_NOTICES.get(request.query.get("tersimpan", ""), ""),
        )

    def _form(
        self,
        request: web.Request,
        text: str | None = None,
        problems: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> web.Response:
        number, name = _component(request), request.match_info["key"]
        with self._office.database.reader() as conn:
            kept = drafts.find(conn, name)
            values = of_standard(conn, request, kept)
        now = kept.drafted.components.get(number, "")
        findings = [
            (place, finding)
            for place, finding in enumerate(kept.drafted.findings)
            if (finding.component or _HEADING) == number
        ]
        return page(
            request,
            "component.html",
            status=status,
            **values,
            number=number,
            component=COMPONENTS.get(number, "Judul dan catatan umum"),
            text=now if text is None else text,
            as_published=kept.published.standard.components.get(number, ""),
            title=kept.drafted.title,
            findings=findings,
            problems=problems or {},
            meanwhile=status == 409,
            longest=LONGEST,
        )


def of_standard(conn: Connection, request: web.Request, kept: Kept) -> dict[str, Any]:
    """What every page of a standard shows: its name, its draft, who changed it."""
    names = names_of(conn)
    name = request.match_info["key"]
    return {
        "kept": kept,
        "key": name,
        "entry": kept.published,
        "here": standard_path(name),
        "names": names,
        "version": kept.draft.version if kept.draft else 0,
    }


def version_in(fields: Any) -> int:
    """Of the draft that the officer saw."""
    written = form_text(fields, "versi", _ALL_DIGITS)
    number = number_in(written)
    return -1 if number is None else number


def _component(request: web.Request) -> int:
    number = int(request.match_info["n"])
    if number != _HEADING and number not in COMPONENTS:
        raise NotFoundError(number)
    return number


def _components(kept: Kept) -> list[Component]:
    old, new = kept.published.standard, kept.drafted
    return [
        Component(
            number,
            name,
            tuple(Line(line, "quote") for line in new.components.get(number, "").split("\n") if line),
            _doubtful(f.excerpt for f in new.findings if f.component == number),
            old.components.get(number) != new.components.get(number),
            tuple((place, f) for place, f in enumerate(new.findings) if f.component == number),
        )
        for number, name in COMPONENTS.items()
    ]


def _doubtful(excerpts: Iterable[str]) -> re.Pattern[str] | None:
    """Finds the words in question, each at its place; a long passage is not marked."""
    short = sorted({each for each in excerpts if 0 < len(each) <= _LONGEST_MARK}, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, short))})") if short else None


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "knowledge.read"),
        Route("POST", f"{PATH}/coba", pages.tried, "knowledge.read"),
        Route("GET", f"{PATH}/komponen/{{n:\\d{{1,2}}}}", pages.form, "knowledge.keep"),
        Route("POST", f"{PATH}/komponen/{{n:\\d{{1,2}}}}", pages.save, "knowledge.keep"),
    ]
