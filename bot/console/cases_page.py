"""What the lists of cases say in words: stages, ways in, days left. Rows become values that a template only places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.console.case_words import SHORT_ROUTES as ROUTES
from bot.console.case_words import STAGES
from bot.console.inbox_page import CHANNELS, ago
from handlers.dialogue.status_texts import left_in_words
from handlers.ways_in import WAYS
from knowledge.calendar import WorkingDays, jakarta_day
from storage.case_lists import CaseLine, Work

LISTS: Mapping[Work, str] = {
    "mine": "Milik saya",
    "open": "Terbuka",
    "unassigned": "Belum dipegang",
    "overdue": "Lewat waktu",
    "approval": "Menunggu persetujuan",
    "late": "Masuk terlambat",
    "suggestions": "Saran",
    "answered": "Menunggu tutup",
    "all": "Semua",
}
NOTHING: Mapping[Work, tuple[str, str]] = {
    "mine": ("Tidak ada kasus di tangan Anda", "Yang Anda pegang, atau yang diteruskan kepada Anda, muncul di sini."),
    "open": ("Tidak ada pengaduan terbuka", "Semua pengaduan yang boleh Anda lihat sudah dijawab atau ditutup."),
    "unassigned": ("Semua pengaduan ada yang memegang", "Pengaduan baru yang belum dipegang muncul di sini."),
    "overdue": ("Tidak ada yang lewat waktu", "Pengaduan yang belum dijawab sesudah tenggatnya muncul di sini."),
    "approval": ("Tidak ada yang menunggu Anda", "Yang dinaikkan atau diteruskan kepada Anda muncul di sini."),
    "late": ("Tidak ada yang perlu diputuskan", "Laporan yang masuk lewat dari 30 hari kalender muncul di sini."),
    "suggestions": ("Tidak ada saran yang terbuka", "Saran yang belum dijawab muncul di sini."),
    "answered": ("Tidak ada yang menunggu ditutup", "Pengaduan yang sudah dijawab dan belum ditutup muncul di sini."),
    "all": ("Belum ada kasus", "Laporan dari percakapan, dan yang Anda catat dari jalur lain, muncul di sini."),
}
KINDS = {"pengaduan": "Pengaduan", "saran": "Saran/masukan"}
ALL_WAYS: Mapping[str, str] = {**WAYS, **CHANNELS}
"""The thirteen of component 6, and the chats."""
_WAYS: Mapping[str, tuple[str, str]] = {  # as short as a row needs, with an icon
    "complaint_officer": ("user-round", "Pejabat Pengaduan"),
    "mpp_counter": ("store", "Loket MPP"),
    "letter": ("mail", "Surat"),
    "phone": ("phone-call", "Telepon"),
    "sms": ("smartphone", "SMS"),
    "email": ("at-sign", "Email"),
    "twitter": ("hash", "Twitter"),
    "instagram": ("camera", "Instagram"),
    "web_dpmptsp": ("globe", "Web DPMPTSP"),
    "web_mpp": ("globe", "Web MPP"),
    "form": ("clipboard-list", "Formulir"),
    "box": ("archive", "Kotak pengaduan"),
    "whatsapp": ("phone", "WhatsApp"),
    "telegram": ("send", "Telegram"),
    "web": ("message-square", "Chat web"),
}
SOON = 3  # working days left from which on a case stands out; the reminders' second (SPEC 4.6)
_SUBJECT = 240  # characters: more than two lines of a list hold
_OVER = {"closed": "selesai", "withdrawn": "dicabut"}


@dataclass(frozen=True, slots=True)
class Due:
    """How long there is to answer: never by colour alone."""

    words: str
    tone: str  # bad, warn, calm, good, none
    icon: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list."""

    number: str
    suggestion: bool
    subject: str
    service: str
    reporter: str
    masked: bool
    confidential: bool
    stage: str
    route: str
    officer: str | None
    way: str
    way_icon: str
    received_at: datetime
    received: str  # as short as a list needs it
    due: Due


def row_of(line: CaseLine, now: datetime, calendar: WorkingDays) -> Row:
    subject = " ".join(line.subject.split())
    icon, way = _WAYS.get(line.channel, ("inbox", line.channel))
    return Row(
        number=line.number,
        suggestion=line.kind == "suggestion",
        subject=subject if len(subject) <= _SUBJECT else f"{subject[:_SUBJECT].rstrip()}…",
        service=line.service or line.sector or "Layanan tidak disebut",
        reporter="Identitas disamarkan" if line.confidential else line.reporter or "Tanpa nama",
        masked=line.confidential,
        confidential=line.confidential or line.visible_to is not None,
        stage=_stage(line),
        route=ROUTES.get(line.route or "", ""),
        officer=line.officer_name,
        way=way,
        way_icon=icon,
        received_at=line.received_at,
        received=ago(line.received_at, now),
        due=due_of(line, jakarta_day(now), calendar),
    )


def _stage(line: CaseLine) -> str:
    if line.stage == "answered" and line.kind == "complaint" and line.delivered_on is None:
        return "Dijawab, belum sampai"  # the clock runs until it has arrived (SPEC 4.6)
    return STAGES[line.stage]


def due_of(line: CaseLine, today: date, calendar: WorkingDays) -> Due:
    if line.stage in _OVER:
        return Due(_OVER[line.stage], "none", "circle-minus" if line.stage == "withdrawn" else "check-check")
    if line.delivered_on or (line.stage == "answered" and line.due_on is None):
        return Due("sudah dijawab", "good", "check", line.delivered_on)
    if line.late and line.late_decision is None:
        return Due("menunggu keputusan", "warn", "hourglass")
    if line.due_on is None:
        return Due("tanpa tenggat", "none", "circle-minus")
    left = calendar.working_days_left(today, line.due_on)
    tone, icon = ("bad", "clock-alert") if left < 0 else ("warn", "alarm-clock") if left <= SOON else ("calm", "clock")
    return Due(left_in_words(left), tone, icon, line.due_on)
