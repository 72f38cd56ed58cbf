"""One case: everything that is known of it, what may be done to it now, and its evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from multidict import MultiDict, MultiMapping
from sqlalchemy import Connection

from bot import media_files
from bot.console import case_words
from bot.console.console import Console, Route
from bot.console.fields import form_text, id_in
from bot.console.guard import actor
from bot.console.pages import render
from handlers.access import Actor, NotFoundError, access_case, access_conversation, standing
from handlers.case_completing import Completed, complete
from handlers.case_deliveries import reporters_of
from handlers.case_drafts import draft
from handlers.case_events import DESK, HOLDERS, above, may_move
from handlers.case_file import CaseFile, read_file, read_history
from handlers.case_routes import leads
from handlers.case_rules import LACKING
from handlers.case_secrecy import Filed
from handlers.case_suggestions import Suggestions, suggestions
from handlers.case_work import PLANS, PROBLEMS
from knowledge.calendar import jakarta_day
from storage import case_desk, cases, media, officers
from storage.models import Case, Officer

NUMBER = r"{number:[A-Z]{3}-\d{4}-\d{5,7}-[0-9X]}"
PATH = f"/petugas/kasus/{NUMBER}"
KEPT = 50_000  # characters of a field that are shown again


@dataclass(frozen=True, slots=True)
class Again:
    """A form that was refused, to be shown with what was typed in it. Forms are named as `form` in parts.html does."""

    form: str = ""
    fields: MultiMapping[Any] = field(default_factory=MultiDict)

    def text(self, form: str, name: str, stands: str) -> str:
        """The words of a field: as they were typed, or `stands`."""
        return form_text(self.fields, name, KEPT) if form == self.form and name in self.fields else stands

    def chosen(self, form: str, name: str, value: object, stands: bool) -> bool:
        """Whether this one of several was chosen or ticked."""
        return str(value) in self.fields.getall(name, []) if form == self.form else stands


def number_in_path(request: web.Request) -> str:
    return request.match_info["number"]


class CasePages:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await self.shown(request, number_in_path(request))

    async def shown(
        self,
        request: web.Request,
        number: str,
        *,
        sentence: str = "",
        again: Again | None = None,
        unmasked: Sequence[Filed] = (),
    ) -> web.Response:
        """The page as it is now.

        Args:
            sentence: why what was just asked for was not done.
            again: what was asked for.
            unmasked: who reported, for this look only.
        """
        values = await asyncio.to_thread(self._values, actor(request), number)
        return render(
            request,
            "case/page.html",
            status=409 if sentence else 200,
            refused=sentence,
            again=again or Again(),
            unmasked=unmasked,
            **values,
        )

    async def evidence(self, request: web.Request) -> web.StreamResponse:
        kept = await asyncio.to_thread(self._kept, request)
        return media_files.response(kept, self._console.data_dir)

    def _kept(self, request: web.Request) -> media.MediaRow:
        with self._office.database.reader() as conn:
            case = access_case(conn, self._office, actor(request), number_in_path(request), "cases.read")
            item = next((each for each in cases.evidence_of(conn, case.id) if each.id == id_in(request)), None)
            kept = media.by_id(conn, item.media_id) if item and item.media_id else None
        if kept is None:
            raise NotFoundError("evidence")
        return kept

    def _values(self, who: Actor, number: str) -> dict[str, Any]:
        with self._office.database.reader() as conn:
            file = read_file(conn, self._office, who, number)
            staff = officers.everyone(conn)
            reader = standing(conn, self._office, who).reader
            offered = suggestions(conn, self._office, reader, file.case, jakarta_day(self._office.clock()))
            names = {officer.id: officer.name for officer in staff}
            history = read_history(conn, self._office, who, number) if "cases.history" in file.may else []
            return {
                "file": file,
                "case": file.case,
                "words": case_words,
                "names": names,
                "deadline": case_words.deadline(file.case, file.days_left),
                "offered": offered,
                "standard": self._standard(conn, file, offered),
                "problems": PROBLEMS,
                "plans": PLANS,
                "files": self._files(conn, file),
                "deliveries": _deliveries(conn, file),
                "history": [case_words.history_line(event, names) for event in reversed(history)],
                "conversation": self._conversation(conn, who, file),
                **self._hands(conn, who, file, staff),
                **_drafts(file, names),
            }

    def _hands(self, conn: Connection, who: Actor, file: CaseFile, staff: Sequence[Officer]) -> dict[str, Any]:
        """Whom it may be given to, and what this officer can do now."""
        case, may = file.case, file.may
        agencies = {agency.id: agency.name for agency in officers.every_agency(conn)}
        accused = case_desk.accused_in(conn, case.id)
        present = [officer for officer in staff if officer.active and officer.id not in accused]
        acts_for = standing(conn, self._office, who).reader.acts_for
        holding = file.holding
        mine = holding is not None and holding.officer_id in acts_for and "cases.step" in may
        is_open = case.stage not in ("closed", "withdrawn")
        routable = case.kind == "complaint" and case.stage in ("under_review", "in_progress", "waiting_for_reporter")
        reporters = reporters_of(conn, case)
        return {
            "is_open": is_open,
            "mine": mine,
            "superior": above(conn, holding.officer_id if holding else who.id, accused),
            "desk": [officer for officer in present if officer.role in DESK],
            "holders": _holders(present, agencies),
            "first_holder": case.officer_id if case.officer_id in acts_for else who.id,
            "accused": [officer for officer in staff if officer.id in accused],
            "accused_ids": accused,
            "staff": [
                (officer.id, _introduced(officer, agencies))
                for officer in staff
                if officer.id in accused or (officer.active and officer.id != who.id)
            ],
            "approves_apip": "cases.step" in may and leads(conn, self._office, who),
            "routable": is_open and routable and holding is None and "cases.route" in may,
            "can_answer": is_open
            and holding is None
            and "cases.answer" in may
            and (case.stage == "answered" or may_move(case, "answered")),
            "can_convert": case.kind == "suggestion"
            and not case.meant_as_suggestion
            and not (case.late and case.late_decision != "accepted")
            and case.stage in ("received", "noted")
            and "cases.convert" in may,
            "late_lacks": self._late_lacks(conn, case),
            "reporters": reporters,
            "merged_numbers": {each.case_id: each.number for each in reporters if each.case_id != case.id},
            "next": _next(file, mine),
        }

    def _late_lacks(self, conn: Connection, case: Case) -> str:
        """What a report that came too late lacks besides, to be a complaint; empty when nothing."""
        if not case.late or case.late_decision is not None or case.kind == "complaint":
            return ""
        return ", ".join(LACKING[lack] for lack in complete(conn, self._office, case, Completed()).judged.lacks)

    def _standard(self, conn: Connection, file: CaseFile, offered: Suggestions) -> str:
        known = self._office.library.current(conn).catalogue.by_identity.get(file.case.standard_identity or "")
        return known.standard.name if known else ""

    def _files(self, conn: Connection, file: CaseFile) -> list[tuple[Any, media.MediaRow | None]]:
        return [(item, media.by_id(conn, item.media_id) if item.media_id else None) for item in file.evidence]

    def _conversation(self, conn: Connection, who: Actor, file: CaseFile) -> int | None:
        """Where it was told, if this officer may read there."""
        id_ = file.case.conversation_id
        if id_ is None:
            return None
        try:
            access_conversation(conn, who, id_, "conversations.read")
        except (NotFoundError, PermissionError):
            return None
        return id_


def _holders(present: Sequence[Officer], agencies: Mapping[int, str]) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """By route: its name, and who may have it first."""
    return [
        (
            route,
            case_words.ROUTES[route],
            [(officer.id, _introduced(officer, agencies)) for officer in present if officer.role in roles],
        )
        for route, roles in HOLDERS.items()
    ]


def _introduced(officer: Officer, agencies: Mapping[int, str]) -> str:
    """`Rina Lestari, Petugas Pengaduan`, and the agency: namesakes are told apart."""
    return ", ".join(filter(None, (officer.name, officer.position, agencies.get(officer.agency_id or 0))))


def _deliveries(conn: Connection, file: CaseFile) -> dict[int, list[str]]:
    """How far each answer has come, in words."""
    return {
        answer.id: [case_words.sending_words(sending) for sending in case_desk.sendings(conn, answer.outbox_ids)]
        for answer in file.answers
    }


def _drafts(file: CaseFile, names: Mapping[int, str]) -> dict[str, str]:
    answer = file.answers[-1].body if file.answers else ""
    return {
        "step_draft": draft(file.case, file.study, file.steps, names),
        "closing_draft": draft(file.case, file.study, file.steps, names, result=answer),
    }


def _next(file: CaseFile, mine: bool) -> str:
    """What is to be done now, as the name of a section: the page leads there."""
    case, may = file.case, file.may
    if case.stage in ("closed", "withdrawn"):
        return ""
    if case.late and case.late_decision is None and case.kind == "suggestion":
        return "late" if "cases.decide_late" in may else ""
    if mine:
        return "step"
    if file.holding is not None or "cases.work" not in may:
        return ""
    if case.officer_id is None:
        return "take"
    if case.kind == "suggestion":
        return "answer" if case.stage != "answered" else ""
    if not (case.sector and case.problem and case.core_problem):
        return "study"
    if case.stage == "answered":
        return "close"
    decided = any(step.outcome == "decided" for step in file.steps)
    return "answer" if decided else "route"


def routes(console: Console) -> list[Route]:
    pages = CasePages(console)
    return [
        Route("GET", PATH, pages.page, "cases.read"),
        Route("GET", PATH + r"/bukti/{id:\d{1,19}}", pages.evidence, "cases.read"),
    ]
