"""What was done to accounts, profile, holidays, saved replies and knowledge: who, when, what, before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.console.console import Console, Route
from bot.console.pages import render
from handlers import holidays, law_register
from handlers.permissions import ROLE_NAMES
from knowledge.profile import topics
from knowledge.standards import COMPONENTS
from storage import office_events, officers
from storage.models import OfficeEvent

PAGE = 100  # events

KINDS: Mapping[str, str] = {
    "officer_added": "Akun dibuat",
    "officer_changed": "Akun diubah",
    "password_reset": "Kata sandi sekali pakai diberikan",
    "password_changed": "Kata sandi diganti sendiri",
    "second_factor_on": "Kode dari aplikasi dinyalakan",
    "second_factor_off": "Kode dari aplikasi dimatikan",
    "telegram_linked": "Telegram petugas dihubungkan",
    "telegram_unlinked": "Telegram petugas diputuskan",
    "telegram_blocked": "Telegram petugas terputus karena bot diblokir",
    "profile_changed": "Profil kantor diubah",
    "holiday_added": "Hari libur ditambah",
    "holiday_changed": "Hari libur diubah",
    "holiday_removed": "Hari libur dihapus",
    "saved_reply_added": "Balasan tersimpan ditambah",
    "saved_reply_changed": "Balasan tersimpan diubah",
    "saved_reply_removed": "Balasan tersimpan dihapus",
    "draft_saved": "Rancangan standar disimpan",
    "draft_proposed": "Rancangan standar diusulkan",
    "draft_approved": "Rancangan standar disetujui untuk tanggal berlakunya",
    "draft_discarded": "Rancangan standar dibuang",
    "standard_published": "Standar diterbitkan",
    "standard_restored": "Versi lama standar diterbitkan lagi",
    "publication_held": "Penerbitan tertahan: standarnya berganti atau pertanyaan uji gagal",
    "approval_changed": "Aturan persetujuan diubah",
    "phrase_added": "Sebutan ditambah",
    "phrase_removed": "Sebutan dihapus",
    "phrase_restored": "Sebutan dipulihkan",
    "answer_added": "Jawaban kantor ditulis",
    "answer_changed": "Jawaban kantor diubah",
    "answer_removed": "Jawaban kantor dihapus",
    "answer_restored": "Jawaban kantor dipulihkan",
    "misses_resolved": "Pertanyaan yang belum terjawab diselesaikan",
    "misses_dismissed": "Pertanyaan yang belum terjawab diabaikan",
    "misses_reopened": "Pertanyaan dibuka lagi",
    "law_changed": "Status dasar hukum diubah",
    "golden_added": "Pertanyaan uji ditambah",
    "golden_removed": "Pertanyaan uji dihapus",
    "golden_restored": "Pertanyaan uji dipulihkan",
}
_FIELDS: Mapping[str, str] = {
    "name": "Nama",
    "role": "Peran",
    "active": "Aktif",
    "agency": "Instansi",
    "position": "Jabatan",
    "superior": "Atasan",
    "deputy": "Pengganti",
    "deputy_days": "Masa pengganti",
    "text": "Isi",
    "shortcut": "Pintasan",
    "day": "Tanggal",
    "kind": "Jenis",
    "source": "Sumber",
    "note": "Catatan",
    "title": "Judul",
    "components": "Komponen",
    "count": "Jumlah pertanyaan",
    "needed": "Perlu persetujuan",
    "status": "Status",
    "by": "Oleh peraturan",
    "checked_on": "Diperiksa",
    **{f"component_{number}": name for number, name in COMPONENTS.items()},
}
_NAMES: Mapping[str, Mapping[str, str]] = {  # of values
    "role": ROLE_NAMES,
    "kind": holidays.KINDS,
    "status": law_register.STATUS_NAMES,
}


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    what: str
    subject: str
    changes: tuple[Change, ...]


class Activity:
    def __init__(self, console: Console) -> None:
        self._office = console.office

    async def page(self, request: web.Request) -> web.StreamResponse:
        before = request.query.get("sebelum", "")
        last = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        lines, more = await asyncio.to_thread(self._lines, last)
        return render(request, "activity.html", lines=lines, more=more)

    def _lines(self, before: int | None) -> tuple[list[Line], int | None]:
        """And after which the older ones begin."""
        with self._office.database.reader() as conn:
            events = office_events.newest(conn, PAGE + 1, before)
            names = {officer.id: officer.name for officer in officers.everyone(conn)}
        shown = events[:PAGE]
        lines = [line_of(event, names) for event in shown]
        return lines, shown[-1].id if len(events) > PAGE else None


def routes(console: Console) -> list[Route]:
    return [Route("GET", "/petugas/pengaturan/riwayat", Activity(console).page, "activity.read")]


def line_of(event: OfficeEvent, names: Mapping[int, str]) -> Line:
    before, after = event.before or {}, event.after or {}
    changes = tuple(
        Change(_FIELDS.get(field, field), _words(field, before.get(field)), _words(field, after.get(field)))
        for field in dict.fromkeys([*after, *before])
        if before.get(field) or after.get(field)
    )
    who = names.get(event.officer_id, "") if event.officer_id else "Baris perintah"
    return Line(event.at, who, KINDS.get(event.kind, event.kind.replace("_", " ")), _subject(event), changes)


def _subject(event: OfficeEvent) -> str:
    topic = topics().get(event.subject) if event.kind == "profile_changed" else None
    return topic.label if topic else event.subject


def _words(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    text = "" if value is None else str(value)
    return _NAMES.get(field, {}).get(text, text)
