"""What the page of a case says in words: stages, routes, days left, what was done. Indonesian, for officers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.console.pages import day, moment
from handlers.case_work import PLANS
from handlers.permissions import AUDIENCE_NAMES as AUDIENCES
from handlers.ways_in import way_name
from storage.case_desk import Sending
from storage.models import Case, CaseEvent, Evidence

KINDS = {"complaint": "Pengaduan", "suggestion": "Saran/masukan"}
STAGES = {
    "received": "Diterima",
    "under_review": "Ditelaah",
    "in_progress": "Ditindaklanjuti",
    "waiting_for_reporter": "Menunggu pelapor",
    "answered": "Dijawab",
    "closed": "Ditutup",
    "withdrawn": "Dicabut pelapor",
    "noted": "Dicatat",
}
ROUTES = {
    "internal": "Internal, naik per tingkat sampai Kepala",
    "technical_team": "Tim teknis",
    "agency": "Perangkat daerah lain",
    "apip": "Inspektorat (APIP)",
}
SHORT_ROUTES = {
    "internal": "Internal",
    "technical_team": "Tim teknis",
    "agency": "Perangkat daerah",
    "apip": "APIP",
}
OUTCOMES = {"handed_up": "dinaikkan", "sent_back": "dikembalikan", "decided": "diputuskan"}
REPORT_KINDS = {"step": "Laporan per tahap", "result": "Laporan hasil", "closing": "Laporan penutup"}
MEANS = {"in_person": "Bertemu langsung", "phone": "Telepon", "letter": "Surat", "email": "Email"}
EVIDENCE = {
    "photo": "Foto",
    "document": "Dokumen",
    "voice": "Pesan suara",
    "audio": "Audio",
    "video": "Video",
    "location": "Lokasi",
    "contact": "Kontak",
    "sticker": "Stiker",
}
SENDINGS = {
    "queued": "menunggu dikirim",
    "sending": "sedang dikirim",
    "sent": "terkirim",
    "delivered": "sampai",
    "read": "dibaca",
    "failed": "gagal dikirim",
    "unknown": "belum pasti terkirim",
    "held": "ditahan sampai pelapor menulis lagi",
}
CHANNELS = {"whatsapp": "WhatsApp", "telegram": "Telegram", "web": "obrolan web"}
_EVENTS = {
    "opened": "Laporan dicatat",
    "completed": "Pelapor melengkapi laporan",
    "cured": "Pelapor melengkapi, menjadi pengaduan",
    "added": "Pelapor menambah keterangan",
    "withdrawn": "Dicabut pelapor",
    "calendar_doubt": "Kalender perlu diperiksa",
    "imported": "Dipindahkan dari register lama",
    "assigned": "Diserahkan kepada petugas",
    "classified": "Dikelompokkan",
    "studied": "Lembar telaah disimpan",
    "asked": "Pelapor dimintai keterangan",
    "resumed": "Penanganan dilanjutkan",
    "written_down": "Isi bukti ditulis",
    "noted_down": "Catatan",
    "noted": "Saran dicatat",
    "routed": "Jalur dipilih",
    "handed_up": "Dinaikkan satu tingkat",
    "sent_back": "Dikembalikan",
    "decided": "Diputuskan",
    "recalled": "Ditarik kembali",
    "left_desk": "Ditarik: petugasnya tidak bertugas lagi",
    "reported": "Dilaporkan tertulis",
    "apip_approved": "Pelibatan APIP disetujui",
    "answered": "Jawaban dikirim",
    "attempted": "Penyampaian jawaban dicatat",
    "delivered": "Jawaban sampai kepada pelapor",
    "closed": "Ditutup",
    "solved": "Pelapor menyatakan selesai",
    "reopened": "Dibuka kembali",
    "merged": "Digabungkan ke laporan lain",
    "absorbed": "Menerima laporan yang sama",
    "converted": "Saran menjadi pengaduan",
    "late_accepted": "Keterlambatan diterima, menjadi pengaduan",
    "late_refused": "Tetap saran karena terlambat",
    "accused_named": "Pihak yang diadukan dicatat",
    "widened": "Dibuka bagi petugas",
    "confided": "Dirahasiakan",
    "unmasked": "Identitas pelapor dilihat",
    "printed": "Berkas dicetak",
}
_FIELDS = {
    "stage": "tahap",
    "route": "jalur",
    "officer_id": "petugas",
    "sector": "bidang",
    "problem": "masalah",
    "core_problem": "inti masalah",
    "due_on": "batas jawaban",
    "visible_to": "hanya untuk",
    "to": "kepada",
    "from": "dari",
    "by": "oleh",
    "report": "laporan",
    "report_to": "kepada",
    "number": "nomor",
    "kind": "jenis",
    "into": "ke",
    "duplicate": "laporan",
    "reporter": "pelapor laporan",
    "answer_arrived_on": "jawaban terbaru sampai",
    "delivered_on": "sampai",
    "provision": "ketentuan",
    "approved_by": "disetujui",
    "transcript": "isi",
    "competent_agency": "instansi berwenang",
    "means": "lewat",
    "old_number": "nomor lama",
}

_SHEET = {
    "basis": "dasar",
    "earlier": "sebelumnya",
    "plan": "rencana",
    "findings": "temuan",
    "found_with": "ditemukan bersama",
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """How much time is left, in words and in one of the colours of a tag: good, warn, bad, or none."""

    words: str
    tone: str


def deadline(case: Case, left: int | None) -> Deadline | None:
    """left: working days to the due date; negative when it has passed."""
    if case.due_on is None or left is None or case.stage == "withdrawn":
        return None
    if case.delivered_on is not None:
        late = case.delivered_on > case.due_on
        return Deadline(
            f"Jawaban sampai {day(case.delivered_on)}{', lewat waktu' if late else ''}", "bad" if late else "good"
        )
    if left < 0 or (case.stage == "closed" and left < 0):
        return Deadline(f"Lewat {-left} hari kerja", "bad")
    words = "Hari ini batasnya" if left == 0 else f"{left} hari kerja lagi"
    return Deadline(words, "bad" if left == 0 else "warn" if left <= 3 else "")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    place: int  # in the history of its case, from 1
    at: str
    who: str
    what: str
    details: tuple[tuple[str, str], ...]  # name and value
    note: str


def history_line(event: CaseEvent, names: Mapping[int, str]) -> HistoryLine:
    who = {"citizen": "Pelapor", "system": "PASTI"}.get(event.actor) or names.get(event.officer_id or 0, "Petugas")
    return HistoryLine(
        place=event.sequence,
        at=moment(event.at),
        who=who,
        what=_EVENTS.get(event.kind, event.kind),
        details=tuple(_details(event, names)),
        note=event.note,
    )


def _details(event: CaseEvent, names: Mapping[int, str]) -> list[tuple[str, str]]:
    before, after = event.before or {}, event.after or {}
    found = []
    for name, title in _FIELDS.items():
        if name not in after or (
            event.kind == "studied" and name == "core_problem" and after[name] == before.get(name)
        ):
            continue
        now, was = _value(name, after[name], names), _value(name, before.get(name), names)
        if not now and name not in before:
            continue  # it began without
        found.append((title, f"{was} → {now}" if was and name in before else now or "tidak ada"))
    if isinstance(sheet := after.get("sheet"), dict):
        found += [(title, _joined(sheet[name])) for name, title in _SHEET.items() if sheet.get(name)]
    for name, title in (("accused_before", "semula diadukan"), ("accused", "diadukan")):
        if after.get(name):
            found.append((title, ", ".join(names.get(int(id_), "Petugas") for id_ in after[name])))
    return found


def _joined(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _value(name: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None or value == "":
        return ""
    if name in ("officer_id", "to", "from", "by", "report_to", "approved_by"):
        return names.get(int(value), "Petugas") if str(value).isdecimal() else str(value)
    known: Mapping[str, Mapping[str, str]] = {
        "stage": STAGES,
        "route": SHORT_ROUTES,
        "visible_to": AUDIENCES,
        "kind": KINDS,
        "means": MEANS,
    }
    if name in known:
        return known[name].get(str(value), str(value))
    if name in ("due_on", "delivered_on", "answer_arrived_on"):
        return day(date.fromisoformat(str(value)))
    return str(value)


def evidence_label(item: Evidence) -> str:
    kind = EVIDENCE.get(item.kind, "Kiriman")
    return f"{kind}: {item.name}" if item.name else kind


def sending_words(sending: Sending) -> str:
    """`WhatsApp: dibaca 26 Nov 2026 14.05`."""
    state = SENDINGS.get(sending.state, sending.state)
    at = f" {moment(sending.at)}" if sending.state in ("sent", "delivered", "read") else ""
    return f"{CHANNELS.get(sending.channel, sending.channel)}: {state}{at}"


def asked_plans(kept: list[dict[str, Any]]) -> tuple[set[str], str]:
    """The plans of the rule that were ticked, and those in other words."""
    texts = [str(item["text"]) for item in kept]
    return {text for text in texts if text in PLANS}, "\n".join(text for text in texts if text not in PLANS)


def received_words(case: Case) -> str:
    return f"{moment(case.received_at)} lewat {way_name(case.channel)}"
