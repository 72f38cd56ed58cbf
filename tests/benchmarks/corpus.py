"""What the bench runs on: invented standards, and what citizens might write about them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from handlers.shipped import shipped_standards
from knowledge.standards import COMPONENTS, ServiceStandard

MANY = 1790
TEN_TIMES = 17_900
MONDAY = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)

_KINDS = (
    "Industri Perdagangan_Besar Perdagangan_Eceran Reparasi Budidaya Penyewaan Pengangkutan Pergudangan Pengolahan "
    "Aktivitas_Jasa"
)
_GOODS = (
    "Roti Sepatu Genteng Mebel Batik Keripik Sabun Kopi Beras Sepeda Perahu Kaca Kertas Jamur Lele Ayam Madu Tahu Cat "
    "Benang Kancing Payung Obat Mainan Lampu Pompa Kabel Baja Gula Sirup Tembikar Bambu Rotan Karet Plastik Semen "
    "Pupuk Jagung Anggrek Domba Susu Telur Garam Lilin Gitar"
)
_VARIANTS = ("", " Skala Rumah Tangga", " untuk Keperluan Ekspor", " dan Suku Cadangnya")
_PURPOSES = (
    "", " Sekolah", " Kapal", " Kereta", " Hotel", " Tambak", " Kebun", " Pasar", " Bandara", " Rumah Sakit",
)  # fmt: skip

_QUESTIONS = (
    "brp biaya {}?", "syarat {} apa aja kak", "brapa lama izin {} jadinya", "dasar hukum {}", "mau urus {} gmn caranya",
    "{} gratis ga?", "produk layanan {} naon", "prosedur {} dong min",
)  # fmt: skip
_OTHERS = (
    "halo", "nomor WA pengaduan berapa", "ada toilet disabilitas ga", "makasih ya", "NPWP biayanya berapa?",
    "saya mau lapor, kemarin di loket MPP saya dimintai 200rb", "status", "menu", "petugasnya ada berapa orang",
    "izin saya udah jadi belum", "bisa ngomong sama petugas?", "kok lama banget sih pelayanannya",
)  # fmt: skip


def invented(count: int) -> Iterator[ServiceStandard]:
    """The shipped standard under other names and codes, with another fee and time."""
    original = shipped_standards()[0]
    kinds = [kind.replace("_", " ") for kind in _KINDS.split()]
    names = itertools.product(_PURPOSES, _VARIANTS, _GOODS.split(), kinds)
    for n, (purpose, variant, good, kind) in enumerate(itertools.islice(names, count), 1):
        own = {3: f"{n % 20 + 1} hari kerja.", 4: f"Rp {n % 90 + 10}.000,00 per permohonan"}
        yield replace(
            original,
            number=n,
            title=f"{kind} {good}{purpose}{variant}",
            kbli=f"{10000 + 47 * n % 90000}",
            components={**original.components, **own},
        )


def messages(titles: Sequence[str], count: int, seed: int = 61) -> list[str]:
    """What citizens might write, mostly about one of these services."""
    rng = random.Random(seed)
    asked = (rng.choice(_QUESTIONS).format(rng.choice(titles).lower()) for _ in itertools.count())
    return [rng.choice(_OTHERS) if n % 3 == 2 else next(asked) for n in range(count)]


def scan(standard: ServiceStandard) -> str:
    """The standard as a scanner gives it: a heading, and a table with tabs between the cells."""
    rows = [
        f"{number}\t{COMPONENTS[number]}\t: {text.replace(chr(10), '<br>')}"
        for number, text in sorted(standard.components.items())
    ]
    return "\n".join([f"**{standard.number}. {standard.name}**", "", "NO\tKOMPONEN\tURAIAN", *rows])
