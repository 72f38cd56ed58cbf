"""Texts that officers send often: a page to keep them, and a list for the `/` of the composer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.fields import form_text
from bot.console.guard import actor, see_other
from bot.console.pages import render
from handlers import saved_replies
from handlers.access import NotFoundError
from handlers.saved_replies import LONGEST, PLACEHOLDERS, ReplyProblemError
from storage.models import SavedReply

PATH = "/petugas/pengaturan/balasan"
_NOTICES = {"1": "Balasan tersimpan.", "hapus": "Balasan sudah dihapus."}
_ALL_DIGITS = 20


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        notice = _NOTICES.get(request.query.get("tersimpan", ""), "")
        return await self._page(request, _id(request.query.get("ubah", "")), notice=notice)

    async def listed(self, _: web.Request) -> web.StreamResponse:
        found = await asyncio.to_thread(self._everything)
        return web.json_response(
            [{"id": str(reply.id), "shortcut": reply.shortcut, "text": reply.text} for reply in found]
        )

    async def keep(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        reply_id = _id(form_text(fields, "id", _ALL_DIGITS))
        filled = {"shortcut": form_text(fields, "shortcut"), "text": form_text(fields, "text", 2 * LONGEST)}
        try:
            await self._console.writer.run(saved_replies.keep, self._office, actor(request), reply_id, **filled)
        except ReplyProblemError as error:
            return await self._page(request, reply_id, filled=filled, problems=error.problems)
        return see_other(f"{PATH}?tersimpan=1")

    async def remove(self, request: web.Request) -> web.StreamResponse:
        reply_id = _id(form_text(await request.post(), "id", _ALL_DIGITS))
        if reply_id is None:
            raise NotFoundError
        await self._console.writer.run(saved_replies.remove, self._office, actor(request), reply_id)
        return see_other(f"{PATH}?tersimpan=hapus")

    async def _page(
        self,
        request: web.Request,
        reply_id: int | None,
        *,
        filled: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        notice: str = "",
    ) -> web.Response:
        replies = await asyncio.to_thread(self._everything)
        changed = next((reply for reply in replies if reply.id == reply_id), None)
        kept = {"shortcut": changed.shortcut, "text": changed.text} if changed else {"shortcut": "", "text": ""}
        return render(
            request,
            "saved_replies.html",
            status=422 if problems else 200,
            replies=replies,
            changed=changed,
            filled=filled or kept,
            problems=problems or {},
            placeholders=PLACEHOLDERS,
            longest=LONGEST,
            notice=notice,
        )

    def _everything(self) -> list[SavedReply]:
        with self._office.database.reader() as conn:
            return saved_replies.everything(conn)


def _id(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < _ALL_DIGITS else None


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "replies.keep"),
        Route("POST", PATH, pages.keep, "replies.keep"),
        Route("POST", f"{PATH}/hapus", pages.remove, "replies.keep"),
        Route("GET", "/petugas/balasan-tersimpan.json", pages.listed, "replies.keep"),
    ]
