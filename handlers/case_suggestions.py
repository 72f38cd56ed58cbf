"""What the study sheet offers before a word is written: standards, laws, documents and cases, each with why.

Component 6 point 6b and 6c: the standard, procedure or regulation that bears on the matter, earlier documents, and
similar cases. Found by what the reporter said; an officer takes over what fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from handlers.office import Office
from knowledge.base import KnowledgeBase
from knowledge.codes import find_codes
from knowledge.language import filler_words
from knowledge.outline import outline
from knowledge.search import UNSURE, Published
from knowledge.standards import COMPONENTS, normalised
from storage import case_desk, case_lists
from storage.case_lists import CaseLine, Wanted
from storage.case_sight import CaseReader
from storage.models import Case

PROCEDURE, LEGAL_BASIS = 2, 7
_STANDARDS, _CASES, _DOCUMENTS = 3, 5, 6
_LOOKED_AT = 300  # of the newest cases
_EXCERPT = 220  # characters
_SHORTEST_WORD = 4
_ALIKE = 2  # words that two reports share before one is called similar
_COMMON = frozenset(("petugas", "kantor", "layanan", "pelayanan", "perizinan", "dpmptsp"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may bear on a case."""

    text: str  # as it goes into the sheet, where others read it: of a case no more than its number
    why: str
    excerpt: str = ""
    number: str = ""  # of a case that can be opened


@dataclass(frozen=True, slots=True)
class Suggestions:
    basis: Sequence[Suggestion]
    laws: Sequence[str]  # the legal basis of the first standard, item by item
    documents: Sequence[Suggestion]
    cases: Sequence[Suggestion]
    standard: Published | None  # the one that it is most likely about


def suggestions(conn: Connection, office: Office, reader: CaseReader, case: Case, today: date) -> Suggestions:
    """Of other cases only those that this reader may see."""
    knowledge = office.library.current(conn)
    found = _standards(knowledge, case)
    similar = _similar(conn, reader, case, today)
    return Suggestions(
        basis=[each for published, why in found for each in _basis(published, why, case.component)],
        laws=_laws(found[0][0]) if found else (),
        documents=_documents(conn, similar),
        cases=[
            Suggestion(f"Kasus {line.number}", why, _cut(line.subject, _EXCERPT), line.number) for line, why in similar
        ],
        standard=found[0][0] if found else None,
    )


def _standards(knowledge: KnowledgeBase, case: Case) -> list[tuple[Published, str]]:
    chosen = knowledge.catalogue.by_identity.get(case.standard_identity or "")
    if chosen:
        return [(chosen, "standar yang dikelompokkan untuk laporan ini")]
    said = " ".join(filter(None, (case.service, case.subject)))
    coded = [entry for code in find_codes(said) for entry in knowledge.catalogue.by_code.get(code.digits, ())]
    if coded:
        return [(entry, "kode KBLI-nya disebut pelapor") for entry in coded[:_STANDARDS]]
    words = knowledge.language.read(said)
    match = knowledge.catalogue.match(words)
    return [
        (candidate.published, _why_named(candidate.published, said))
        for candidate in match.candidates[:_STANDARDS]
        if candidate.score >= UNSURE
    ]


def _why_named(published: Published, said: str) -> str:
    shared = sorted(_words(said) & _words(published.standard.title))
    return f"judulnya memuat {_listed(shared)}" if shared else "judulnya paling dekat dengan kata pelapor"


def _basis(published: Published, why: str, component: int | None) -> list[Suggestion]:
    """The component complained about and the procedure; without one, the standard itself."""
    standard = published.standard
    name = f"Standar {standard.number}{f' (KBLI {standard.kbli})' if standard.kbli else ''}"
    asked = [number for number in dict.fromkeys((component, PROCEDURE)) if number in standard.components]
    if component is None or component not in standard.components:
        return [Suggestion(f"{name}: {standard.title}", why)]
    return [
        Suggestion(
            f"{name}, komponen {number}: {COMPONENTS[number]}",
            f"{why}; {'yang diadukan' if number == component else 'prosedurnya'}",
            _cut(standard.components[number], _EXCERPT),
        )
        for number in asked
        if number is not None
    ]


def _laws(published: Published) -> tuple[str, ...]:
    text = published.standard.components.get(LEGAL_BASIS, "")
    return tuple(item.text for item in outline(text) if item.text.strip())


def _similar(conn: Connection, reader: CaseReader, case: Case, today: date) -> list[tuple[CaseLine, str]]:
    """About the same standard or service, then those that were told in the same words."""
    found: dict[str, tuple[CaseLine, str]] = {
        line.number: (line, "standar atau layanan yang sama")
        for line in case_lists.similar(conn, reader, case, limit=_CASES)
    }
    mine = _words(case.subject)
    newest = case_lists.listed(conn, reader, Wanted("all", today, newest_first=True), limit=_LOOKED_AT)
    alike = [(len(shared), line, shared) for line in newest if len(shared := mine & _words(line.subject)) >= _ALIKE]
    for _, line, shared in sorted(alike, key=lambda each: -each[0]):
        if len(found) < _CASES and line.number != case.number:
            found.setdefault(line.number, (line, f"memuat {_listed(sorted(shared))}"))
    return list(found.values())


def _documents(conn: Connection, similar: Sequence[tuple[CaseLine, str]]) -> list[Suggestion]:
    """The written reports and the answers of similar cases."""
    found = []
    for line, why in similar:
        reports = case_desk.reports_of(conn, line.id)
        found += [Suggestion(f"Laporan {report.number}", why, _cut(report.body, _EXCERPT)) for report in reports[-1:]]
        answers = case_desk.answers_of(conn, line.id)
        found += [Suggestion(f"Jawaban kasus {line.number}", why, _cut(each.body, _EXCERPT)) for each in answers[-1:]]
    return found[:_DOCUMENTS]


def _words(text: str) -> set[str]:
    return {word for word in normalised(text).split() if len(word) >= _SHORTEST_WORD} - filler_words() - _COMMON


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words[:4])


def _cut(text: str, length: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length else f"{plain[: length - 1].rsplit(' ', 1)[0]} …"
