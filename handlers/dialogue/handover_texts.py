"""What PASTI says when a person comes, is waited for, and goes. Same voice as `texts`: warm, short, plain."""

from __future__ import annotations

from datetime import datetime

from handlers.dialogue.form import Audience
from handlers.dialogue.texts import Lines, plain
from handlers.permissions import AUDIENCE_NAMES
from knowledge.calendar import JAKARTA
from knowledge.dates import say_date

TAKE_FIRST = "Ambil alih dahulu percakapannya, lalu balas."


def taken(officer: str) -> Lines:
    """Names of officers are theirs to give: the citizen hears the first one."""
    first, *_ = officer.split() or ["petugas"]
    return plain(f"Petugas kami, {first}, sekarang membalas langsung. Tulis bot kalau ingin kembali ke bot.")


def given_back() -> Lines:
    return plain("Percakapan kembali ke bot. Silakan bertanya lagi, atau tulis petugas kalau masih perlu.")


def quiet() -> Lines:
    return plain("Sudah satu jam tidak ada pesan, jadi bot kembali melayani. Tulis petugas kalau masih perlu.")


def in_queue() -> Lines:
    """Inside office hours. Nobody's time is promised, only what is true: it stands where officers see it."""
    return plain(
        "Baik, permintaan Bapak/Ibu sudah masuk antrean petugas.",
        "Sambil menunggu, silakan tetap bertanya di sini. Tulis batal kalau tidak jadi.",
    )


def in_queue_until_opening(opening: datetime | None) -> Lines:
    """Outside office hours. None: the office does not say when it opens again."""
    at = opening and opening.astimezone(JAKARTA)
    return plain(
        "Baik, permintaan Bapak/Ibu sudah masuk antrean petugas. Saat ini di luar jam kerja.",
        *([f"Petugas paling cepat membalas {say_date(at.date())} mulai pukul {at:%H.%M}."] if at else []),
        "Sambil menunggu, silakan tetap bertanya di sini.",
    )


def still_in_queue(since: datetime) -> Lines:
    at = since.astimezone(JAKARTA)
    return plain(
        f"Permintaan Bapak/Ibu sudah ada di antrean petugas sejak {say_date(at.date())} pukul {at:%H.%M}.",
        "Silakan tetap bertanya di sini. Tulis batal kalau tidak jadi.",
    )


def left_queue() -> Lines:
    return plain("Baik, permintaan berbicara dengan petugas dibatalkan. Silakan bertanya kapan saja.")


def other_ways() -> Lines:
    return plain("Kalau mendesak, Bapak/Ibu juga dapat menghubungi:")


def confided(audience: Audience) -> Lines:
    """What was told to an officer is no longer theirs to read."""
    return plain(
        f"Demi kerahasiaan, percakapan ini sekarang hanya dapat dibuka {AUDIENCE_NAMES[audience]}; "
        "petugas yang tadi tidak lagi.",
        "Percakapan ini sudah masuk antreannya. Untuk mencatatnya sebagai pengaduan, tulis lapor.",
    )
