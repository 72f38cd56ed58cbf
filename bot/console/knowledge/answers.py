"""What the office answers where no standard does: written, changed, taken out and put back, each with its phrases."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.console.activity import line_of
from bot.console.console import Console, Route
from bot.console.fields import form_text, id_in, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import ROOT, in_words, names_of, page
from handlers import office_answers, phrasing
from handlers.access import NotFoundError
from handlers.office_answers import AnswerProblemError
from handlers.phrasing import PhraseProblemError, Preview, Wanted
from knowledge.phrases import OfficeAnswer
from storage import office_events, phrases

PATH = f"{ROOT}/jawaban"
_ONE = f"{PATH}/{{answer:\\d{{1,19}}}}"
_NOTICES = {
    "1": "Tersimpan. Bot memakainya mulai pesan berikutnya.",
    "hapus": "Sudah dihapus. Masih bisa dipulihkan.",
    "pulih": "Sudah dipakai lagi.",
}
_NAMED = {"title": "judul", "text": "teks"}


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def one(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._one, request)

    async def write(self, request: web.Request) -> web.StreamResponse:
        """A new answer with the first words that lead to it."""
        fields = await request.post()
        typed = _typed(fields)
        new = OfficeAnswer(0, typed["judul"], typed["teks"], self._office.clock())
        wanted = Wanted(typed["kata"], new_answer=new)
        try:
            preview = await asyncio.to_thread(phrasing.preview, self._office, wanted, typed["kata"])
            if preview.takes_over and not form_text(fields, "setuju"):
                return await asyncio.to_thread(self._page, request, typed, None, preview, 409)
            id_ = await self._console.writer.run(phrasing.add_with_answer, self._office, actor(request), wanted)
        except (AnswerProblemError, PhraseProblemError) as error:
            return await asyncio.to_thread(self._page, request, typed, _problems(error), None, 422)
        return see_other(f"{PATH}/{id_}?tersimpan=1")

    async def change(self, request: web.Request) -> web.StreamResponse:
        fields, id_ = await request.post(), id_in(request, "answer")
        action, typed = form_text(fields, "tindakan"), _typed(fields)
        run, who = self._console.writer.run, actor(request)
        if action in ("hapus", "pulihkan"):
            undo = action == "pulihkan"
            await run(office_answers.remove, self._office, who, id_, undo=undo)
            return see_other(f"{PATH}/{id_}?tersimpan={'pulih' if undo else 'hapus'}")
        try:
            await run(office_answers.change, self._office, who, id_, typed["judul"], typed["teks"])
        except AnswerProblemError as error:
            return await asyncio.to_thread(self._one, request, typed, _problems(error), None, 422)
        return see_other(f"{PATH}/{id_}?tersimpan=1")

    async def add_phrase(self, request: web.Request) -> web.StreamResponse:
        fields, id_ = await request.post(), id_in(request, "answer")
        typed = _typed(fields)
        try:
            wanted = Wanted(typed["kata"], answer=id_)
            preview = await asyncio.to_thread(phrasing.preview, self._office, wanted)
            if preview.takes_over and not form_text(fields, "setuju"):
                return await asyncio.to_thread(self._one, request, typed, None, preview, 409)
            await self._console.writer.run(phrasing.add, self._office, actor(request), wanted)
        except PhraseProblemError as error:
            return await asyncio.to_thread(self._one, request, typed, _problems(error), None, 422)
        return see_other(f"{PATH}/{id_}?tersimpan=1")

    async def remove_phrase(self, request: web.Request) -> web.StreamResponse:
        fields, id_ = await request.post(), id_in(request, "answer")
        phrase = number_in(form_text(fields, "id", 20))
        if phrase is None:
            raise NotFoundError
        undo = form_text(fields, "tindakan") == "pulihkan"
        await self._console.writer.run(phrasing.remove, self._office, actor(request), phrase, undo=undo)
        return see_other(f"{PATH}/{id_}?tersimpan={'pulih' if undo else 'hapus'}")

    def _page(
        self,
        request: web.Request,
        typed: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        preview: Preview | None = None,
        status: int = 200,
    ) -> web.Response:
        with self._office.database.reader() as conn:
            knowledge = self._office.library.current(conn)
            answers = phrases.every_answer(conn, removed=True)
            counted: dict[int | None, list[str]] = {}
            for phrase in phrases.everything(conn):
                counted.setdefault(phrase.answer_id, []).append(phrase.text)
        return page(
            request,
            "answers.html",
            status=status,
            answers=answers,
            phrases=counted,
            **self._of_form(typed, problems, preview),
            words=in_words(knowledge),
        )

    def _one(
        self,
        request: web.Request,
        typed: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        preview: Preview | None = None,
        status: int = 200,
    ) -> web.Response:
        id_ = id_in(request, "answer")
        with self._office.database.reader() as conn:
            answer = phrases.answer_by_id(conn, id_)
            if answer is None:
                raise NotFoundError(id_)
            found = phrases.of_answer(conn, id_)
            names = names_of(conn)
            events = office_events.of(conn, f"answer:{id_}")
            knowledge = self._office.library.current(conn)
        kept = {"judul": answer.title, "teks": answer.text, "kata": ""}
        shown = {**kept, **{name: text for name, text in (typed or {}).items() if text}}
        return page(
            request,
            "answer.html",
            status=status,
            answer=answer,
            phrases=[phrase for phrase in found if phrase.removed_at is None],
            removed=[phrase for phrase in found if phrase.removed_at is not None],
            lines=[line_of(event, names) for event in events],
            older=list(
                dict.fromkeys(text for e in events if (text := (e.before or {}).get("text")) != answer.text and text)
            ),
            names=names,
            **self._of_form(shown, problems, preview),
            words=in_words(knowledge),
            notice=_NOTICES.get(request.query.get("tersimpan", ""), ""),
        )

    def _of_form(
        self, typed: Mapping[str, str] | None, problems: Mapping[str, str] | None, preview: Preview | None
    ) -> dict[str, Any]:
        return {
            "typed": typed or {"judul": "", "teks": "", "kata": ""},
            "problems": problems or {},
            "preview": preview,
            "longest": phrasing.LONGEST,
            "longest_title": office_answers.LONGEST_TITLE,
            "longest_text": office_answers.LONGEST,
        }


def _typed(fields: Any) -> dict[str, str]:
    return {
        "judul": form_text(fields, "judul", 2 * office_answers.LONGEST_TITLE),
        "teks": form_text(fields, "teks", 2 * office_answers.LONGEST),
        "kata": form_text(fields, "kata", 2 * phrasing.LONGEST),
    }


def _problems(error: AnswerProblemError | PhraseProblemError) -> dict[str, str]:
    if isinstance(error, AnswerProblemError):
        return {_NAMED[name]: said for name, said in error.problems.items()}
    return {"kata": str(error)}


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "knowledge.read"),
        Route("POST", PATH, pages.write, "knowledge.keep"),
        Route("GET", _ONE, pages.one, "knowledge.read"),
        Route("POST", _ONE, pages.change, "knowledge.keep"),
        Route("POST", f"{_ONE}/sebutan", pages.add_phrase, "knowledge.keep"),
        Route("POST", f"{_ONE}/sebutan/hapus", pages.remove_phrase, "knowledge.keep"),
    ]
