"""What the pages of the knowledge share: their tabs, their addresses, and an answer's kind in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.console.guard import actor
from bot.console.pages import render
from handlers.misses import reader_of
from handlers.office import Office
from handlers.trial import Outcome
from knowledge.base import KnowledgeBase
from knowledge.search import key
from knowledge.standards import COMPONENTS
from storage import misses, officers

ROOT = "/petugas/pengetahuan"
LONGEST_QUESTION = 300


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    path: str
    exact: bool = False  # not also what lies below it


TABS = (
    Tab("Standar", ROOT, exact=True),
    Tab("Belum terjawab", f"{ROOT}/belum-terjawab"),
    Tab("Jawaban kantor", f"{ROOT}/jawaban"),
    Tab("Dasar hukum", f"{ROOT}/dasar-hukum"),
    Tab("Pertanyaan uji", f"{ROOT}/uji"),
)


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page below the tabs of the knowledge."""
    return render(request, f"knowledge/{template}", status=status, tabs=TABS, root=ROOT, **values)


def standard_path(name: str, part: str = "") -> str:
    return f"{ROOT}/standar/{name}{part}"


def names_of(conn: Connection) -> Mapping[int, str]:
    """The officers' names by their ids."""
    return {officer.id: officer.name for officer in officers.everyone(conn)}


def waiting(conn: Connection, request: web.Request) -> int:
    """How many questions wait for an answer, as far as this officer may know."""
    return misses.count_unresolved(conn, reader_of(actor(request)))


def in_words(knowledge: KnowledgeBase) -> Callable[[Outcome], str]:
    """What a question is answered with, for a person: `Standar No. 61, 4. Biaya/Tarif`."""

    def words(outcome: Outcome) -> str:
        parts = " dan ".join(f"{number}. {COMPONENTS[number]}" for number in outcome.components)
        entry = knowledge.catalogue.by_identity.get(outcome.identity or "")
        name = f"Standar No. {entry.standard.number}, {entry.standard.name}" if entry else ""
        match outcome.kind:
            case "standard":
                return f"{name or 'Semua standar'}: {parts}"
            case "answer":
                kept = knowledge.kept.answers.get(outcome.answer or 0)
                return f"Jawaban kantor: {kept.title}" if kept else "Jawaban kantor"
            case "profile":
                return "Profil kantor"
            case "asked":
                return f"Ditanya dulu bagian mana dari {name}" if name else "Ditanya dulu standar yang mana"
            case "none":
                return "Tidak dijawab"

    return words


def links(knowledge: KnowledgeBase) -> Callable[[str | None], str]:
    """The page of a standard by its identity; empty when it is not in force."""

    def link(identity: str | None) -> str:
        entry = knowledge.catalogue.by_identity.get(identity or "")
        return standard_path(key(entry)) if entry else ""

    return link


def known(office: Office) -> KnowledgeBase:
    with office.database.reader() as conn:
        return office.library.current(conn)
