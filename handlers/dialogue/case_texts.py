"""What PASTI says while it takes a complaint or a suggestion. Same voice as `texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.case_rules import DAYS_TO_ANSWER, Classification, Kind
from handlers.dialogue.form import Form, Slot
from handlers.dialogue.texts import Lines, plain
from handlers.messages import Button, Line
from knowledge.calendar import DueDate
from knowledge.dates import say_date
from knowledge.entities import mask_nik

YES = Button("Ya, kirim", "confirm")
CHANGE = Button("Ubah", "change")
CANCEL = Button("Batal", "cancel")

KIND_NAMES = {"complaint": "Pengaduan", "suggestion": "Saran/masukan"}
SLOT_NAMES: dict[str, str] = {
    "service": "Layanan/tempat",
    "what": "Kejadian",
    "happened_on": "Waktu",
    "received_on": "Layanan diterima",
    "name": "Nama",
    "contact": "Kontak",
}
_QUESTIONS: dict[Slot, tuple[str, ...]] = {
    "what": ("Apa yang terjadi? Ceritakan singkat saja, Bapak/Ibu.",),
    "service": ("Di layanan atau tempat mana itu? Misalnya: loket MPP, izin apotek, web pendaftaran.",),
    "happened_on": ("Kapan kejadiannya? Misalnya: kemarin, Senin lalu, 5 November.",),
    "received_on": (
        "Apakah layanannya sudah Bapak/Ibu terima (terbit, ditolak, atau selesai dilayani)? Kalau sudah, kapan?",
        "Kalau belum, tulis: belum.",
    ),
    "name": (
        (
            "Siapa nama Bapak/Ibu? Tanpa nama, laporan dicatat sebagai saran. "
            "Tulis lewati kalau tidak ingin menyebut nama."
        ),
    ),
    "contact": ("Bagaimana kami dapat menghubungi Bapak/Ibu? Tulis nomor HP, email, atau alamat. Boleh lewati.",),
}
_IDEA = "Silakan tulis saran atau masukannya, Bapak/Ibu."
_AGAIN: dict[Slot, str] = {
    "service": "Maaf, tempatnya belum saya pahami.",
    "happened_on": "Maaf, tanggalnya belum saya pahami.",
    "received_on": "Maaf, jawabannya belum saya pahami.",
    "contact": "Maaf, itu belum terbaca sebagai nomor HP, email, atau alamat.",
    "name": "Maaf, itu belum terbaca sebagai nama.",
}


def question(slot: Slot, again: bool = False, suggestion: bool = False) -> Lines:
    asked = plain(_IDEA) if suggestion and slot == "what" else plain(*_QUESTIONS[slot])
    return (Line(_AGAIN[slot]), *asked) if again and slot in _AGAIN else asked


def resume(slot: Slot) -> Lines:
    return plain("", "Kita lanjutkan laporannya.", *_QUESTIONS[slot])


def care(suggestion: bool, frightened: bool, told: bool = True) -> Lines:
    """Before the first question; told: whether more was said than that there is something to say."""
    if suggestion:
        return plain("Terima kasih sarannya, Bapak/Ibu.") if told else ()
    if frightened:
        return plain("Kami mengerti ini membuat Bapak/Ibu khawatir. Saya bantu catat sekarang.")
    return plain("Mohon maaf atas kejadian yang Bapak/Ibu alami. Saya bantu catat laporannya.")


def danger() -> Lines:
    return plain("Kalau ada bahaya saat ini, segera telepon 112 (darurat) atau 110 (polisi).")


def privacy() -> Lines:
    """One line at the first personal datum (UU 27/2022): who keeps it, what for, how to ask about it."""
    return (
        Line(
            "Data pribadi disimpan DPMPTSP Kabupaten Purwakarta hanya untuk menangani laporan ini, "
            "sebagai tugas pelayanan publik; tanyakan ke pengaduanptsp139@gmail.com.",
            "source",
        ),
    )


def confidential_note() -> Lines:
    return plain("Laporan ini dirahasiakan: hanya pengelola pengaduan yang dapat melihatnya.")


def summary(form: Form, account: str) -> Lines:
    """What will be recorded, line by line, to be confirmed."""
    lines = [Line("Mohon diperiksa, Bapak/Ibu", "strong")]
    lines += [Line(f"• {SLOT_NAMES[slot]}: {value}") for slot, value in facts(form, account)]
    return tuple(lines)


def facts(form: Form, account: str) -> list[tuple[str, str]]:
    happened = say_date(date.fromisoformat(form.happened_on)) if form.happened_on else "tidak disebut"
    rows = [
        ("service", form.service or "tidak disebut"),
        ("what", form.what or "tidak disebut"),
        ("happened_on", happened),
        ("name", form.name or "tidak disebut"),
        ("contact", _contact(form, account)),
    ]
    if form.received_on and form.received_on != form.happened_on:
        rows.insert(3, ("received_on", say_date(date.fromisoformat(form.received_on))))
    elif form.nothing_received:
        rows.insert(3, ("received_on", "belum"))
    return rows


def _contact(form: Form, account: str) -> str:
    nik = f"NIK {mask_nik(''.join(c for c in form.nik if c.isdigit()))}" if form.nik else ""
    given = [form.phone, form.email, form.address, nik, account]
    return ", ".join(dict.fromkeys(part for part in given if part)) or "tidak disebut"


def extras(form: Form) -> Lines:
    lines: Lines = ()
    if form.evidence:
        lines += plain(f"• Bukti: {len(form.evidence)} lampiran")
    if form.confidential:
        lines += plain("• Dirahasiakan: ya")
    return lines


def confirm(preview: Classification) -> Lines:
    """What will happen, and how to answer."""
    lines: Lines = ()
    if preview.kind == "suggestion":
        lines += plain("", preview.reason, *((preview.to_complain,) if preview.to_complain else ()))
    return lines + plain(
        "", "Sudah benar? Balas ya untuk mengirim, atau tulis yang perlu diperbaiki, misalnya: namanya Asep."
    )


def still_open() -> Lines:
    return plain("Laporan Bapak/Ibu belum dikirim. Tulis batal untuk menghentikannya.")


def which_to_change(choices: Sequence[str]) -> Lines:
    return plain(
        "Bagian mana yang diubah?", *(f"{n}. {title}" for n, title in enumerate(choices, 1)), "Balas dengan angka."
    )


def receipt(
    kind: Kind, number: str, form: Form, judged: Classification, due: DueDate | None, code: str | None, account: str
) -> Lines:
    """The citizen's receipt: number, what was recorded, what it is and why, the due date, and the code, shown once."""
    lines = (
        Line(f"{KIND_NAMES[kind]} sudah dicatat", "strong"),
        Line(f"Nomor: {number}", "strong"),
        *(Line(f"• {SLOT_NAMES[slot]}: {value}") for slot, value in facts(form, account)),
        *extras(form),
        Line(""),
        Line(judged.reason),
    )
    if form.elsewhere:
        lines += plain("Hal ini menyangkut pihak lain; DPMPTSP meneruskannya ke perangkat daerah yang berwenang.")
    if due is not None:
        lines += plain(f"Dijawab paling lambat {say_date(due.day)} ({DAYS_TO_ANSWER} hari kerja).")
        if due.findings:
            lines += plain("Tanggal ini masih dapat berubah, karena kalender hari libur tahun itu belum lengkap.")
    if judged.to_complain:
        lines += plain(judged.to_complain)
    if code:
        lines += (
            Line(""),
            Line(f"Kode akses: {code}", "strong"),
            Line(
                "Simpan kode ini. Dengan nomor dan kode ini statusnya bisa dicek dari mana saja; "
                "kodenya hanya ditampilkan sekali."
            ),
        )
    return lines + plain("Boleh menambahkan keterangan atau foto kapan saja.")


def became_complaint(number: str, old: str) -> Lines:
    return plain(
        f"Terima kasih. Laporan {old} sekarang menjadi pengaduan dengan nomor baru {number}. Nomor lama tetap berlaku."
    )


def already_recorded(number: str) -> Lines:
    return plain(
        f"Laporan ini sudah tercatat dengan nomor {number}, jadi tidak saya catat dua kali.",
        "Kalau ada tambahan, tulis saja: tambah, lalu keterangannya.",
    )


def nothing_recorded() -> Lines:
    return plain("Baik, laporannya dibatalkan. Tidak ada yang dicatat.", "Tulis menu kalau ingin mulai lagi.")


def photo_kept(count: int) -> Lines:
    return plain(f"Buktinya saya terima ({count} lampiran).")


def bad_nik() -> Lines:
    return plain(
        "NIK itu sepertinya salah ketik, jadi tidak saya catat. NIK terdiri dari 16 angka; boleh ditulis ulang."
    )


def voice_received() -> Lines:
    return plain(
        "Pesan suara Bapak/Ibu saya terima sebagai laporan lisan. Petugas akan mendengarkan dan menuliskannya."
    )


def late_accepted(number: str, before: str, due: DueDate) -> Lines:
    return plain(
        f"Laporan {before} diterima petugas sebagai pengaduan, dengan nomor {number}. Nomor lama tetap berlaku.",
        f"Dijawab paling lambat {say_date(due.day)}, dihitung sejak laporan pertama kali kami terima.",
    )


def late_refused(number: str, reason: str) -> Lines:
    return plain(f"Laporan {number} tetap dicatat sebagai saran/masukan.", f"Alasan petugas: {reason}")
