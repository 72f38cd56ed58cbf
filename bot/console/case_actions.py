"""What an officer does to a case on its page: one address for each event of the case desk.

Every form carries the version that the officer saw. A script of ours gets a sentence, empty when there is nothing to
say; a plain form gets the page again, with the sentence on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast, get_args

from aiohttp import web

from bot.console.case import PATH, Again, CasePages, number_in_path
from bot.console.console import Console, Route
from bot.console.fields import form_text, number_in
from bot.console.guard import actor, asked_by_script, see_other
from handlers import case_answers, case_merging, case_routes, case_secrecy, case_work, cases, quotes
from handlers.access import access_case
from handlers.case_answers import Means
from handlers.case_completing import Completed
from handlers.case_events import HOLDERS, LONGEST
from handlers.case_numbers import find_numbers
from handlers.case_routes import Route as Way
from handlers.case_secrecy import Unmasked
from handlers.case_work import Classified, Study
from handlers.permissions import Action
from knowledge.base import KnowledgeBase
from storage import cases as case_rows

Event = Callable[..., Any]


LONGEST_STUDY = 20_000  # characters of a list or of the findings on the study sheet
_CHOICE = 400  # characters of what a page offers; anything longer is none of it
_LABELS: Mapping[str, str] = {  # of what is written, as the page calls it
    "alamat": "Alamat",
    "alasan": "Alasan",
    "bersama": "Ditemukan bersama",
    "bidang": "Bidang atau layanan",
    "catatan": "Catatan",
    "dasar": "Standar, prosedur, dan peraturan yang terkait",
    "email": "Email",
    "hasil": "Keputusan",
    "instansi": "Instansi yang berwenang",
    "inti": "Inti masalah",
    "isi": "Isi",
    "jawaban": "Jawaban",
    "ke": "Nomor laporan yang dilanjutkan",
    "ketentuan": "Ketentuan",
    "laporan": "Laporan tertulis",
    "layanan": "Layanan atau tempat",
    "nama": "Nama",
    "nik": "NIK",
    "pertanyaan": "Pertanyaan",
    "rencana_lain": "Rencana lain",
    "sebelumnya": "Dokumen sebelumnya dan kasus serupa",
    "standar_lain": "Standar lain",
    "telepon": "Telepon",
    "temuan": "Temuan",
    "uraian": "Apa yang terjadi",
}


class UnusableError(ValueError):
    """The form cannot be an event; says why, for an officer who may do `action` to the case."""

    def __init__(self, action: Action, sentence: str) -> None:
        super().__init__(sentence)
        self.action: Action = action
        self.sentence = sentence


class _Fields:
    """A posted form, read with distrust."""

    def __init__(self, posted: Any, knowledge: Callable[[], KnowledgeBase]) -> None:
        self.posted = posted
        self.knowledge = knowledge

    def text(self, name: str, most: int = LONGEST) -> str:
        """What somebody wrote. Raises UnusableError past `most` characters: it is never cut behind their back."""
        words = form_text(self.posted, name, most + 1)
        if len(words) > most:
            limit = f"{most:,}".replace(",", ".")
            sentence = f"Tulisan terlalu panjang: paling banyak {limit} huruf. Isian: {_LABELS[name]}."
            raise UnusableError("cases.read", sentence)
        return words

    def choice(self, name: str) -> str:
        return form_text(self.posted, name, _CHOICE)

    def number(self, name: str) -> int:
        """0, which nobody is, for anything else than a number."""
        return number_in(self.choice(name)) or 0

    def numbers(self, name: str) -> list[int]:
        return [number_in(value) or 0 for value in self.posted.getall(name, []) if isinstance(value, str)]

    def lines(self, name: str) -> list[str]:
        return [line.strip() for line in self.text(name, LONGEST_STUDY).splitlines() if line.strip()]

    def ticked(self, name: str) -> list[str]:
        return [value for value in self.posted.getall(name, []) if isinstance(value, str) and value in case_work.PLANS]


class _Actions:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._office = console.office
        self._pages = CasePages(console)

    def on(self, event_of: Callable[[_Fields], Event]) -> Callable[[web.Request], Any]:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await self._act(request, event_of)

        return handler

    async def unmask(self, request: web.Request) -> web.StreamResponse:
        """Who reported, on this one answer and nowhere else."""
        number, fields = number_in_path(request), _Fields(await request.post(), self._knowledge)
        try:
            reason = fields.text("alasan")
        except UnusableError as error:
            return await self._unusable(request, number, fields, error)
        seen = await self._console.writer.run(case_secrecy.unmask, self._office, actor(request), number, reason)
        if isinstance(seen, Unmasked):
            return await self._pages.shown(request, number, unmasked=seen.reporters)
        return await self._refused(request, number, fields, seen.sentence)

    async def _act(self, request: web.Request, event_of: Callable[[_Fields], Event]) -> web.StreamResponse:
        number, fields = number_in_path(request), _Fields(await request.post(), self._knowledge)
        try:
            event = event_of(fields)
        except UnusableError as error:
            return await self._unusable(request, number, fields, error)
        version = fields.number("versi")
        done = await self._console.writer.run(event, self._office, actor(request), number, version)
        if sentence := getattr(done, "sentence", ""):
            return await self._refused(request, number, fields, sentence)
        self._console.changed([*done.told, *self._told_from(done.number)])
        where = f"/petugas/kasus/{done.number}"
        return web.Response(text=where) if asked_by_script(request) else see_other(where)

    async def _unusable(
        self, request: web.Request, number: str, fields: _Fields, error: UnusableError
    ) -> web.StreamResponse:
        await asyncio.to_thread(self._look, request, number, error.action)  # who may not is told just that
        return await self._refused(request, number, fields, error.sentence)

    async def _refused(self, request: web.Request, number: str, fields: _Fields, sentence: str) -> web.StreamResponse:
        """A script of ours still has what was typed; a plain form gets it back."""
        if asked_by_script(request):
            return web.Response(text=sentence, status=409)
        form = f"{request.path.rpartition('/')[2]}{fields.choice('bukti')}"
        return await self._pages.shown(request, number, sentence=sentence, again=Again(form, fields.posted))

    def _look(self, request: web.Request, number: str, action: Action) -> None:
        """Raises NotFoundError or NotAllowedError."""
        with self._office.database.reader() as conn:
            access_case(conn, self._office, actor(request), number, action)

    def _told_from(self, number: str) -> list[int]:
        """The conversation beside which the case stands in the inbox."""
        with self._office.database.reader() as conn:
            case = case_rows.get_by_number(conn, number)
        return [case.conversation_id] if case and case.conversation_id else []

    def _knowledge(self) -> KnowledgeBase:
        with self._office.database.reader() as conn:
            return self._office.library.current(conn)


def _study(fields: _Fields) -> Event:
    sector, problem = fields.text("bidang"), fields.choice("masalah")
    found = None
    if sector or problem or fields.choice("standar") or fields.text("standar_lain"):
        found = Classified(sector, problem, _standard(fields), fields.text("instansi") or None)
    sheet = Study(
        core_problem=fields.text("inti"),
        basis=fields.lines("dasar"),
        earlier=fields.lines("sebelumnya"),
        plan=[*fields.ticked("rencana"), *fields.lines("rencana_lain")],
        findings=fields.text("temuan", LONGEST_STUDY),
        found_with=fields.text("bersama"),
    )
    return partial(case_work.study, sheet=sheet, found=found)


def _standard(fields: _Fields) -> str | None:
    """The identity of the standard that was chosen, or typed as a code or a number."""
    typed = fields.text("standar_lain", 300)
    if not typed:
        return fields.choice("standar") or None
    knowledge = fields.knowledge()
    found = quotes.found(knowledge, typed)
    if not found:
        raise UnusableError("cases.work", f"Standar “{typed}” tidak ditemukan. Tulis kode KBLI atau nomor standarnya.")
    same = [each for each in found if each.kbli == found[0].kbli and str(each.number) != typed]
    if len(same) > 1:
        numbers = ", ".join(str(each.number) for each in same)
        raise UnusableError(
            "cases.work", f"Ada beberapa standar untuk “{typed}”. Tulis salah satu nomornya: {numbers}."
        )
    return knowledge.catalogue.by_key[found[0].key].standard.identity


def _route(fields: _Fields) -> Event:
    route, _, holder = fields.choice("kepada").partition(":")
    to = number_in(holder)
    if route not in HOLDERS or to is None:
        raise UnusableError("cases.route", "Pilih jalur dan siapa yang menanganinya lebih dulu.")
    return partial(case_routes.choose_route, route=cast(Way, route), to=to, reason=fields.text("alasan"))


def _attempt(fields: _Fields) -> Event:
    means = fields.choice("lewat")
    if means not in get_args(Means):
        raise UnusableError("cases.answer", "Pilih lewat apa jawabannya disampaikan.")
    reached, words = fields.choice("hasil") == "sampai", fields.text("catatan")
    to = fields.choice("pelapor")
    return partial(case_answers.record_attempt, means=cast(Means, means), reached=reached, words=words, to=to)


def _merge(fields: _Fields) -> Event:
    found = find_numbers(fields.text("ke", 300))
    if not found or not found[0].valid:
        raise UnusableError("cases.merge", "Nomor laporan tujuannya tidak terbaca. Periksa lagi nomornya.")
    return partial(case_merging.merge, into=found[0].number, reason=fields.text("alasan"))


def _supplied(fields: _Fields) -> Completed:
    return Completed(
        name=fields.text("nama", 200),
        phone=fields.text("telepon", 40),
        email=fields.text("email", 200),
        address=fields.text("alamat", 500),
        nik=fields.text("nik", 40),
        service=fields.text("layanan", 300),
        what=fields.text("uraian"),
    )


def _convert(fields: _Fields) -> Event:
    return partial(case_merging.convert, given=_supplied(fields), reason=fields.text("alasan"))


def _late(fields: _Fields) -> Event:
    accepted = fields.choice("keputusan") == "terima"
    return partial(cases.decide_late, accepted=accepted, reason=fields.text("alasan"), given=_supplied(fields))


def _accuse(fields: _Fields) -> Event:
    """That nobody is accused is said, not left out: a list that came empty by mistake would open the case to all."""
    accused, nobody = fields.numbers("petugas"), bool(fields.choice("nobody"))
    if not accused and not nobody:
        raise UnusableError(
            "cases.confide", "Pilih siapa yang diadukan, atau centang “Tidak ada petugas yang diadukan”."
        )
    if accused and nobody:
        raise UnusableError(
            "cases.confide", "Pilih salah satu: petugas yang diadukan, atau “Tidak ada petugas yang diadukan”."
        )
    return partial(case_secrecy.name_accused, officer_ids=accused, reason=fields.text("alasan"))


_EVENTS: Mapping[str, Callable[[_Fields], Event]] = {
    "ambil": lambda fields: case_work.take,
    "tugaskan": lambda fields: partial(
        case_work.assign, officer_id=fields.number("petugas"), note=fields.text("catatan")
    ),
    "telaah": _study,
    "tanya": lambda fields: partial(case_work.ask_reporter, words=fields.text("pertanyaan")),
    "lanjutkan": lambda fields: partial(case_work.resume, note=fields.text("catatan")),
    "isi-bukti": lambda fields: partial(
        case_work.write_down, evidence_id=fields.number("bukti"), words=fields.text("isi")
    ),
    "catatan": lambda fields: partial(case_work.note, words=fields.text("catatan")),
    "catat-saran": lambda fields: partial(case_work.note_suggestion, words=fields.text("catatan")),
    "jalur": _route,
    "naikkan": lambda fields: partial(case_routes.hand_up, report=fields.text("laporan")),
    "kembalikan": lambda fields: partial(case_routes.send_back, reason=fields.text("alasan")),
    "tarik": lambda fields: partial(case_routes.recall, reason=fields.text("alasan")),
    "putuskan": lambda fields: partial(case_routes.decide, result=fields.text("hasil"), report=fields.text("laporan")),
    "laporkan": lambda fields: partial(case_routes.report_result, body=fields.text("laporan")),
    "setujui-apip": lambda fields: partial(case_routes.approve_apip, why_not_settled=fields.text("alasan")),
    "ketentuan-apip": lambda fields: partial(
        case_routes.cite_provision, provision=fields.text("ketentuan"), why_not_settled=fields.text("alasan")
    ),
    "jawab": lambda fields: partial(case_answers.answer, words=fields.text("jawaban")),
    "penyampaian": _attempt,
    "kata-pelapor": lambda fields: partial(
        case_answers.reporter_says, solved=fields.choice("selesai") == "ya", words=fields.text("catatan")
    ),
    "tutup": lambda fields: partial(case_answers.close, words=fields.text("catatan")),
    "terlambat": _late,
    "gabungkan": _merge,
    "jadikan-pengaduan": _convert,
    "diadukan": _accuse,
    "buka": lambda fields: partial(case_secrecy.widen, reason=fields.text("alasan")),
    "rahasiakan": lambda fields: partial(
        case_secrecy.confide, audience=fields.choice("untuk"), reason=fields.text("alasan")
    ),
}


def routes(console: Console) -> list[Route]:
    """To walk there, an officer has to read cases; what else it takes depends on the case, and the one door asks it."""
    actions = _Actions(console)
    found = [Route("POST", f"{PATH}/{name}", actions.on(event), "cases.read") for name, event in _EVENTS.items()]
    return [*found, Route("POST", f"{PATH}/identitas", actions.unmask, "cases.read")]
