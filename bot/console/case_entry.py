"""Registers a report that came by a way that PASTI does not read: a letter, the counter, a call, the box.

The receipt is the answer to the form, so that nothing personal stands in an address. The same form posted twice, by a
double press or by loading the answer again, is one case, and shows the same receipt for a while.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.console import case_entry_form
from bot.console.case_entry_form import Typed
from bot.console.console import Console, Route
from bot.console.fields import form_text
from bot.console.guard import actor
from bot.console.pages import render
from bot.documents.receipt import receipt_pdf
from handlers.access import Actor, NotFoundError, access_case
from handlers.case_entry import (
    AlreadyThere,
    Entry,
    Foreseen,
    Registered,
    foresee,
    register_elsewhere,
)
from handlers.case_events import Refused
from handlers.case_printing import paper
from handlers.dialogue.case_texts import KIND_NAMES
from handlers.ways_in import WAYS
from knowledge.standards import COMPONENTS
from storage import case_desk, cases
from storage.models import Case

PATH = "/petugas/kasus/baru"
KEPT_FOR = timedelta(minutes=10)  # that a receipt can be shown once more
MOST_KEPT = 100
Outcome = Registered | AlreadyThere | Refused


@dataclass(frozen=True, slots=True)
class _Press:
    """One form of one officer, with what was typed: pressed again it is the same."""

    officer_id: int
    key: str
    typed: Typed


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office
        self._presses: dict[_Press, tuple[datetime, asyncio.Future[Outcome]]] = {}

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await self._form(request, case_entry_form.blank(self._office.clock()), self._office.random(16).hex())

    async def posted(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        typed, key, asked = case_entry_form.typed_in(fields), form_text(fields, "key", 40), form_text(fields, "aksi")
        standards = await asyncio.to_thread(self._standards)
        entry, problems = case_entry_form.read(typed, self._office.clock(), _identities(standards))
        if entry is None:
            return await self._form(request, typed, key, problems=problems)
        if asked == "periksa":
            foreseen = await asyncio.to_thread(self._foresee, entry)
            return await self._form(request, typed, key, outcome=foreseen)
        press = _Press(actor(request).id, key, typed)
        outcome = await self._register(actor(request), press, entry, even_so=asked == "tetap")
        if isinstance(outcome, Registered):
            await asyncio.to_thread(self._not_about, actor(request), outcome.number)
            return await self._receipt(request, outcome)
        return await self._form(request, typed, key, outcome=outcome)

    async def _register(self, who: Actor, press: _Press, entry: Entry, *, even_so: bool) -> Outcome:
        now = self._office.clock()
        for old in [each for each, (at, _) in self._presses.items() if now - at > KEPT_FOR]:
            del self._presses[old]
        while len(self._presses) >= MOST_KEPT:
            del self._presses[next(iter(self._presses))]
        if press in self._presses and press.key and not _may_be_done_again(self._presses[press][1]):
            return await asyncio.shield(self._presses[press][1])
        work = self._console.writer.run(register_elsewhere, self._office, who, entry, even_so=even_so)
        begun = asyncio.ensure_future(work)
        self._presses[press] = now, begun
        return await asyncio.shield(begun)

    async def _form(
        self,
        request: web.Request,
        typed: Typed,
        key: str,
        *,
        problems: Mapping[str, str] | None = None,
        outcome: Foreseen | AlreadyThere | Refused | None = None,
    ) -> web.Response:
        names = [name for name, _ in await asyncio.to_thread(self._standards)]
        there = outcome.number if isinstance(outcome, AlreadyThere) else None
        return render(
            request,
            "case_entry.html",
            status=422 if problems or isinstance(outcome, Refused) else 200,
            typed=typed,
            key=key,
            problems=problems or {},
            foreseen=outcome if isinstance(outcome, Foreseen) else None,
            kind_names=KIND_NAMES,
            there=there,
            opens=there is not None and await asyncio.to_thread(self._opens, actor(request), there),
            refused=outcome.sentence if isinstance(outcome, Refused) else "",
            ways=WAYS,
            names=names,
            components=COMPONENTS,
            limits=case_entry_form.LIMITS,
        )

    def _not_about(self, who: Actor, number: str) -> None:
        """Asked for again, the receipt of a case that accuses this very officer is not there: raises NotFoundError."""
        with self._office.database.reader() as conn:
            case = cases.get_by_number(conn, number)
            if case is not None and who.id in case_desk.accused_in(conn, case.id):
                raise NotFoundError(number)

    async def _receipt(self, request: web.Request, done: Registered) -> web.Response:
        case = await asyncio.to_thread(self._recorded, done.number)
        return render(
            request,
            "case_entered.html",
            case=case,
            kind=KIND_NAMES[case.kind],
            way=WAYS[case.channel],
            receipt=done.receipt,
            opens=await asyncio.to_thread(self._opens, actor(request), done.number),
            pdf=await asyncio.to_thread(self._pdf, actor(request), done),
        )

    def _pdf(self, who: Actor, done: Registered) -> str:
        """The receipt to be saved, inside the page: its access code lies in no address and on no disk of ours."""
        with self._office.database.reader() as conn:
            on = paper(conn, self._office, who)
        pdf = receipt_pdf(done.receipt, done.number, on, chat_url=self._console.public_url)
        return f"data:application/pdf;base64,{b64encode(pdf).decode()}"

    def _standards(self) -> list[tuple[str, str]]:
        """Name and identity of every standard in force."""
        with self._office.database.reader() as conn:
            published = self._office.library.current(conn).catalogue.published
        return [(each.standard.name, each.standard.identity) for each in published]

    def _foresee(self, entry: Entry) -> Foreseen | Refused:
        with self._office.database.reader() as conn:
            return foresee(conn, self._office, entry)

    def _recorded(self, number: str) -> Case:
        with self._office.database.reader() as conn:
            case = cases.get_by_number(conn, number)
        assert case is not None
        return case

    def _opens(self, who: Actor, number: str) -> bool:
        """Whether they may read it, now that it is one: what is confidential is not for whoever entered it."""
        with self._office.database.reader() as conn:
            try:
                access_case(conn, self._office, who, number, "cases.read")
            except NotFoundError:
                return False
        return True


def _may_be_done_again(begun: asyncio.Future[Outcome]) -> bool:
    """It failed, or nothing was written."""
    if not begun.done():
        return False
    return begun.cancelled() or begun.exception() is not None or not isinstance(begun.result(), Registered)


def _identities(standards: list[tuple[str, str]]) -> dict[str, str]:
    return {case_entry_form.same(name): identity for name, identity in standards}


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", PATH, pages.page, "cases.register"),
        Route("POST", PATH, pages.posted, "cases.register"),
    ]
