"""A draft beside what is in force: proposed, published, thrown away; and the history, with a way back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.console.activity import line_of
from bot.console.console import Console, Route
from bot.console.fields import day_in, form_text, number_in
from bot.console.guard import actor, see_other
from bot.console.knowledge.shared import in_words, page, standard_path
from bot.console.knowledge.standard import PATH, of_standard, version_in
from handlers import drafts, publishing
from handlers.access import NotFoundError
from handlers.drafts import LONGEST_NOTE, DraftChangedError, DraftProblemError
from handlers.golden import Failing
from handlers.publishing import FailingError
from knowledge.calendar import jakarta_day
from knowledge.comparison import Line, Skipped, compared
from knowledge.standards import COMPONENTS, ServiceStandard
from storage import golden as golden_rows
from storage import office_events


@dataclass(frozen=True, slots=True)
class Difference:
    name: str
    lines: Sequence[Line | Skipped]


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._page, request)

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """What is to become of the draft."""
        fields, name = await request.post(), request.match_info["key"]
        filled = {"alasan": form_text(fields, "alasan", 2 * LONGEST_NOTE), "berlaku": form_text(fields, "berlaku")}
        try:
            said = await self._decided(request, name, form_text(fields, "tindakan"), version_in(fields), filled)
        except DraftProblemError as error:
            return await asyncio.to_thread(self._page, request, filled, error.problems, 422)
        except (DraftChangedError, FailingError):
            return await asyncio.to_thread(self._page, request, filled, None, 409)
        return see_other(standard_path(name, f"?tersimpan={said}"))

    async def _decided(
        self, request: web.Request, name: str, action: str, version: int, filled: Mapping[str, str]
    ) -> str:
        run, who = self._console.writer.run, actor(request)
        if action == "buang":
            await run(drafts.discard, self._office, who, name, version)
            return "buang"
        day = day_in(filled["berlaku"])
        if day is None:
            raise DraftProblemError({"berlaku": "Isi tanggal berlakunya."})
        if action == "usulkan":
            await run(drafts.propose, self._office, who, name, version, day, filled["alasan"])
            return "usul"
        if action != "terbitkan":
            raise NotFoundError(action)
        checked = await asyncio.to_thread(publishing.check, self._office, name)
        published = await run(publishing.publish, self._office, who, name, version, day, filled["alasan"], checked)
        return "terbit" if published else "jadwal"

    async def history(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.to_thread(self._history, request)

    async def restore(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["key"]
        older = number_in(form_text(await request.post(), "id", 20))
        if older is None:
            raise NotFoundError
        checked = await asyncio.to_thread(publishing.check, self._office, name, older)
        try:
            run = self._console.writer.run
            in_force = await run(publishing.restore, self._office, actor(request), name, older, checked)
        except (DraftChangedError, FailingError) as error:
            failing = error.failing if isinstance(error, FailingError) else ()
            return await asyncio.to_thread(self._history, request, failing, 409)
        return see_other(standard_path(name, f"?tersimpan={'pulih' if in_force else 'usul'}"))

    def _page(
        self,
        request: web.Request,
        filled: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> web.Response:
        name = request.match_info["key"]
        with self._office.database.reader() as conn:
            kept = drafts.find(conn, name)
            values = of_standard(conn, request, kept)
            approval = publishing.approval_needed(conn)
            questions = len(golden_rows.everything(conn))
            knowledge = self._office.library.current(conn)
        first = drafts.first_day(kept, jakarta_day(self._office.clock()))
        checked = publishing.check(self._office, name) if kept.draft else None
        draft = kept.draft
        usual = {
            "alasan": draft.note if draft else "",
            "berlaku": max(first, draft.effective_on or first).isoformat() if draft else "",
        }
        return page(
            request,
            "publication.html",
            status=status,
            **values,
            differences=differences(kept.published.standard, kept.drafted),
            failing=checked.failing if checked else (),
            questions=questions,
            words=in_words(knowledge),
            approval=approval,
            own=draft is not None and actor(request).id in (draft.proposed_by, draft.officer_id),
            first=first,
            filled=filled or usual,
            problems=problems or {},
            meanwhile=status == 409,
            longest=LONGEST_NOTE,
        )

    def _history(self, request: web.Request, failing: Sequence[Failing] = (), status: int = 200) -> web.Response:
        with self._office.database.reader() as conn:
            kept = drafts.find(conn, request.match_info["key"])
            values = of_standard(conn, request, kept)
            versions = publishing.versions_of(conn, kept)
            events = office_events.of(conn, drafts.about(kept.row.identity))
            knowledge = self._office.library.current(conn)
        chosen = number_in(request.query.get("lihat", ""))
        older = next((entry for id_, entry, _ in versions if id_ == chosen), None)
        return page(
            request,
            "history.html",
            status=status,
            **values,
            versions=versions,
            chosen=chosen,
            differences=differences(older.standard, kept.published.standard) if older else None,
            lines=[line_of(event, values["names"]) for event in events],
            failing=failing,
            meanwhile=status == 409 and not failing,
            words=in_words(knowledge),
        )


def differences(old: ServiceStandard, new: ServiceStandard) -> list[Difference]:
    """What one says and the other does not, component by component."""
    found = [Difference("Judul", compared(old.title, new.title))] if old.title != new.title else []
    for number, name in COMPONENTS.items():
        before, after = old.components.get(number, ""), new.components.get(number, "")
        if before != after:
            found.append(Difference(f"{number}. {name}", compared(before, after)))
    return found


def routes(console: Console) -> list[Route]:
    pages = _Pages(console)
    return [
        Route("GET", f"{PATH}/terbitkan", pages.page, "knowledge.read"),
        Route("POST", f"{PATH}/terbitkan", pages.decide, "knowledge.keep"),
        Route("GET", f"{PATH}/riwayat", pages.history, "knowledge.read"),
        Route("POST", f"{PATH}/pulihkan", pages.restore, "knowledge.publish"),
    ]
