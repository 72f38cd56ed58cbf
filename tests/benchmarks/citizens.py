"""What the citizens of a province write to the office in a day: talks of every kind, each message after the one before.

All of it is invented. How often a talk of a kind comes is about what labelled messages of an office have. Nobody sends
a photo here: who fetches files waits for the provider, and that is not what is measured.
"""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

TALKING = 500  # citizens who write at the same time


@dataclass(frozen=True)
class Kind:
    """Talks that begin with the same wish; ` / ` stands between one's messages."""

    name: str
    weight: int
    talks: tuple[str, ...]


KINDS = (
    Kind(
        "inquiry",
        24,
        (
            "brp biaya {service}?",
            "syarat {service} apa aja kak / kalau biayanya? / makasih ya kak",
            "assalamualaikum min / mau urus {service} gmn caranya / berapa lama jadinya? / siap, nuhun",
            "Selamat pagi, apa dasar hukum {service}? / kalau jangka waktunya berapa lama? / dan produknya apa?",
            "min / mau tanya / {service} gratis ga?",
            "prosedur {service} dong min / trus syaratnya / bayar ga / ok",
            "{service} naon waé saratna, punten / sabaraha biayana",
            "SYARAT {service} APA SAJA? MOHON DIJAWAB",
        ),
    ),
    Kind(
        "complaint",
        26,
        (
            "saya {name}, mau lapor: {day} di {place} {matter} / ya",
            "mau lapor / {matter} / {day} / {name} / ya / terima kasih",
            "mau komplain / {day} di {place} {matter} / {name} / ya",
            "{matter}, kejadiannya {day} di {place}. tolong ditindak! / {name} / ya / laporan saya sampai mana?",
            "halo / saya mau mengadu, {matter} / minggu lalu / {name} / namanya {other} / ya",
            "mau lapor / {day} di {place} {matter} / lewati / ya",
        ),
    ),
    Kind(
        "suggestion",
        11,
        (
            "saran: {wish} / ya",
            "saya {name}, mau kasih saran, {wish} / ya / makasih",
            "usul min, {wish} / {name} / ya",
        ),
    ),
    Kind(
        "status",
        10,
        (
            "laporan saya udah sampai mana ya",
            "status",
            "cek status permohonan {service} dong / menu",
            "izin saya udah jadi belum / kapan jadinya kak",
        ),
    ),
    Kind(
        "out_of_scope",
        9,
        ("NPWP biayanya berapa?", "bikin SIM di mana ya", "BPJS saya nonaktif, gimana / oh salah ya, maaf"),
    ),
    Kind("human", 8, ("bisa ngomong sama petugas?", "mau bicara dengan petugas / batal", "sambungkan ke CS dong")),
    Kind(
        "greeting", 7, ("halo", "assalamualaikum", "selamat siang kak / biaya {service} berapa", "punten / sampurasun")
    ),
    Kind("thanks", 7, ("makasih ya", "terima kasih atas bantuannya kak", "hatur nuhun")),
    Kind("help", 5, ("menu", "bisa bantu apa aja / lapor gimana caranya", "cara pakainya gimana")),
    Kind("cancel", 5, ("mau lapor / batal", "mau komplain / {matter} / ga jadi", "batal")),
    Kind("goodbye", 4, ("sampai jumpa", "udah dulu ya min / dadah")),
    Kind("abuse", 4, ("goblok banget sih botnya", "pelayanan tai / {day} di {place} {matter} / {name} / ya")),
)

_WEIGHTS = [kind.weight for kind in KINDS]
_MATTERS = (
    "petugas merokok waktu melayani", "saya dimintai uang 200 ribu", "antrean lama sekali, saya menunggu empat jam",
    "petugasnya marah-marah tanpa alasan", "berkas saya hilang", "loket tutup sebelum waktunya",
    "nomor antrean saya dilewati dua kali", "petugas main HP terus",
)  # fmt: skip
_WISHES = (
    "kursi di ruang tunggu ditambah", "loket antreannya dibuka lebih pagi", "tolong sediakan air minum",
    "papan petunjuknya diperbesar supaya lansia bisa baca", "tempat parkirnya dirapikan",
)  # fmt: skip
_WORDS = {
    "place": ("loket MPP", "loket perizinan", "meja informasi", "loket 3"),
    "day": ("kemarin", "tadi pagi", "hari Senin lalu", "dua hari yang lalu"),
    "name": ("Asep Sunandar", "Euis Kartika", "Dadang Hermawan", "Neng Lilis", "Ujang Sobari"),
    "other": ("Asep Sunarya", "Euis Kartini"),
    "matter": _MATTERS,
    "wish": _WISHES,
}


def some_kind(rng: random.Random) -> Kind:
    return rng.choices(KINDS, _WEIGHTS)[0]


def spoken(talk: str, rng: random.Random, services: Sequence[str]) -> list[str]:
    """The messages of a talk."""
    words = {name: rng.choice(choice) for name, choice in _WORDS.items()}
    return talk.format(service=rng.choice(services).lower(), **words).split(" / ")


def citizens(count: int, messages: int, services: Sequence[str], seed: int) -> Iterator[list[str]]:
    """What each of them writes. So many messages in all: who comes while there are too few goes on to another talk."""
    rng = random.Random(seed)
    written = 0
    for number in range(1, count + 1):
        day: list[str] = []
        while not day or written + len(day) < messages * number // count:
            day += spoken(rng.choice(some_kind(rng).talks), rng, services)
        day = day[: messages - written]
        written += len(day)
        yield day


def lanes(count: int, days: Iterator[Iterator[T]]) -> list[Iterator[T]]:
    """For so many connections: each asks for its next message when the last one is answered.

    Any of them sends the next message of any citizen, but none before that citizen's last one was answered.
    """
    talking = deque(itertools.islice(days, TALKING))
    return [_lane(talking, days) for _ in range(count)]


def _lane(talking: deque[Iterator[T]], days: Iterator[Iterator[T]]) -> Iterator[T]:
    while talking:
        day = talking.popleft()
        message = next(day, None)
        if message is None:
            talking.extend(itertools.islice(days, 1))
        else:
            yield message
            talking.append(day)
