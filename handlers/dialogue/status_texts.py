"""What PASTI says about a case in the register: how far it is, and what citizens do with it. Same voice as `texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.dialogue.case_texts import KIND_NAMES
from handlers.dialogue.case_view import CaseView
from handlers.dialogue.texts import Lines, plain
from handlers.messages import Line
from knowledge.calendar import WorkingDays, jakarta_day
from knowledge.dates import say_date

JAKARTA = ZoneInfo("Asia/Jakarta")
STAGE_NAMES = {
    "received": "Diterima",
    "under_review": "Sedang ditelaah",
    "in_progress": "Sedang ditindaklanjuti",
    "waiting_for_reporter": "Menunggu keterangan Bapak/Ibu",
    "answered": "Sudah dijawab",
    "closed": "Selesai",
    "withdrawn": "Dicabut",
    "noted": "Sudah dicatat petugas",
}
NEXT_STEPS = {
    "received": "Petugas akan menelaah dan mengelompokkannya.",
    "under_review": "Petugas merumuskan inti masalah dan langkah penanganannya.",
    "in_progress": "Hasil tindak lanjut akan disampaikan kepada Bapak/Ibu.",
    "waiting_for_reporter": "Petugas menunggu keterangan dari Bapak/Ibu.",
    "answered": "Tulis “sudah selesai” kalau masalahnya selesai, atau “belum selesai” kalau belum.",
    "closed": "Tidak ada langkah lagi.",
    "withdrawn": "Tidak ada langkah lagi.",
    "noted": "Saran ini menjadi bahan perbaikan layanan.",
}


def status(case: CaseView, today: date, calendar: WorkingDays) -> Lines:
    """Stage, the last step, the due date, what comes next. Nothing personal."""
    lines: Lines = (
        Line(f"{KIND_NAMES[case.kind]} {case.number}", "strong"),
        Line(f"Tahap: {STAGE_NAMES[case.stage]}"),
        Line(f"Langkah terakhir: {last_step(case)} ({say_date(jakarta_day(case.last_step_at))})"),
    )
    if case.due_on and case.stage not in ("answered", "closed", "withdrawn"):
        lines += plain(f"Dijawab paling lambat: {say_date(case.due_on)} ({days_left(today, case.due_on, calendar)})")
    if case.late and case.kind == "suggestion":
        lines += plain("Menunggu keputusan petugas: laporan masuk lebih dari 30 hari setelah layanan diterima.")
    return lines + plain(f"Berikutnya: {NEXT_STEPS[case.stage]}")


def days_left(today: date, due: date, calendar: WorkingDays) -> str:
    return left_in_words(calendar.working_days_left(today, due))


def left_in_words(left: int) -> str:
    """left: working days; below 0 when overdue."""
    if left < 0:
        return f"lewat {-left} hari kerja"
    return "hari ini" if left == 0 else f"{left} hari kerja lagi"


_STEPS = {
    "opened": "laporan dicatat",
    "cured": "laporan dilengkapi dan menjadi pengaduan",
    "completed": "laporan dilengkapi",
    "added": "keterangan Bapak/Ibu ditambahkan",
    "withdrawn": "dicabut oleh Bapak/Ibu",
    "solved": "Bapak/Ibu menyatakan selesai",
    "reopened": "dibuka kembali atas permintaan Bapak/Ibu",
    "answered": "jawaban disampaikan",
    "late_accepted": "diterima sebagai pengaduan oleh petugas",
    "late_refused": "tetap dicatat sebagai saran oleh petugas",
    "assigned": "diserahkan kepada petugas",
    "classified": "dikelompokkan petugas",
    "studied": "ditelaah petugas",
    "asked": "petugas meminta keterangan Bapak/Ibu",
    "routed": "diteruskan untuk ditindaklanjuti",
    "decided": "tindak lanjutnya diputuskan",
    "delivered": "jawaban sampai kepada Bapak/Ibu",
    "converted": "menjadi pengaduan",
    "absorbed": "digabung dengan laporan yang sama",
    "closed": "ditutup petugas",
}


def last_step(case: CaseView) -> str:
    return _STEPS.get(case.last_step, STAGE_NAMES[case.stage].lower())


def own_cases(cases: Sequence[CaseView]) -> Lines:
    return plain(
        "Laporan Bapak/Ibu:",
        *(f"{n}. {c.number} — {STAGE_NAMES[c.stage]}" for n, c in enumerate(cases, 1)),
        "Balas dengan angka untuk rinciannya.",
    )


def mistyped(number: str) -> Lines:
    return plain(
        f"Nomor {number} sepertinya salah ketik: tanda pemeriksanya tidak cocok. Mohon dicek lagi pada tanda terima."
    )


def not_ours(number: str) -> Lines:
    return plain(f"{number} bukan nomor pengaduan kami. Nomor kami berbentuk ADU-2026-00001-X atau SRN-2026-00001-X.")


def unknown_number(number: str) -> Lines:
    return plain(f"Nomor {number} tidak ditemukan. Mohon dicek lagi pada tanda terima.")


def ask_code(number: str) -> Lines:
    return plain(f"Untuk melihat {number} dari akun ini, tulis kode akses pada tanda terima, misalnya ABCD-EFGH.")


def wrong_code() -> Lines:
    return plain("Kode aksesnya tidak cocok. Mohon dicek lagi pada tanda terima.")


def code_blocked(until: datetime) -> Lines:
    at = until.astimezone(JAKARTA).strftime("%H.%M")
    return plain(
        f"Demi keamanan, kode akses nomor ini baru bisa dicoba lagi pukul {at} WIB.",
        "Dari akun yang mengirim laporan, statusnya tetap bisa dilihat.",
    )


def no_cases() -> Lines:
    return plain(
        "Belum ada laporan dari akun ini.",
        "Kalau punya nomor laporan (ADU-… atau SRN-…), tulis nomornya. "
        "Untuk permohonan izin, tulis nomor permohonan atau NIB-nya: "
        "saya tidak bisa melihat prosesnya, tetapi saya catatkan untuk petugas.",
    )


def added(number: str) -> Lines:
    return plain(f"Terima kasih, sudah saya tambahkan ke laporan {number}.")


def withdrawn(number: str) -> Lines:
    return plain(f"Laporan {number} sudah dicabut. Terima kasih sudah memberi tahu.")


def sure_to_withdraw(number: str) -> Lines:
    return plain(f"Laporan {number} akan dicabut dan tidak diproses lagi. Yakin, Bapak/Ibu?")


def kept(number: str) -> Lines:
    return plain(f"Baik, laporan {number} tidak jadi dicabut dan tetap diproses.")


def not_withdrawable(number: str) -> Lines:
    return plain(f"Laporan {number} sudah selesai, jadi tidak bisa dicabut lagi.")


def joined(number: str) -> Lines:
    return plain(
        f"Laporan Bapak/Ibu ditangani bersama laporan {number} dari pelapor lain, jadi tidak bisa dicabut dari sini.",
        "Tulis petugas kalau ingin membicarakannya.",
    )


def solved(number: str) -> Lines:
    return plain(f"Terima kasih, kami senang masalahnya selesai. Laporan {number} akan ditutup petugas.")


def reopened(number: str) -> Lines:
    return plain(
        f"Baik, laporan {number} kami buka kembali. Tenggat jawabannya tetap yang semula. "
        "Ceritakan apa yang belum selesai."
    )


def too_late_to_reopen(number: str) -> Lines:
    return plain(
        f"Masa membuka kembali laporan {number} (10 hari kerja sejak dijawab) sudah lewat. "
        "Bapak/Ibu boleh membuat laporan baru."
    )


def which_case(cases: Sequence[CaseView], verb: str) -> Lines:
    return plain(
        f"Laporan mana yang {verb}?",
        *(f"{n}. {c.number} — {c.subject[:40]}" for n, c in enumerate(cases, 1)),
        "Balas dengan angka.",
    )
