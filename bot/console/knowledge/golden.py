"""Golden questions: added from an answer that is right, run all at once, taken out and put back."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import LONGEST_QUESTION, ROOT, in_words, names_of, page, standard_path
from handlers import drafts, golden, publishing
from handlers.access import NotFoundError
from handlers.golden import GoldenProblemError
from handlers.trial import Outcome, Trial
from storage import golden as golden_rows
from storage.models import GoldenQuestion

PATH = f"{ROOT}/uji"
_NOTICES = {
    "1": "Pertanyaan uji tersimpan.",
    "hapus": "Pertanyaan uji sudah dihapus.",
    "pulih": "Pertanyaan uji sudah dipakai lagi.",
}


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def add(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        question = form_text(fields, "pertanyaan", LONGEST_QUESTION)
        standard = form_text(fields, "standar")
        trial = await asyncio.to_thread(self._tried, question, standard)
        if form_text(fields, "tindakan") != "simpan":
            return await asyncio.to_thread(self._page, request, question, trial)
        try:
            await self._console.writer.run(golden.keep, self._office, actor(request), question, trial.outcome)
        except GoldenProblemError as error:
            return await asyncio.to_thread(self._page, request, question, trial, str(error))
        return see_other(f"{PATH}?tersimpan=1")

    async def remove(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        id_ = number_in(form_text(fields, "id", 20))
        if id_ is None:
            raise NotFoundError
        undo = form_text(fields, "tindakan") == "pulihkan"
        await self._console.writer.run(golden.remove, self._office, actor(request), id_, undo=undo)
        return see_other(f"{PATH}?tersimpan={'pulih' if undo else f'hapus&urung={id_}'}")

    def _tried(self, question: str, standard: str) -> Trial:
        """As the bot answers, or as it would with the draft of a standard."""
        with self._office.database.reader() as conn:
            bot = golden.bot(self._office, conn)
            kept = drafts.find(conn, standard) if standard else None
        if kept is not None and kept.draft:
            bot = publishing.with_standard(bot, kept.drafted)
        return bot.tried(question)

    def _page(
        self, request: web.Request, question: str = "", trial: Trial | None = None, problem: str = ""
    ) -> web.Response:
        with self._office.database.reader() as conn:
            bot = golden.bot(self._office, conn)
            results = golden.run(bot, golden_rows.everything(conn))
            names = names_of(conn)
        results.sort(key=lambda result: (result.passed, -result.question.id))
        return page(
            request,
            "golden.html",
            status=422 if problem else 200,
            results=results,
            failed=sum(not result.passed for result in results),
            names=names,
            words=in_words(bot.knowledge),
            expected=_expected,
            question=question,
            trial=trial,
            problem=problem,
            longest=LONGEST_QUESTION,
            undo=number_in(request.query.get("urung", "")),
            notice=_NOTICES.get(request.query.get("tersimpan", ""), ""),
            standard_path=standard_path,
        )


def _expected(question: GoldenQuestion) -> Outcome:
    """What a question is to be answered with, as an outcome to be told in words."""
    if question.answer_id is not None:
        return Outcome("answer", answer=question.answer_id)
    if question.components:
        return Outcome("standard", question.identity, tuple(question.components))
    return Outcome("none")


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "knowledge.read"),
        Route("POST", PATH, pages.add, "knowledge.keep"),
        Route("POST", f"{PATH}/hapus", pages.remove, "knowledge.keep"),
    ]
