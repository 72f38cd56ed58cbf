"""What the inbox shows, in words: names, times, states. Rows become values that templates only have to place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import phonenumbers

from bot.console.pages import day
from bot.typesetting import OFFICE_TIME, Block, blocks, clock
from handlers.messages import Line
from handlers.window import OPEN_FOR
from storage.conversations import ConversationRow
from storage.inbox_view import Listed
from storage.sealed import Sealer, SealError
from storage.thread_view import Entry

CHANNELS = {"whatsapp": "WhatsApp", "telegram": "Telegram", "web": "Web"}
ICONS = {"whatsapp": "phone", "telegram": "send", "web": "globe"}
KINDS = {
    "photo": "Foto",
    "document": "Dokumen",
    "voice": "Pesan suara",
    "audio": "Audio",
    "video": "Video",
    "location": "Lokasi",
    "sticker": "Stiker",
    "contact": "Kontak",
    "unsupported": "Kiriman yang tidak dapat dibaca",
    "blocked": "Warga memblokir akun ini",
    "unblocked": "Warga membuka blokir",
    "opted_out": "Warga meminta tidak dikirimi pesan lagi",
    "opted_in": "Warga bersedia dikirimi pesan lagi",
}
SEND_STATES = {
    "queued": ("clock", "Menunggu dikirim"),
    "sending": ("clock", "Sedang dikirim"),
    "sent": ("check", "Terkirim"),
    "delivered": ("check-check", "Sampai"),
    "read": ("check-check", "Dibaca"),
    "failed": ("circle-alert", "Gagal dikirim"),
    "unknown": ("circle-help", "Belum pasti terkirim"),
    "held": ("hourglass", "Ditahan sampai warga menulis lagi"),
}
EVENTS = {
    "called": "memasukkan percakapan ke antrean",
    "taken": "mengambil alih percakapan",
    "given_back": "mengembalikan percakapan ke bot",
    "quiet": "Satu jam tanpa pesan: percakapan kembali ke bot",
    "muted": "membisukan warga ini",
    "unmuted": "mengakhiri pembisuan",
    "settled": "menyelesaikan tugas",
    "released": "membuka percakapan ini bagi petugas lain",
}
OF_CITIZEN = {
    "called": "Warga meminta petugas",
    "left": "Warga tidak jadi menunggu petugas",
    "given_back": "Warga memilih kembali ke bot",
    "taken": "Percakapan diambil alih",
    "muted": "Warga dibisukan",
    "unmuted": "Warga tidak lagi dibisukan",
    "confided": "Percakapan menjadi rahasia",
    "released": "Petugasnya tidak lagi menjawab di sini: percakapan kembali ke bot",
}
FAILURES = {
    "blocked": "warga memblokir akun ini",
    "opted_out": "warga tidak mau dikirimi pesan",
    "not_on_whatsapp": "nomor ini tidak ada di WhatsApp",
    "gone": "akun ini sudah tidak ada",
}
_REPLACES_NAME = "Pengunjung web"


def name_of(channel: str, address: str, name: str | None, *, confidential: bool) -> str:
    """What a conversation is called: the citizen's name, else the number, else that it is somebody on the web.

    confidential: the number is masked (SPEC 2.4).
    """
    if name and name.strip():
        return name.strip()
    if channel == "whatsapp":
        return masked(phone(address)) if confidential else phone(address)
    return f"{_REPLACES_NAME} {address[:4]}" if channel == "web" else f"Telegram {address}"


@lru_cache(maxsize=4096)
def phone(number: str) -> str:
    """`0812-1000-2000` for `+6281210002000`, foreign ones internationally."""
    try:
        parsed = phonenumbers.parse(number if number.startswith("+") else f"+{number}", None)
    except phonenumbers.NumberParseException:
        return number
    local = parsed.country_code == 62
    form = phonenumbers.PhoneNumberFormat.NATIONAL if local else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def masked(number: str) -> str:
    return f"{number[:4]}-••••-{number[-2:]}"


def number_of(row: ConversationRow, keys: Sealer) -> str | None:
    """Where a citizen can be telephoned, as it was given."""
    if row.phone_sealed:
        try:
            return keys.open("phone", row.phone_sealed)
        except SealError:
            return None
    return row.address if row.channel == "whatsapp" else None


def phone_of(row: ConversationRow, keys: Sealer) -> str | None:
    """As it is shown: masked where the conversation is confidential (SPEC 2.4)."""
    number = number_of(row, keys)
    if number is None:
        return None
    return masked(phone(number)) if row.visible_to is not None else phone(number)


def ago(at: datetime, now: datetime) -> str:
    """A time in a list: `14.05` today, `Kemarin`, else the day."""
    days = (now.astimezone(OFFICE_TIME).date() - at.astimezone(OFFICE_TIME).date()).days
    if days <= 0:
        return clock(at)
    if days == 1:
        return "Kemarin"
    shown = day(at)
    return shown if at.astimezone(OFFICE_TIME).year != now.astimezone(OFFICE_TIME).year else shown.rsplit(" ", 1)[0]


def span(length: timedelta) -> str:
    """`23 jam 10 menit`, `5 menit`, `kurang dari semenit`."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "kurang dari semenit"
    if minutes < 60:
        return f"{minutes} menit"
    if minutes < 60 * 24:
        return f"{minutes // 60} jam {minutes % 60} menit" if minutes % 60 else f"{minutes // 60} jam"
    return f"{minutes // (60 * 24)} hari"


@dataclass(frozen=True, slots=True)
class ListLine:
    """A conversation in the list."""

    id: int
    name: str
    channel: str
    icon: str
    time: str
    at: datetime
    words: str
    by: str  # before the words: `Anda`, `Bot`, …; empty for the citizen's
    waiting: str | None
    holder: str | None
    mine: bool
    confidential: bool
    muted: bool
    unread: int


def list_line(line: Listed, officer_id: int, now: datetime) -> ListLine:
    by = {"bot": "Bot", "system": "PASTI", "officer": "Petugas"}.get(line.said_by, "")
    words = " ".join(line.words.split()) or ", ".join(KINDS.get(a["kind"], "Kiriman") for a in line.attachments)
    at = line.said_at or line.updated_at
    return ListLine(
        id=line.id,
        name=name_of(line.channel, line.address, line.name, confidential=line.visible_to is not None),
        channel=CHANNELS[line.channel],
        icon=ICONS[line.channel],
        time=ago(at, now),
        at=at,
        words=words or "Belum ada pesan",
        by=by,
        waiting=span(now - line.waiting_since) if line.waiting_since and not line.officer_id else None,
        holder=line.officer_name if line.officer_id else None,
        mine=line.officer_id == officer_id,
        confidential=line.visible_to is not None,
        muted=bool(line.muted_until and line.muted_until > now),
        unread=line.unread,
    )


@dataclass(frozen=True, slots=True)
class File:
    """A file in a thread."""

    href: str | None  # None: it is not there, and `label` says why
    label: str
    size: str
    picture: bool


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """An entry of the thread."""

    key: str
    position: int
    by: str
    author: str
    at: datetime
    day: str | None  # the heading of a new day
    blocks: Sequence[Block]
    buttons: Sequence[str]
    files: Sequence[File]
    text: str
    state: str | None
    mark: tuple[str, str] | None  # icon and words of the state of sending
    failed: bool


def thread_lines(entries: Sequence[Entry], conversation_id: int, citizen: str, now: datetime) -> list[ThreadLine]:
    found: list[ThreadLine] = []
    last = ""
    for entry in entries:
        today = day(entry.at)
        found.append(
            _thread_line(entry, conversation_id, citizen, _day_heading(entry.at, now) if today != last else None)
        )
        last = today
    return found


def _thread_line(entry: Entry, conversation_id: int, citizen: str, heading: str | None) -> ThreadLine:
    author = {
        "citizen": citizen,
        "bot": "Bot",
        "system": "PASTI",
        "officer": entry.officer or "Petugas",
        "note": entry.officer or "Petugas",
    }.get(entry.by, "")
    lines = [Line(text, style) for style, text in entry.lines]  # type: ignore[arg-type]
    if entry.by == "citizen" and entry.text:
        lines = [Line(entry.text)]
    mark = SEND_STATES.get(entry.state or "")
    if mark and entry.state == "failed" and entry.error in FAILURES:
        mark = (mark[0], f"{mark[1]}: {FAILURES[entry.error]}")
    if entry.template:
        author = "Templat WhatsApp"
    return ThreadLine(
        key=f"{entry.by[0]}{entry.id}",
        position=entry.position,
        by=entry.by,
        author=author,
        at=entry.at,
        day=heading,
        blocks=blocks(lines),
        buttons=[title for title, _ in entry.buttons],
        files=_files(entry, conversation_id),
        text=_event_words(entry) if entry.by == "event" else entry.text,
        state=entry.state,
        mark=mark,
        failed=entry.failed or entry.state == "failed",
    )


def _event_words(entry: Entry) -> str:
    if entry.kind == "quiet":
        return EVENTS["quiet"]
    words = f"{entry.officer} {EVENTS[entry.kind]}" if entry.officer else OF_CITIZEN.get(entry.kind, entry.kind)
    return f"{words}: {entry.text}" if entry.text else words


def _files(entry: Entry, conversation_id: int) -> list[File]:
    if entry.file:
        name, size = str(entry.file["name"]), _size(entry.file.get("size"))
        href = f"/petugas/percakapan/{conversation_id}/kiriman/{entry.id}"
        return [File(href, name, size, bool(entry.file.get("picture")))]
    found = []
    kept = {file.place: file for file in entry.files}
    for place, sent in enumerate(entry.attachments):
        kind = KINDS.get(str(sent["kind"]), "Kiriman")
        label = f"{kind}: {sent['name']}" if sent.get("name") else kind
        file = kept.get(place)
        if file is None:
            found.append(File(None, label, "", picture=False))
        elif file.state == "kept":
            href = f"/petugas/percakapan/{conversation_id}/berkas/{file.id}"
            found.append(File(href, label, _size(file.size), file.picture))
        else:
            why = "sedang diambil" if file.state == "wanted" else "tidak dapat diambil"
            found.append(File(None, f"{label} ({why})", "", picture=False))
    return found


def _size(size: int | None) -> str:
    if not size:
        return ""
    return f"{size / 1_048_576:.1f} MB".replace(".", ",") if size >= 1_048_576 else f"{max(1, size // 1024)} KB"


def _day_heading(at: datetime, now: datetime) -> str:
    days = (now.astimezone(OFFICE_TIME).date() - at.astimezone(OFFICE_TIME).date()).days
    return {0: "Hari ini", 1: "Kemarin"}.get(days, day(at))


@dataclass(frozen=True, slots=True)
class Window:
    """WhatsApp's 24 hours, in words."""

    is_open: bool
    words: str


def window_of(row: ConversationRow, now: datetime, *, templates: bool) -> Window | None:
    """Whether a reply goes out at once, and how long still; None where nothing is in its way.

    templates: there is one that asks the citizen to write.
    """
    if row.unreachable:
        return Window(False, f"Balasan tidak akan sampai: {FAILURES[row.unreachable]}")
    if row.channel != "whatsapp":
        return None
    left = (row.last_inbound_at + OPEN_FOR - now) if row.last_inbound_at else timedelta()
    if row.window_closed_at is None and left > timedelta():
        return Window(True, f"Jendela WhatsApp terbuka {span(left)} lagi")
    if templates:
        return Window(False, "Jendela WhatsApp tertutup: balasan ditahan, dan warga diminta menulis lagi")
    return Window(False, "Jendela WhatsApp tertutup: balasan menjadi tugas menelepon")
