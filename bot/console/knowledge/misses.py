"""Questions that got no answer: listed as groups, settled by a standard's component or an answer of the office, undone.

Only for those who read conversations: the words are citizens' own (SPEC 2.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import form_text, id_in, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import ROOT, in_words, links, names_of, page
from handlers import golden, misses, office_answers, phrasing
from handlers.access import NotAllowedError, NotFoundError
from handlers.misses import REASONS, Group, MissProblemError
from handlers.office_answers import AnswerProblemError
from handlers.phrasing import PhraseProblemError, Preview, Wanted
from handlers.quotes import matching
from handlers.trial import Bot
from knowledge.base import KnowledgeBase
from knowledge.phrases import OfficeAnswer
from knowledge.search import Published, key
from knowledge.standards import COMPONENTS

PATH = f"{ROOT}/belum-terjawab"
_SHOWN = 100
_MOST_FOUND = 8
_NOTICES = {
    "1": "Selesai. Bot menjawabnya mulai pesan berikutnya.",
    "abai": "Sudah diabaikan. Masih bisa dibuka lagi di bawah.",
    "buka": "Pertanyaannya menunggu lagi.",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What an officer has filled in so far."""

    way: str = "standar"  # standar, jawaban, abaikan
    words: str = ""
    search: str = ""
    standard: str = ""  # its key
    component: str = ""
    whole_code: bool = False
    answer: str = ""  # the id of one that is there; empty: a new one
    title: str = ""
    text: str = ""
    reason: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        _readers_only(request)
        return await asyncio.to_thread(self._page, request)

    async def one(self, request: web.Request) -> web.StreamResponse:
        _readers_only(request)
        return await asyncio.to_thread(self._one, request)

    async def settle(self, request: web.Request) -> web.StreamResponse:
        _readers_only(request)
        fields = await request.post()
        filled, action = _filled(fields), form_text(fields, "tindakan")
        if action == "cari":
            return await asyncio.to_thread(self._one, request, filled)
        try:
            if filled.way == "abaikan":
                run = self._console.writer.run
                await run(misses.dismiss, self._office, actor(request), id_in(request, "miss"), filled.reason)
                return see_other(f"{PATH}?tersimpan=abai")
            wanted = await asyncio.to_thread(self._wanted, filled)
            group = await asyncio.to_thread(self._group, request)
            preview = await asyncio.to_thread(phrasing.preview, self._office, wanted, group.text)
            doubtful = preview.takes_over or preview.in_vain
            if action == "lihat" or (doubtful and not form_text(fields, "setuju")):
                return await asyncio.to_thread(self._one, request, filled, preview, 200 if action == "lihat" else 409)
            await self._console.writer.run(misses.resolve, self._office, actor(request), group.id, wanted)
        except (PhraseProblemError, MissProblemError, AnswerProblemError) as error:
            return await asyncio.to_thread(self._one, request, _refused(filled, error), None, 422)
        return see_other(f"{PATH}?tersimpan=1")

    async def undo(self, request: web.Request) -> web.StreamResponse:
        _readers_only(request)
        id_ = number_in(form_text(await request.post(), "id", 20))
        if id_ is None:
            raise NotFoundError
        await self._console.writer.run(misses.undo, self._office, actor(request), id_)
        return see_other(f"{PATH}?tersimpan=buka")

    def _group(self, request: web.Request) -> Group:
        with self._office.database.reader() as conn:
            return misses.group_of(conn, self._office, actor(request), id_in(request, "miss"))

    def _wanted(self, filled: Filled) -> Wanted:
        """Raises PhraseProblemError."""
        with self._office.database.reader() as conn:
            knowledge = self._office.library.current(conn)
        if filled.way == "jawaban":
            if (kept := number_in(filled.answer)) is not None:
                return Wanted(filled.words, answer=kept)
            new = OfficeAnswer(0, filled.title, filled.text, self._office.clock())
            return Wanted(filled.words, new_answer=new)
        entry = knowledge.catalogue.by_key.get(filled.standard)
        if entry is None:
            raise PhraseProblemError("Pilih standar yang dimaksud.")
        component = number_in(filled.component)
        return Wanted(
            filled.words, entry.standard.identity, component if component in COMPONENTS else None, filled.whole_code
        )

    def _page(self, request: web.Request) -> web.Response:
        with self._office.database.reader() as conn:
            groups = misses.groups(conn, self._office, actor(request))
            settled = misses.settled(conn, actor(request), dict(names_of(conn)))
            bot = golden.bot(self._office, conn)
            knowledge = bot.knowledge
        return page(
            request,
            "misses.html",
            groups=groups[:_SHOWN],
            more=max(0, len(groups) - _SHOWN),
            answered={group.id for group in groups[:_SHOWN] if _is_answered(group, bot)},
            settled=settled,
            reasons=REASONS,
            names_of_components=COMPONENTS,
            titles={i: e.standard.title for i, e in knowledge.catalogue.by_identity.items() if i in _standards(groups)},
            notice=_NOTICES.get(request.query.get("tersimpan", ""), ""),
        )

    def _one(
        self, request: web.Request, filled: Filled | None = None, preview: Preview | None = None, status: int = 200
    ) -> web.Response:
        with self._office.database.reader() as conn:
            group = misses.group_of(conn, self._office, actor(request), id_in(request, "miss"))
            knowledge = self._office.library.current(conn)
        filled = filled or _begun(group, knowledge)
        found = _candidates(knowledge, group, filled)
        return page(
            request,
            "miss.html",
            status=status,
            group=group,
            filled=filled,
            found=[(key(entry), entry.standard) for entry in found],
            several={key(e) for e in found if len(knowledge.catalogue.by_code.get(e.standard.kbli or "", ())) > 1},
            components=COMPONENTS,
            answers=list(knowledge.kept.answers.values()),
            preview=preview,
            words=in_words(knowledge),
            link=links(knowledge),
            reasons=REASONS,
            longest=phrasing.LONGEST,
            longest_title=office_answers.LONGEST_TITLE,
            longest_text=office_answers.LONGEST,
            longest_reason=misses.LONGEST_REASON,
        )


def _readers_only(request: web.Request) -> None:
    if not actor(request).may("conversations.read"):
        raise NotAllowedError


def _is_answered(group: Group, bot: Bot) -> bool:
    """Whether the bot would answer it by now: something else has been resolved, published or filled in since."""
    return "thumbs_down" not in group.reasons and bot.tried(group.text).outcome.kind in (
        "standard",
        "answer",
        "profile",
    )


def _begun(group: Group, knowledge: KnowledgeBase) -> Filled:
    """What is likely to be wanted."""
    entry = knowledge.catalogue.by_identity.get(group.standard_identity or "")
    return Filled(
        words=misses.suggested(group, knowledge.language),
        standard=key(entry) if entry else "",
        component=str(group.component or ""),
    )


def _candidates(knowledge: KnowledgeBase, group: Group, filled: Filled) -> list[Published]:
    """The chosen one first, then what the search says, then what the question may mean."""
    chosen = knowledge.catalogue.by_key.get(filled.standard)
    found = matching(knowledge, filled.search or group.text)[:_MOST_FOUND]
    first = [chosen] if chosen else []
    return list({entry.standard.identity: entry for entry in [*first, *found]}.values())


def _standards(groups: Sequence[Group]) -> set[str]:
    return {group.standard_identity for group in groups if group.standard_identity}


def _filled(fields: Any) -> Filled:
    way = form_text(fields, "cara")
    return Filled(
        way if way in ("standar", "jawaban", "abaikan") else "standar",
        form_text(fields, "kata", 2 * phrasing.LONGEST),
        form_text(fields, "cari"),
        form_text(fields, "standar"),
        form_text(fields, "komponen"),
        form_text(fields, "kode") == "ya",
        form_text(fields, "jawaban", 20),
        form_text(fields, "judul", 2 * office_answers.LONGEST_TITLE),
        form_text(fields, "teks", 2 * office_answers.LONGEST),
        form_text(fields, "alasan", 2 * misses.LONGEST_REASON),
    )


def _refused(filled: Filled, error: Exception) -> Filled:
    match error:
        case AnswerProblemError(problems=problems):
            named = {"title": "judul", "text": "teks"}
            found = {named[name]: said for name, said in problems.items()}
        case MissProblemError():
            found = {"alasan": str(error)}
        case _:
            found = {"kata" if filled.way == "jawaban" or filled.standard else "standar": str(error)}
    return Filled(**{**{name: getattr(filled, name) for name in Filled.__slots__}, "problems": found})


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "knowledge.read"),
        Route("GET", f"{PATH}/{{miss:\\d{{1,19}}}}", pages.one, "knowledge.keep"),
        Route("POST", f"{PATH}/{{miss:\\d{{1,19}}}}", pages.settle, "knowledge.keep"),
        Route("POST", f"{PATH}/buka", pages.undo, "knowledge.keep"),
    ]
