"""What the office says of itself: read by everybody who is signed in, changed by those who keep it, and tried out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import form_text
from bot.console.guard import actor, see_other
from bot.console.pages import render
from handlers import office_profile
from handlers.messages import Line
from handlers.office_profile import ChangedMeanwhileError, ProfileProblemError, Shown
from knowledge.profile import topics

PATH = "/petugas/pengaturan/profil"
_LONGEST = 4000  # characters that are taken in; what is too long is said beside it
_ALL_DIGITS = 18


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        question = request.query.get("coba", "")[:200].strip()
        shown = await asyncio.to_thread(self._shown)
        texts = {key: statement.text for key, statement in shown.statements.items()}
        answer = await self._tried(texts, question)
        return _page(request, shown, texts, question=question, answer=answer, saved="tersimpan" in request.query)

    async def change(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        texts = {key: form_text(fields, key, _LONGEST) for key in topics()}
        question = form_text(fields, "coba")
        if form_text(fields, "tindakan") == "coba":
            shown = await asyncio.to_thread(self._shown)
            answer = await self._tried(texts, question)
            return _page(request, shown, texts, question=question, answer=answer, version=_version(fields))
        try:
            await self._console.writer.run(office_profile.keep, self._office, actor(request), texts, _version(fields))
        except ProfileProblemError as error:
            shown = await asyncio.to_thread(self._shown)
            return _page(request, shown, texts, problems=error.problems, version=_version(fields), status=422)
        except ChangedMeanwhileError:
            shown = await asyncio.to_thread(self._shown)
            return _page(request, shown, texts, meanwhile=True, status=409)
        return see_other(f"{PATH}?tersimpan=1")

    def _shown(self) -> Shown:
        with self._office.database.reader() as conn:
            return office_profile.read(conn)

    async def _tried(self, texts: Mapping[str, str], question: str) -> Sequence[Line]:
        if not question:
            return ()
        return await asyncio.to_thread(office_profile.tried, self._office, texts, question)


def _version(fields: Mapping[str, object]) -> int:
    written = form_text(fields, "versi", _ALL_DIGITS)
    return int(written) if written.isascii() and written.isdecimal() else -1


def _page(
    request: web.Request,
    shown: Shown,
    texts: Mapping[str, str],
    *,
    problems: Mapping[str, str] | None = None,
    question: str = "",
    answer: Sequence[Line] = (),
    version: int | None = None,
    meanwhile: bool = False,
    saved: bool = False,
    status: int = 200,
) -> web.Response:
    return render(
        request,
        "profile.html",
        status=status,
        topics=list(topics().values()),
        statements=shown.statements,
        texts=texts,
        unread=office_profile.unread_hours(texts.get("hours", "")),
        problems=problems or {},
        question=question,
        answer=answer,
        version=shown.version if version is None else version,
        meanwhile=meanwhile,
        saved=saved,
    )


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [Route("GET", PATH, pages.page, None), Route("POST", PATH, pages.change, "profile.keep")]
