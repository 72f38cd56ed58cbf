"""What officers do with a case before it is settled: take it, classify and study it, ask the reporter, write down.

One public function is one event and one transaction. `version` is that of the page: a case that has changed meanwhile
is not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from handlers.access import Actor, access_case
from handlers.case_events import DESK, LONGEST, Done, Refused, begun, change, in_the_way, may_move, why_not_given
from handlers.dialogue import desk_texts
from handlers.office import Office
from handlers.officer_notices import tell_given
from knowledge.standards import COMPONENTS
from storage import case_desk, cases, officers
from storage.models import Case, StudySheet

OTHER = "Lainnya"
PROBLEMS: tuple[str, ...] = (*COMPONENTS.values(), OTHER)  # component 6 point 5c.2
PLANS = ("klarifikasi", "konfirmasi", "penelitian atau pemeriksaan", "investigasi")  # point 6d


def take(office: Office, actor: Actor, number: str, version: int) -> Done | Refused:
    """An officer takes a case that nobody has."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version):
            return refused
        if case.officer_id is not None and case.officer_id != actor.id:
            return Refused("Laporan ini sudah dipegang petugas lain.")
        return change(tx, office, case, actor, "assigned", {"officer_id": actor.id, **begun(case)})


def assign(office: Office, actor: Actor, number: str, version: int, officer_id: int, note: str = "") -> Done | Refused:
    """The manager or the head gives a case to an officer."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.assign")
        if refused := in_the_way(case, version):
            return refused
        roles = (*DESK, "inspector") if case.visible_to == "inspectorate" else DESK
        if refused := why_not_given(tx, case, officers.by_id(tx, officer_id), roles):
            return refused
        columns = {"officer_id": officer_id, **begun(case)}
        done = change(tx, office, case, actor, "assigned", columns, note=note.strip())
        tell_given(tx, office, case, officer_id, "assigned", actor)
        return done


@dataclass(frozen=True, slots=True)
class Classified:
    """By sector or kind of service, and by problem (component 6 point 5c)."""

    sector: str
    problem: str  # one of PROBLEMS
    standard_identity: str | None = None
    competent_agency: str | None = None


def classify(office: Office, actor: Actor, number: str, version: int, found: Classified) -> Done | Refused:
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version) or _unclassifiable(found):
            return refused
        return change(tx, office, case, actor, "classified", {**_classes(case, found), **begun(case)})


def _unclassifiable(found: Classified) -> Refused | None:
    if not found.sector.strip() or not found.problem.strip():
        return Refused("Isi bidang atau layanannya dan pilih jenis masalahnya.")
    if len(found.sector) > LONGEST:
        return Refused("Bidang atau layanannya terlalu panjang.")
    if found.problem not in PROBLEMS:
        return Refused("Jenis masalah itu tidak ada dalam daftar.")
    return None


def _classes(case: Case, found: Classified) -> dict[str, Any]:
    return {
        "sector": found.sector.strip(),
        "problem": found.problem,
        "component": next((n for n, name in COMPONENTS.items() if name == found.problem), None),
        "standard_identity": found.standard_identity or case.standard_identity,
        "competent_agency": (found.competent_agency or "").strip() or case.competent_agency,
    }


@dataclass(frozen=True, slots=True)
class Study:
    """The study sheet (telaah), component 6 point 6."""

    core_problem: str
    basis: Sequence[str] = ()  # standards, procedures, regulations that bear on it
    earlier: Sequence[str] = ()  # earlier documents, numbers of similar cases
    plan: Sequence[str] = ()  # of PLANS, or in other words
    findings: str = ""
    found_with: str = ""  # alone, or with which agencies or the inspectorate


def study(
    office: Office, actor: Actor, number: str, version: int, sheet: Study, found: Classified | None = None
) -> Done | Refused:
    """Keeps the study sheet as it is now; how it was stays in the history.

    Args:
        found: what the case is classified as on the same sheet; None: as it was.
    """
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version) or _unstudied(sheet) or (_unclassifiable(found) if found else None):
            return refused
        if found is not None and any(getattr(case, name) != value for name, value in _classes(case, found).items()):
            change(tx, office, case, actor, "classified", {**_classes(case, found), **begun(case)})
            case = access_case(tx, office, actor, number, "cases.work")
        row = StudySheet(
            case_id=case.id,
            basis=_items(sheet.basis),
            earlier=_items(sheet.earlier),
            plan=_items(sheet.plan),
            findings=sheet.findings.strip(),
            found_with=sheet.found_with.strip(),
            updated_by=actor.id,
            updated_at=office.clock(),
        )
        case_desk.keep_study(tx, row)
        columns = {"core_problem": sheet.core_problem.strip(), **begun(case)}
        return change(tx, office, case, actor, "studied", columns, after={"sheet": asdict(sheet)})


def _unstudied(sheet: Study) -> Refused | None:
    if not sheet.core_problem.strip():
        return Refused("Tulis inti masalahnya.")
    if len(sheet.core_problem) > LONGEST:
        return Refused(f"Inti masalahnya terlalu panjang: paling banyak {LONGEST:,} huruf.".replace(",", "."))
    if max(map(len, (sheet.findings, sheet.found_with, *sheet.basis, *sheet.earlier, *sheet.plan))) > 20_000:
        return Refused("Isian telaah terlalu panjang.")
    return None


def ask_reporter(office: Office, actor: Actor, number: str, version: int, words: str) -> Done | Refused:
    """A question to the citizen. The 14 days go on meanwhile (SPEC 4.6)."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version, words):
            return refused
        if case.conversation_id is None:
            return Refused("Pelapor tidak punya percakapan: hubungi lewat telepon atau surat, lalu catat.")
        if case.stage != "waiting_for_reporter" and not may_move(case, "waiting_for_reporter"):
            return Refused("Pada tahap ini pelapor tidak dapat ditanyai. Kelompokkan laporannya dulu.")
        lines = desk_texts.question(case.number, words.strip())
        columns = {"stage": "waiting_for_reporter"}
        return change(tx, office, case, actor, "asked", columns, note=words.strip(), lines=lines)


def resume(office: Office, actor: Actor, number: str, version: int, note: str) -> Done | Refused:
    """The work goes on, whether the citizen has answered (by telephone, say) or not."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version, note):
            return refused
        if case.stage != "waiting_for_reporter":
            return Refused("Laporan ini tidak sedang menunggu pelapor.")
        columns = {"stage": "in_progress" if case.route else "under_review"}
        return change(tx, office, case, actor, "resumed", columns, note=note.strip())


def write_down(office: Office, actor: Actor, number: str, version: int, evidence_id: int, words: str) -> Done | Refused:
    """What a voice note, a picture or a video among the evidence says. The file itself is never changed."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version, words, open_only=False):
            return refused
        item = next((each for each in cases.evidence_of(tx, case.id) if each.id == evidence_id), None)
        if item is None:
            return Refused("Bukti itu tidak ada pada laporan ini.")
        case_desk.write_down(tx, item.id, words.strip(), actor.id)
        after = {"evidence": str(item.id), "before": item.transcript, "transcript": words.strip()}
        return change(tx, office, case, actor, "written_down", after=after)


def note(office: Office, actor: Actor, number: str, version: int, words: str) -> Done | Refused:
    """For colleagues: a fact, a visit, a call. Nothing of it goes to the citizen."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version, words, open_only=False):
            return refused
        return change(tx, office, case, actor, "noted_down", note=words.strip())


def note_suggestion(office: Office, actor: Actor, number: str, version: int, words: str = "") -> Done | Refused:
    """A suggestion was read and is kept in mind."""
    with office.database.transaction() as tx:
        case = access_case(tx, office, actor, number, "cases.work")
        if refused := in_the_way(case, version):
            return refused
        if not may_move(case, "noted"):
            return Refused("Hanya saran yang baru masuk yang dicatat begini.")
        return change(tx, office, case, actor, "noted", {"stage": "noted"}, note=words.strip())


def _items(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"text": text.strip()} for text in texts if text.strip()]
